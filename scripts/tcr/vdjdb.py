"""What VDJdb's motifs say about each location and residue of CDR3: the yardstick of Figure 5.

The paper's "Methods: Schema reveals CDR3 segments crucial to T cell receptor binding specificity". VDJdb
scores a motif's position by its relative entropy ``I.norm`` (after Murugan et al.), and a residue there by
``height.I.norm`` = frequency x ``I.norm``. Only human motifs are scored.
"""

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from formats.published import write_scope
from running import step, write_table
from tcr.chains import AMINO_ACIDS
from tcr.read_motifs import HUMAN, read_motifs


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
