"""What is planted in the simulated T cells and motifs against what the tables of Figure 5 say."""

from collections.abc import Iterator

import pandas as pd

from evaluation.planted import SURE, apart, effect, read_truth, same_order, write_effects
from running import read_table, step

CHAINS = {"TRA": ("Alpha", "Fig 5c"), "TRB": ("Beta", "Fig 5d")}
LEAST = 0.2  # share of cells that show their ligand's residue: locations that are named
FIRST = 5  # residues that are named
WITH_HAMMING = "method == 'exact' and orientation == 'hamming' and modalities == 'binding' and first_location"


def at(locations: pd.Index) -> str:
    """Locations in words."""
    if locations.empty:
        return "none"
    *first, last = sorted(locations)
    return f"{', '.join(map(str, first))} and {last}" if first else str(last)


def of_locations(truth: dict, profiles: pd.DataFrame, scored: int) -> Iterator[dict]:
    """Locations by Schema's weights on Hamming distances, beside weights for ligands that were dealt anew.

    They are held against each other over the first ``scored`` locations, as in the paper: few sequences are longer than
    16, and beyond that most pairs of cells have no residues to compare. Location 1 is left out: it is C in all but one
    of a thousand cells, and so has no differences to weight.
    """
    for chain, (word, figure) in CHAINS.items():
        planted = pd.Series(truth["specificity"][chain], index=range(1, 21)).loc[2:scored]
        strong = planted.index[planted >= LEAST]
        runs = {
            subset: rows.set_index("location")["weight"].reindex(planted.index)
            for subset, rows in profiles[profiles["chain"] == chain].query(WITH_HAMMING).groupby("subset")
        }
        seen = same_order(planted, runs["all"])
        shuffled = pd.Series([same_order(planted, runs[name]).size for name in runs if name.startswith("shuffle")])
        more, words = apart(pd.Series([seen.size]), shuffled, "with ligands dealt to other cells")
        first = runs["all"].nlargest(len(strong)).index
        yield effect(
            figure,
            f"{word} chain: locations {at(strong)} bind",
            f"{planted.min():.0%} to {planted.max():.0%} of cells show their ligand's residue there",
            f"Schema's largest weights are at {at(first)}",
            f"ρ = {words}, p = {seen.p:.1g}",
            seen.sure and more,
            "the weights do not follow what was planted, or follow it no more than with ligands dealt to other cells",
            measured=True,
        )


def of_residues(truth: dict, profiles: pd.DataFrame) -> Iterator[dict]:
    """Amino acids by Schema's weights."""
    planted = pd.Series(truth["residue_preference"])
    run = profiles.query("method == 'exact' and encoding == 'boolean' and subset == 'all'")
    weight = run.set_index("residue")["weight"]
    seen = same_order(planted, weight)
    yield effect(
        "Fig 5e",
        f"Amino acids {', '.join(planted.nlargest(FIRST).index)} say most about the ligand",
        "ligands prefer them most often",
        f"Schema's largest weights: {', '.join(weight.nlargest(FIRST).index)}",
        seen.words,
        seen.sure,
        "the weights do not follow what was planted",
        measured=True,
    )


def of_motifs(truth: dict, locations: pd.DataFrame, residues: pd.DataFrame) -> Iterator[dict]:
    """VDJdb's motifs, which are made from the same truth."""
    for chain, (word, figure) in CHAINS.items():
        planted = pd.Series(truth["specificity"][chain], index=range(1, 21))
        score = locations[locations["gene"] == chain].set_index("location")["score"]
        seen = same_order(planted, score)
        yield effect(
            figure,
            f"{word} chain: motifs of VDJdb have the same locations",
            "drawn from the same probabilities as the cells",
            f"their largest score is at location {score.idxmax()}, planted at {planted.idxmax()}",
            seen.words,
            seen.sure,
            "the scores do not follow what was planted",
            measured=True,
        )
    seen = same_order(pd.Series(truth["residue_preference"]), residues.set_index("residue")["score"])
    yield effect(
        "Fig 5e",
        "Motifs of VDJdb have the same amino acids",
        "drawn from the same probabilities as the cells",
        f"their largest scores: {', '.join(residues.set_index('residue')['score'].nlargest(FIRST).index)}",
        seen.words,
        seen.sure,
        f"the scores do not follow what was planted (p has to be below {SURE})",
        measured=True,
    )


def of_files(truth: dict, summary: pd.DataFrame) -> Iterator[dict]:
    """What a reader must see through."""
    planted = len(truth["ligand_share"])
    found = summary.query("quantity == 'ligands_in_files' and group == 'all'")["value"].sum()
    yield effect(
        "Fig 5",
        f"Cells bind {planted} ligands",
        "beside them, six columns of negative controls",
        f"{found:.0f} ligands were read",
        "counted",
        found == planted,
        "another number was read",
        measured=True,
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        truth = read_truth(inputs.truth)
        rows = [
            *of_locations(truth, read_table(inputs.location_profiles), snakemake.params.scored),
            *of_residues(truth, read_table(inputs.residue_profiles)),
            *of_motifs(truth, read_table(inputs.vdjdb_locations), read_table(inputs.vdjdb_residues)),
            *of_files(truth, read_table(inputs.summary)),
        ]
        write_effects(rows, snakemake.output[0])
