"""Write a small sample of A549 with a planted truth: sci-CAR as GEO serves it, domains as ENCODE, starts as GREAT.

What a reader must see through: cells of another line, cells in one table only, chromosomes with and without prefix,
peaks on unplaced contigs, genes of mouse without a start of transcription, and versions of identifiers.
"""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from a549.simulate.truth import CHROMOSOMES, PROMOTER, Truth, domain_table, gene_table
from formats.sci_car import write_file
from running import step, whole_file

RNA, ATAC = "GSM3271040_RNA_sciCAR_A549_", "GSM3271041_ATAC_sciCAR_A549_"
TSS, TADS = "GREATv4.genes.hg19.tsv.gz", "ENCFF336WPU.bed.gz"
OTHER_LINE, ONE_TABLE = 0.2, 0.1  # cells of another line, and of one table, for each cell
MOUSE_GENES, CONTIG_PEAKS = 20, 5
PEAKS_PER_GENE = 8  # anywhere
DEPTH_SD = 0.4  # of the logarithm of a cell's depth
RNA_COUNTS, ATAC_COUNTS = 6.0, 0.4  # in the mean cell, of a gene and of a peak
PROMOTER_SD, PROGRAMME_SD, USUAL_SD = 1.2, 1.5, 0.5  # of the logarithm of levels


def simulate(folder: Path | str, seed: int, cells: int, genes: int) -> Truth:
    """Write the files below ``folder`` and return what was planted; equal arguments give equal bytes."""
    out, rng = Path(folder) / "a549", np.random.default_rng([seed, 7])
    domains = domain_table(rng)
    table = gene_table(genes, domains, rng)
    measured = table[table["measured"]]
    programmes = measured[measured["programme"] >= 0].groupby("programme")["id"].agg(list)
    truth = Truth(seed, programmes.tolist(), PROMOTER)
    truth.write(out / "truth.json")

    total = round(cells * (1 + OTHER_LINE + 2 * ONE_TABLE))
    samples = np.array([f"sci_RNA_{i:04d}_{''.join(rng.choice(list('ACGT'), 10))}" for i in range(total)])
    line = np.array(["A549"] * total)
    line[cells : cells + round(cells * OTHER_LINE)] = "HEK293T"
    hours = rng.choice([0, 1, 3], total)
    only = round(cells * ONE_TABLE)
    in_rna, in_atac = rng.permutation(total - only), rng.permutation(np.r_[: total - 2 * only, total - only : total])

    promoter = rng.normal(size=len(measured))
    level = np.exp(USUAL_SD * rng.normal(size=len(measured)) + PROMOTER_SD * promoter)
    active = rng.normal(size=(total, len(programmes) + 1)) * PROGRAMME_SD
    active[:, -1] = 0  # of no programme, which is number -1
    rates = np.exp(active[:, measured["programme"]]) * level
    rna = csr_matrix(np.hstack([_counts(rates, RNA_COUNTS, rng), rng.poisson(0.05, (total, MOUSE_GENES))]))
    mouse = [f"ENSMUSG{number:011d}" for number in range(1, MOUSE_GENES + 1)]
    named = pd.DataFrame(
        {
            "gene_id": [f"{one}.{rng.integers(1, 15)}" for one in [*measured["id"], *mouse]],
            "gene_type": "protein_coding",
            "gene_short_name": [*measured["symbol"], *(f"Gene{i}" for i in range(MOUSE_GENES))],
        }
    )
    cell = {"sample": samples, "cell_name": line, "experiment": "coassay", "treatment_time": hours}
    write_file(out / f"{RNA}cell.txt.gz", pd.DataFrame(cell).iloc[in_rna])
    write_file(out / f"{RNA}gene.txt.gz", named)
    write_file(out / f"{RNA}gene_count.txt.gz", rna[in_rna])

    peaks, openness = peak_table(measured, promoter, rng)
    atac = csr_matrix(_counts(np.tile(openness, (total, 1)), ATAC_COUNTS, rng))
    group = np.where(line == "A549", [f"A549_{hour}h" for hour in hours], "HEK293T")
    cell = {"sample": samples, "source": "Human", "group": group, "experiment": "coassay"}
    write_file(out / f"{ATAC}cell.txt.gz", pd.DataFrame(cell).iloc[in_atac])
    write_file(out / f"{ATAC}peak.txt.gz", peaks)
    write_file(out / f"{ATAC}peak_count.txt.gz", atac[in_atac])

    columns = {"id": "#Gene_IDs", "chr": "CHROM", "tss": "POS", "strand": "STRAND", "symbol": "Symbol"}
    _tabs(out / TSS, table[list(columns)].rename(columns=columns), header=True)
    _tabs(out / TADS, domains.assign(name=[f"tad_{i}" for i in range(len(domains))], score=1000), header=False)
    return truth


def peak_table(genes: pd.DataFrame, promoter: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """The peaks by place (id, peak, chr, start, end), and how open each is: two a promoter, others anywhere."""
    up = np.where(genes["strand"] == "+", -1, 1)
    at = genes["tss"].to_numpy() + up * rng.integers(0, 100, len(genes))
    before = genes["tss"].to_numpy() + up * rng.integers(350, -PROMOTER[0], len(genes))
    name = genes["chr"].str.removeprefix("chr").to_numpy()
    sizes = np.array(list(CHROMOSOMES.values()))
    other = rng.choice(len(sizes), PEAKS_PER_GENE * len(genes), p=sizes / sizes.sum())
    anywhere = (rng.random(len(other)) * (sizes[other] - 10_000)).astype(int) + 5_000
    contigs = np.full(CONTIG_PEAKS, "GL000220.1")
    table = pd.DataFrame(
        {
            "chr": np.r_[name, name, np.array(list(CHROMOSOMES))[other], contigs],
            "middle": np.r_[at, before, anywhere, 1_000 * np.arange(1, CONTIG_PEAKS + 1)],
            "open": np.exp(np.r_[promoter, promoter, rng.normal(size=len(other) + CONTIG_PEAKS)]),
        }
    ).drop_duplicates(["chr", "middle"])
    table = table.sort_values(["chr", "middle"]).reset_index(drop=True)
    table["start"], table["end"] = table["middle"] - 120, table["middle"] + 120
    table.insert(0, "peak", table["chr"] + "-" + table["start"].astype(str) + "-" + table["end"].astype(str))
    table.insert(0, "id", np.arange(1, len(table) + 1))
    return table[["id", "peak", "chr", "start", "end"]], table["open"].to_numpy()


def _counts(rates: np.ndarray, mean: float, rng: np.random.Generator) -> np.ndarray:
    depth = np.exp(rng.normal(0, DEPTH_SD, (len(rates), 1)))
    return rng.poisson(rates / rates.mean() * mean * depth)


def _tabs(path: Path, table: pd.DataFrame, *, header: bool) -> None:
    with whole_file(path) as part:
        part.write_bytes(gzip.compress(table.to_csv(sep="\t", index=False, header=header).encode(), mtime=0))


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        simulate(Path(snakemake.output[0]).parents[1], params.seed, **params.sizes)
