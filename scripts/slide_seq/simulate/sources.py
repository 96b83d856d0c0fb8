"""Write Slide-seq pucks with a planted truth, in the publisher's own format: the demo of Figure 4.

``slide_seq/Puck_<id>.tar.gz`` holds ``Puck_<id>/BeadMapping_<M-D>_<hhmm>/`` with the counts as a dense text, the beads'
places, and the atlas clusters of nine beads in ten. The first puck also has an older bead mapping, whose counts are not
to be used. ``slide_seq/truth.json`` says what was planted (``slide_seq_truth``).
"""

import gzip
import io
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from running import step, whole_file
from slide_seq.simulate.truth import (
    DEPTH_SPREAD,
    FOLD,
    Truth,
    gene_means,
    gene_names,
    program_genes,
    programs_of,
    tissue,
)

MAPPING, OLDER_MAPPING = "BeadMapping_10-17_1014", "BeadMapping_9-29_0937"
WITH_CLUSTER = 0.875  # [puck] share of the beads that the atlas gave a cluster
LEAST_UMI = 10  # the published pucks hold no bead with fewer


def simulate(folder: Path | str, seed: int, pucks: Sequence[str], beads: int, genes: int, umi: float) -> Truth:
    """Write one archive per puck below ``folder``/slide_seq, and the truth; equal arguments give equal bytes.

    beads, genes : size of each puck; umi : median counts of a bead
    """
    folder, names = Path(folder) / "slide_seq", gene_names(genes)
    common, *streams = np.random.SeedSequence(seed).spawn(1 + len(pucks))
    means, clusters = gene_means(genes, np.random.default_rng(common)), {}
    for number, (puck, stream) in enumerate(zip(pucks, streams, strict=True)):
        rng = np.random.default_rng(stream)
        places, cluster, in_band = tissue(beads, rng)
        barcodes = make_barcodes(beads, rng)
        clusters[puck] = {
            str(name): int(size) for name, size in zip(*np.unique(cluster, return_counts=True), strict=True)
        }
        known = rng.random(beads) < WITH_CLUSTER
        counts = simulated_counts(means, cluster, in_band, umi, rng)
        tables = {
            "MappedDGEForR.csv": b"".join(counts_text(barcodes, names, counts)),
            "BeadLocationsForR.csv": csv_text("barcodes,xcoord,ycoord", barcodes, *places.round(6).T),
            "AnalogizerClusterAssignments.csv": csv_text(
                "Var1,x", *(np.asarray(column)[known] for column in (barcodes, cluster))
            ),
        }
        members = {f"Puck_{puck}/{MAPPING}/{name}": content for name, content in tables.items()}
        if number == 0:  # every count is 0 there: whoever reads it is found out
            stale = "MappedDGEForR.csv"
            empty = b"".join(counts_text(barcodes, names, np.zeros_like(counts)))
            members |= {f"Puck_{puck}/{OLDER_MAPPING}/{name}": tables[name] for name in tables if name != stale}
            members[f"Puck_{puck}/{OLDER_MAPPING}/{stale}"] = empty
        write_archive(folder / f"Puck_{puck}.tar.gz", members)
    truth = Truth(seed, {name: [names[i] for i in rows] for name, rows in program_genes(genes).items()}, clusters)
    truth.write(folder / "truth.json")
    return truth


def simulated_counts(
    means: np.ndarray, cluster: np.ndarray, in_band: np.ndarray, umi: float, rng: np.random.Generator
) -> np.ndarray:
    """Counts (genes, beads): Poisson around depth x mean, where a planted gene is FOLD times its mean or as it is."""
    beads = len(cluster)
    expected = np.repeat(means[:, None], beads, axis=1)
    on = programs_of(cluster, in_band)
    for name, genes in program_genes(len(means)).items():
        expected[np.ix_(genes, on[name])] *= FOLD
    depth = np.maximum(umi * rng.lognormal(0.0, DEPTH_SPREAD, beads), 2 * LEAST_UMI)
    counts = rng.poisson(expected / expected.sum(axis=0) * depth)
    short = np.maximum(LEAST_UMI - counts.sum(axis=0), 0)
    counts[0] += short  # hardly ever
    return counts


def counts_text(barcodes: Sequence[str], genes: Sequence[str], counts: np.ndarray) -> Iterator[bytes]:
    """The lines of a dense text, genes by beads."""
    yield ("Row," + ",".join(barcodes) + "\n").encode()
    for name, row in zip(genes, counts, strict=True):
        yield name.encode() + b"," + row_text(row) + b"\n"


def row_text(row: np.ndarray) -> bytes:
    """The counts of one gene, with commas; fast where all are below 10."""
    if row.max(initial=0) >= 10:
        return ",".join(map(str, row.tolist())).encode()
    text = np.full(2 * len(row) - 1, ord(","), dtype=np.uint8)
    text[::2] = row + ord("0")
    return text.tobytes()


def make_barcodes(beads: int, rng: np.random.Generator) -> list[str]:
    """Distinct barcodes of 14 bases."""
    bases, found = np.array(list("ACGT")), {}
    while len(found) < beads:
        for row in bases[rng.integers(4, size=(beads, 14))]:
            found["".join(row)] = None
    return list(found)[:beads]


def csv_text(header: str, *columns: Sequence) -> bytes:
    """A table as text, the columns given one by one."""
    rows = (",".join(map(str, row)) for row in zip(*columns, strict=True))
    return ("\n".join([header, *rows]) + "\n").encode()


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """A tar.gz of these files, the same bytes each time."""
    with (
        whole_file(path) as part,
        part.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


if __name__ == "__main__":
    with step(snakemake):
        params, first = snakemake.params, Path(snakemake.output[0])
        simulate(first.parents[1], params.seed, params.pucks, **params.sizes)
