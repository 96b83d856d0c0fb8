"""Write a simulated puck of the size of 180430_1, or a part of it: counts stream to the disk.

The same tissue and programs as ``slide_seq.simulate`` plants. The file has all beads and genes of that puck's file; of
these, exactly so many beads have a cluster, and exactly so many genes are seen in them, that preprocessing gives the
size that the paper states.
"""

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from running import whole_file
from slide_seq.simulate.sources import MAPPING, csv_text, make_barcodes, row_text
from slide_seq.simulate.truth import DEPTH_SPREAD, FOLD, gene_means, gene_names, program_genes, programs_of, tissue

LEVEL = 1  # of gzip: the text is nearly all "0,"
LEAST_DEPTH = 0.5  # of the median: no bead falls below the limit of UMI
PLANTED_SHARE = 0.3  # [ours] of a bead's counts, before the folds: as many for a planted gene as in the demo


def simulate(
    archive: Path | str,
    seed: int,
    beads: int,
    genes: int,
    kept_beads: int,
    kept_genes: int,
    umi: float,
    number: int = 0,
) -> dict[str, int]:
    """Write the archive; returns how many beads were drawn of each cluster.

    umi : the median of counts of a bead; number : of the puck among those of ``seed``, which share the genes' means
    """
    rng, folder = np.random.default_rng([seed, number]), f"{Path(archive).name.partition('.')[0]}/{MAPPING}"
    means = seen_means(genes, np.random.default_rng(seed))
    places, cluster, in_band = tissue(beads, rng)
    barcodes, typed = make_barcodes(beads, rng), np.sort(rng.choice(beads, kept_beads, replace=False))
    known = np.zeros(beads, dtype=bool)
    known[typed] = True
    with (
        whole_file(archive) as part,
        part.open("wb") as raw,
        gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
        TemporaryFile(dir=Path(archive).parent) as counts,
    ):
        counts.write(("Row," + ",".join(barcodes) + "\n").encode())
        rows = sparse_rows(means, cluster, in_band, known, kept_genes, umi, rng)
        for name, row in zip(gene_names(genes), rows, strict=True):
            counts.write(name.encode() + b"," + row_text(row) + b"\n")
        _add(tar, f"{folder}/MappedDGEForR.csv", counts)
        _add(
            tar, f"{folder}/BeadLocationsForR.csv", io.BytesIO(csv_text("barcodes,xcoord,ycoord", barcodes, *places.T))
        )
        clusters = csv_text("Var1,x", np.array(barcodes)[known], cluster[known])
        _add(tar, f"{folder}/AnalogizerClusterAssignments.csv", io.BytesIO(clusters))
    return {str(name): int(size) for name, size in zip(*np.unique(cluster, return_counts=True), strict=True)}


def seen_means(genes: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of all counts (genes,), sum 1, of which the planted genes hold PLANTED_SHARE."""
    means, planted = gene_means(genes, rng), np.concatenate(list(program_genes(genes).values()))
    is_planted = np.isin(np.arange(genes), planted)
    for which, share in ((is_planted, PLANTED_SHARE), (~is_planted, 1 - PLANTED_SHARE)):
        means[which] *= share / means[which].sum()
    return means


def sparse_rows(
    means: np.ndarray,
    cluster: np.ndarray,
    in_band: np.ndarray,
    known: np.ndarray,
    kept_genes: int,
    umi: float,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """The counts (beads,) of each gene: as many as its mean has it, dealt to beads by depth and program.

    The last genes - kept_genes genes are seen in beads without a cluster alone.
    """
    beads, genes, on = len(cluster), len(means), programs_of(cluster, in_band)
    depth = np.maximum(rng.lognormal(0.0, DEPTH_SPREAD, beads), LEAST_DEPTH)
    share_of = {name: depth * np.where(on[name], FOLD, 1.0) for name in on}
    program_of = {gene: name for name, block in program_genes(genes).items() for gene in block}
    typed, untyped = np.flatnonzero(known), np.flatnonzero(~known)
    for gene in range(genes):
        share = share_of.get(program_of.get(gene), depth)
        among = np.arange(beads) if gene < kept_genes else untyped
        ends = np.cumsum(share[among])
        drawn = rng.poisson(umi * means[gene] * ends[-1])
        row = np.bincount(among[np.searchsorted(ends, rng.random(drawn) * ends[-1])], minlength=beads)
        if gene < kept_genes and not row[typed].any():
            row[rng.choice(typed)] = 1
        yield row


def _add(tar: tarfile.TarFile, name: str, content: io.IOBase) -> None:
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    content.seek(0)
    tar.addfile(info, content)
