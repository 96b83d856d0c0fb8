"""Write a sample of A549 with a planted truth: sci-CAR as GEO serves it, domains as ENCODE, starts as GREAT.

What a reader must see through: cells of another line, cells in one table only, chromosomes with and without prefix,
peaks on unplaced contigs, genes of mouse without a start of transcription, and versions of identifiers.
"""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack, vstack

from a549.simulate.truth import CHROMOSOMES, PROMOTER, Truth, domain_table, gene_table
from formats.sci_car import write_file
from running import step, whole_file

RNA, ATAC = "GSM3271040_RNA_sciCAR_A549_", "GSM3271041_ATAC_sciCAR_A549_"
TSS, TADS = "GREATv4.genes.hg19.tsv.gz", "ENCFF336WPU.bed.gz"
CONTIG_PEAKS = 5
DEPTH_SD = 0.4  # of the logarithm of a cell's depth
PROMOTER_SD, PROGRAMME_SD, USUAL_SD = 1.2, 1.5, 0.5  # of the logarithm of levels
BLOCK = 20_000_000  # numbers drawn at once


class Sizes(NamedTuple):
    """How many there are.

    rna_cells, atac_cells : of each table; joint : of both; others : of another line, among those in both tables
    genes : of the RNA matrix; placed : of them, those with a start of transcription; starts : of all genes
    peaks : two for each placed gene, CONTIG_PEAKS on a contig, all others anywhere
    rna_draws, other_draws, atac_draws : counts of the mean cell, of genes with and without a place and of peaks
    """

    rna_cells: int
    atac_cells: int
    joint: int
    others: int
    genes: int
    placed: int
    starts: int
    peaks: int
    rna_draws: float
    other_draws: float
    atac_draws: float


def small(cells: int, genes: int) -> Sizes:
    """A sample of ``cells`` of A549 in both tables, ``genes`` with a place, and whatever goes with them."""
    one_table, others, peaks = round(0.1 * cells), round(0.2 * cells), 10 * genes + CONTIG_PEAKS
    joint = round(1.4 * cells) - 2 * one_table
    of_both = joint + one_table, joint + one_table, joint, others
    return Sizes(*of_both, genes + 20, genes, round(2.5 * genes), peaks, 6.0 * genes, 1.0, 0.4 * peaks)


def simulate(folder: Path | str, seed: int, sizes: Sizes, chromosomes: Mapping[str, int] = CHROMOSOMES) -> Truth:
    """Write the files below ``folder`` and return what was planted; equal arguments give equal bytes.

    chromosomes : their lengths by name without prefix
    """
    out, rng = Path(folder) / "a549", np.random.default_rng([seed, 7])
    domains = domain_table(chromosomes, rng)
    table = gene_table(sizes.placed, sizes.starts, domains, rng)
    measured = table[table["measured"]]
    programmes = measured[measured["programme"] >= 0].groupby("programme")["id"].agg(list)
    truth = Truth(seed, programmes.tolist(), PROMOTER)
    truth.write(out / "truth.json")

    total = sizes.rna_cells + sizes.atac_cells - sizes.joint
    samples = np.array([f"sci_RNA_{i:04d}_{''.join(rng.choice(list('ACGT'), 10))}" for i in range(total)])
    line = np.array(["A549"] * total, dtype=object)
    line[sizes.joint - sizes.others : sizes.joint] = "HEK293T"
    hours = rng.choice([0, 1, 3], total)
    in_rna = rng.permutation(sizes.rna_cells)
    in_atac = rng.permutation(np.r_[: sizes.joint, sizes.rna_cells : total])

    promoter = rng.normal(size=len(measured))
    level = np.exp(USUAL_SD * rng.normal(size=len(measured)) + PROMOTER_SD * promoter)
    active = rng.normal(size=(total, len(programmes) + 1)) * PROGRAMME_SD
    active[:, -1] = 0  # of no programme, which is number -1
    placed = expressed(np.exp(active), measured["programme"].to_numpy(), level, sizes.rna_draws, rng)
    unplaced = sizes.genes - sizes.placed
    few = sizes.other_draws / unplaced
    others = drawn(lambda cells: np.full((len(cells), unplaced), few), total, unplaced, rng)
    mouse = [f"ENSMUSG{number:011d}" for number in range(1, unplaced + 1)]
    named = pd.DataFrame(
        {
            "gene_id": [f"{one}.{rng.integers(1, 15)}" for one in [*measured["id"], *mouse]],
            "gene_type": "protein_coding",
            "gene_short_name": [*measured["symbol"], *(f"Gene{i}" for i in range(unplaced))],
        }
    )
    cell = {"sample": samples, "cell_name": line, "experiment": "coassay", "treatment_time": hours}
    write_file(out / f"{RNA}cell.txt.gz", pd.DataFrame(cell).iloc[in_rna])
    write_file(out / f"{RNA}gene.txt.gz", named)
    write_file(out / f"{RNA}gene_count.txt.gz", hstack([placed, others]).tocsr()[in_rna])

    peaks, openness = peak_table(sizes.peaks, measured, promoter, chromosomes, rng)
    atac = expressed(np.ones((total, 1)), np.zeros(len(peaks), int), openness, sizes.atac_draws, rng)
    group = np.where(line == "A549", [f"A549_{hour}h" for hour in hours], "HEK293T")
    cell = {"sample": samples, "source": "Human", "group": group, "experiment": "coassay"}
    write_file(out / f"{ATAC}cell.txt.gz", pd.DataFrame(cell).iloc[in_atac])
    write_file(out / f"{ATAC}peak.txt.gz", peaks)
    write_file(out / f"{ATAC}peak_count.txt.gz", atac[in_atac])

    columns = {"id": "#Gene_IDs", "chr": "CHROM", "tss": "POS", "strand": "STRAND", "symbol": "Symbol"}
    _tabs(out / TSS, table[list(columns)].rename(columns=columns), header=True)
    _tabs(out / TADS, domains.assign(name=[f"tad_{i}" for i in range(len(domains))], score=1000), header=False)
    return truth


