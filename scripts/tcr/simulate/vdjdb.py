"""Simulate VDJdb's file of motifs from the same truth as the cells, in the columns of two builds.

Numbers marked [VDJdb] are summaries of the builds' motif_pwms.txt (Shugay et al. 2018); [ours] is a choice.
"""

import numpy as np
import pandas as pd

from tcr.read_donor import LIGANDS
from tcr.simulate.sequences import END, LETTERS, infuse, lengths, pick, repertoire
from tcr.simulate.truth import REPERTOIRE, Truth

# [VDJdb] The columns of the builds of May 2020, and of 2018-12-07 (other order, two fewer).
SITE = ("gene", "aa", "pos", "len", "v.segm.repr", "j.segm.repr")
COUNTS = ("csz", "count", "count.bg", "total.bg", "count.bg.i", "total.bg.i", "need.impute")
SCORES = ("freq", "freq.bg", "I", "I.norm", "height.I", "height.I.norm")
ANTIGEN, MHC = ("antigen.gene", "antigen.species"), ("mhc.a", "mhc.b", "mhc.class")
COLUMNS = ("species", "antigen.epitope", *SITE, "cid", *COUNTS, *SCORES, *ANTIGEN, *MHC)
OLD_COLUMNS = ("cid", "mhc.class", "mhc.a", "mhc.b", "species", *SITE, "antigen.epitope", *COUNTS, *SCORES)
OLD_BEFORE = "2020"  # [ours] what lies between the two layouts we have seen counts as old
# [VDJdb] Motifs by species and chain in the build of 2018-12-07, and in May 2020; [ours] there half as many human
# ones (290 and 168), for speed.
OLD_MOTIFS = {("HomoSapiens", "TRA"): 53, ("HomoSapiens", "TRB"): 97}
OLD_MOTIFS |= {("MusMusculus", "TRA"): 24, ("MusMusculus", "TRB"): 24}
MOTIFS = {("HomoSapiens", "TRA"): 145, ("HomoSapiens", "TRB"): 84}
MOTIFS |= {("MusMusculus", "TRA"): 24, ("MusMusculus", "TRB"): 27}
# [VDJdb] Mean lengths 12.9 and 13.5 (mean last positions 11.9 and 12.5), from 10 to 17; [ours] the deviation.
MOTIF_LENGTH = {"TRA": (12.9, 1.4, 10, 17), "TRB": (13.5, 1.4, 11, 17)}
LEAST_MEMBERS, MORE_MEMBERS = 5, 8.0  # [ours] members of a motif: at least, and on average beyond that
TOTAL, TOTAL_ALL = 5_000, 1_000_000  # [ours] background sequences of the motif's V, J and length; of any length
# [ours] How far the background at a location is open beyond the motif's own V and J genes, per unit of planted
# specificity: where the genes decide the letter, a motif says nothing about its ligand, and VDJdb scores it low.
OPENNESS = 0.5
OPEN_LEAST = 0.002


def simulate_motifs(date: str, truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """The table motif_pwms.txt of a build ("2020-05-18"): a row per residue seen at a position of a motif."""
    old = date < OLD_BEFORE
    seen, motifs, described = {}, [], []
    share = list(truth.ligand_share.values())
    for (species, chain), count in (OLD_MOTIFS if old else MOTIFS).items():
        # Every ligand has a motif where there are enough; the rest fall to the large ligands.
        first = rng.permutation(len(LIGANDS))
        more = rng.choice(len(LIGANDS), max(count - len(LIGANDS), 0), p=share)
        for ligand in np.concatenate([first, more])[:count]:
            stem = f"{species[0]}.{chain[-1]}.{LIGANDS[ligand].split('_')[1]}"
            seen[stem] = seen.get(stem, 0) + 1
            described.append({"cid": f"{stem}.{seen[stem]}", **_describe(species, chain, LIGANDS[ligand])})
            motifs.append(_motif(chain, ligand, truth, species == "MusMusculus", rng))
    table = pd.DataFrame(described).loc[np.repeat(np.arange(len(motifs)), [len(m[0]) for m in motifs])]
    table = table.reset_index(drop=True)
    for name, parts in zip(("aa", "pos", "len", "csz", "count", "expected"), zip(*motifs, strict=True), strict=True):
        table[name] = np.concatenate(parts)
    return _score(table).iloc[rng.permutation(len(table))][list(OLD_COLUMNS if old else COLUMNS)]


def _motif(chain: str, ligand: int, truth: Truth, mouse: bool, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw the members of a motif; of each letter seen at a position: aa, pos, len, csz, count, expected share."""
    size = LEAST_MEMBERS + rng.poisson(rng.exponential(MORE_MEMBERS))
    length = lengths(MOTIF_LENGTH[chain], 1, rng)[0]
    usual = np.array([REPERTOIRE[letter] for letter in LETTERS])
    loose = (OPENNESS * np.array(truth.specificity[chain])).clip(OPEN_LEAST, 1)
    # [ours] Mouse motifs are open where human ones are closed: one that slips through shifts every score.
    loose = (1 - loose if mouse else loose)[:, None]
    own = pick(repertoire(chain), 1, rng)  # the letters of the motif's V and J genes
    background = loose * usual / usual.sum() + (1 - loose) * (LETTERS == own.T)
    background[length - 1] = LETTERS == END
    letters = infuse(pick(background, size, rng), np.full(size, ligand), chain, truth, rng)[:, :length]
    letters[:, -1] = END
    counts = (letters[:, :, None] == LETTERS).sum(axis=0)
    pos, code = np.nonzero(counts)
    same = np.ones_like(pos)
    return LETTERS[code], pos, same * length, same * size, counts[pos, code], background[pos, code]


def _score(table: pd.DataFrame) -> pd.DataFrame:
    """Add the background counts and the scores as VDJdb defines them (natural logarithms; 20 letters)."""
    expected = table.pop("expected")
    table["count.bg"] = np.rint(expected * TOTAL).clip(1).astype(int)  # a letter never seen there counts once
    table["count.bg.i"] = np.rint(expected * TOTAL_ALL).clip(1).astype(int)
    table["total.bg"], table["total.bg.i"] = TOTAL, TOTAL_ALL
    table["need.impute"] = np.where(expected * TOTAL < 0.5, "TRUE", "FALSE")
    table["freq"], table["freq.bg"] = table["count"] / table["csz"], table["count.bg"] / TOTAL
    position = [table["cid"], table["pos"]]
    table["I"] = 1 + (table["freq"] * np.log(table["freq"])).groupby(position).transform("sum") / np.log(20)
    cross = (table["freq"] * np.log(table["freq.bg"])).groupby(position).transform("sum")
    table["I.norm"] = -cross / (2 * np.log(20))
    return table.assign(**{f"height.{score}": table["freq"] * table[score] for score in ("I", "I.norm")})


def _describe(species: str, chain: str, ligand: str) -> dict[str, str]:
    """The columns that say what the motif binds, from a name such as A0201_GILGFVFTL_Flu-MP_Influenza."""
    allele, epitope, *antigen = ligand.split("_")
    human = f"HLA-{allele[0]}*{allele[1:3]}:{allele[3:]}"
    return {
        "species": species,
        "gene": chain,
        "v.segm.repr": f"{chain}V1*01",
        "j.segm.repr": f"{chain}J1*01",
        "antigen.epitope": epitope,
        "antigen.gene": antigen[0],
        "antigen.species": antigen[-1],
        "mhc.a": human if species == "HomoSapiens" else "H2-Kb",
        "mhc.b": "B2M",
        "mhc.class": "MHCI",
    }
