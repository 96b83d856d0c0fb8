"""Read a build of VDJdb's motifs, and score each location and residue of CDR3 by it: the yardstick of Figure 5.

The paper's "Methods: Schema reveals CDR3 segments crucial to T cell receptor binding specificity". VDJdb
scores a motif's position by its relative entropy ``I.norm`` (after Murugan et al.), and a residue there by
``height.I.norm`` = frequency x ``I.norm``. Only human motifs are scored. A motif (``cid``) is a cluster of TCRs of one
length that bind one epitope. Source: VDJdb's motif_pwms.txt, as its repositories hold it or as a member of a release
archive (Shugay et al. 2018). A file that the scores would misread is refused.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Literal

import pandas as pd

from formats.archive import is_archive, member
from formats.kinds import NAME, NUMBER, WHOLE
from formats.published import write_scope
from formats.tables import read_published
from running import InputError, step, write_table
from tcr.chains import AMINO_ACIDS, CHAINS

FILE = "motif_pwms.txt"
HUMAN = "HomoSapiens"
KINDS = dict.fromkeys(("cid", "species", "gene", "aa"), NAME) | dict.fromkeys(("pos", "len"), WHOLE)
KINDS |= dict.fromkeys(("I.norm", "height.I.norm"), NUMBER)
OTHER = "name another build at tcr.vdjdb in the config, or mend the row"


def read_motifs(source: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """Read the motifs from motif_pwms.txt, or from a release archive that holds it.

    Returns one row per residue seen in a position of a motif, human and other: cid, species, gene, aa (str), pos (int,
    0-based), len (int, residues), I.norm, height.I.norm (float). Columns are found by name, since their order and
    number differ between builds. Raises InputError where the file is not what the scores assume.

    published : what the registry says of a file that is no archive, see ``formats.published``
    """
    if is_archive(source):
        table = read_published(BytesIO(member(Path(source), FILE)), KINDS, name=f"{source}, {FILE}")
    else:
        table = read_published(source, KINDS, published=published)
    motifs = table.frame
    motif, place = motifs.groupby("cid"), motifs.groupby(["cid", "pos"])
    faults = {
        "column 'aa': {aa!r} is not one of the 20 amino acids": ~motifs["aa"].isin(list(AMINO_ACIDS)),
        "column 'pos': the positions of motif {cid!r} do not start at 0": motif["pos"].transform("min") != 0,
        "column 'pos': position {pos} of motif {cid!r} is not below its length {len}": motifs["pos"] >= motifs["len"],
        "column 'len': motif {cid!r} has several lengths": motif["len"].transform("nunique") > 1,
        "position {pos} of motif {cid!r} has residue {aa!r} twice": motifs.duplicated(["cid", "pos", "aa"]),
        "column 'I.norm': position {pos} of motif {cid!r} has several values": (
            place["I.norm"].transform("nunique") > 1
        ),
    }
    for problem, wrong in faults.items():
        table.refuse(wrong, problem, OTHER)
    for chain in CHAINS:
        if not ((motifs["species"] == HUMAN) & (motifs["gene"] == chain)).any():
            problem = f"no row with species {HUMAN!r} and gene {chain!r}, so nothing to compare with"
            raise InputError(table.name, problem, "name another build at tcr.vdjdb in the config")
    return motifs


def location_scores(motifs: pd.DataFrame, gene: str) -> pd.DataFrame:
    """Mean ``I.norm`` of the human motifs of ``gene`` by location (1-based): location, score, motifs.

    Each motif counts once at a location, however many residues it lists there; one that is too short does not
    count.
    """
    human = motifs[(motifs["species"] == HUMAN) & (motifs["gene"] == gene)]
    at = human.drop_duplicates(["cid", "pos"]).groupby("pos")["I.norm"].agg(score="mean", motifs="size").reset_index()
    at.insert(0, "location", at.pop("pos") + 1)
    return at


def residue_scores(
    motifs: pd.DataFrame, segments: Mapping[str, tuple[int, int]], absent: Literal["skip", "zero"] = "skip"
) -> pd.DataFrame:
    """Mean ``height.I.norm`` of each of the 20 residues in the segments of human motifs: residue, score.

    ``segments`` gives each gene its first and last location (1-based, inclusive); all genes are pooled. The
    files list only residues that a motif has at a position. With ``absent="skip"`` (the paper's) the mean is
    over those: how much a residue says where it occurs; NaN if it never does. With "zero" it is over all
    positions of all motifs, the others counting 0, so that a residue also scores by being common.
    """
    inside = pd.Series(False, index=motifs.index)
    for gene, (first, last) in segments.items():
        inside |= (motifs["gene"] == gene) & (motifs["pos"] + 1).between(first, last)
    rows = motifs[inside & (motifs["species"] == HUMAN)]
    heights = rows.groupby("aa")["height.I.norm"].agg(["sum", "size"]).reindex(list(AMINO_ACIDS), fill_value=0)
    places = len(rows.drop_duplicates(["cid", "pos"]))
    score = heights["sum"] / (heights["size"] if absent == "skip" else places)
    return score.rename_axis("residue").reset_index(name="score")


def motif_lengths(motifs: pd.DataFrame) -> pd.DataFrame:
    """Mean over human motifs: gene, motifs (count), mean_len (residues), mean_last_position (0-based).

    The paper gives the last position, 11.9 and 12.5, as the average motif length; the length is one more.
    """
    each = motifs[motifs["species"] == HUMAN].groupby(["gene", "cid"]).agg(len=("len", "first"), last=("pos", "max"))
    named = {"motifs": ("len", "size"), "mean_len": ("len", "mean"), "mean_last_position": ("last", "mean")}
    return each.groupby("gene").agg(**named).reset_index()


if __name__ == "__main__":
    with step(snakemake):
        segments, absent = snakemake.params.segments, snakemake.params.absent
        motifs = read_motifs(snakemake.input.motifs, snakemake.params.published.get("motifs"))
        locations = pd.concat([location_scores(motifs, gene).assign(gene=gene) for gene in segments])
        tables = {"locations": locations[["gene", "location", "score", "motifs"]]}
        tables |= {"residues": residue_scores(motifs, segments, absent), "lengths": motif_lengths(motifs)}
        for name, table in tables.items():
            write_table(table.assign(build=snakemake.params.build), snakemake.output[name], digits=None)
        write_scope(snakemake.output.scope)