def peak_table(
    number: int,
    genes: pd.DataFrame,
    promoter: np.ndarray,
    chromosomes: Mapping[str, int],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, np.ndarray]:
    """The peaks by place (id, peak, chr, start, end), and how open each is: two a promoter, others anywhere."""
    up = np.where(genes["strand"] == "+", -1, 1)
    at = genes["tss"].to_numpy() + up * rng.integers(0, 100, len(genes))
    before = genes["tss"].to_numpy() + up * rng.integers(350, -PROMOTER[0], len(genes))
    name = genes["chr"].str.removeprefix("chr").to_numpy()
    sizes = np.array(list(chromosomes.values()))
    other = rng.choice(len(sizes), number - 2 * len(genes) - CONTIG_PEAKS, p=sizes / sizes.sum())
    anywhere = (rng.random(len(other)) * (sizes[other] - 10_000)).astype(int) + 5_000
    contigs = np.full(CONTIG_PEAKS, "GL000220.1")
    table = pd.DataFrame(
        {
            "chr": np.r_[name, name, np.array(list(chromosomes))[other], contigs],
            "middle": np.r_[at, before, anywhere, 1_000 * np.arange(1, CONTIG_PEAKS + 1)],
            "open": np.exp(np.r_[promoter, promoter, rng.normal(size=len(other) + CONTIG_PEAKS)]),
        }
    )
    table["middle"] += table.groupby(["chr", "middle"]).cumcount()  # no peak is there twice
    table = table.sort_values(["chr", "middle"]).reset_index(drop=True)
    table["start"], table["end"] = table["middle"] - 120, table["middle"] + 120
    table.insert(0, "peak", table["chr"] + "-" + table["start"].astype(str) + "-" + table["end"].astype(str))
    table.insert(0, "id", np.arange(1, len(table) + 1))
    return table[["id", "peak", "chr", "start", "end"]], table["open"].to_numpy()


def expressed(
    active: np.ndarray, kind: np.ndarray, level: np.ndarray, draws: float, rng: np.random.Generator
) -> csr_matrix:
    """Counts (n, features): of a feature in proportion to its ``level`` and to how ``active`` its kind is in the cell.

    active : (n, kinds); kind, level : (features,); draws : counts of the mean cell
    """
    depth = np.exp(rng.normal(0, DEPTH_SD, (len(active), 1)))
    usual = (active.mean(axis=0)[kind] * level).mean()

    def rates(cells: np.ndarray) -> np.ndarray:
        found = active[cells][:, kind]
        for factor in (level, 1 / usual, draws / len(level), depth[cells]):
            found *= factor
        return found

    return drawn(rates, len(active), len(level), rng)


def drawn(rates: Callable[[np.ndarray], np.ndarray], n: int, features: int, rng: np.random.Generator) -> csr_matrix:
    """Poisson counts (n, features) of the rates of cells, which are asked for a few at a time."""
    cells = np.array_split(np.arange(n), -(-n * features // BLOCK))
    return vstack([csr_matrix(rng.poisson(rates(some)).astype(np.int32)) for some in cells]).tocsr()


def _tabs(path: Path, table: pd.DataFrame, *, header: bool) -> None:
    with whole_file(path) as part:
        part.write_bytes(gzip.compress(table.to_csv(sep="\t", index=False, header=header).encode(), mtime=0))


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        simulate(Path(snakemake.output[0]).parents[1], params.seed, small(**params.sizes))
