"""Write six files of the published sample's size and sparsity, to measure how long they take to read.

Counts are random, without structure. The numbers are those of the sample's tables (49,584 genes x 13,893 cells and
252,741 peaks x 13,395 cells, 11,296 cells in both), the paper's 0.28 % of a cell's peaks that are not 0, and about
1,000 RNA counts a cell (Cao et al. 2018).
"""

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix

from formats.matrix_market import write_counts
from running import step, whole_file

POPULARITY_SD = {"rna": 2.2, "atac": 0.5}  # of the logarithm: few genes hold most counts, peaks are more alike
QUICK = 1  # gzip level: reading takes as long whatever it is


def write_files(paths: Mapping[str, Path | str], sizes: Mapping[str, int], seed: int) -> None:
    """Write ``paths`` (names as in ``sci_car.preprocess.FILES``).

    sizes : ``genes``, ``coding`` (of them), ``rna_cells``, ``rna_draws`` (counts a cell), ``peaks``, ``atac_cells``,
        ``atac_draws``, ``joint`` (cells in both)
    """
    rng = np.random.default_rng(seed)
    samples = np.array([f"cell{number:06d}" for number in range(sizes["rna_cells"] + sizes["atac_cells"])])
    in_rna = samples[: sizes["rna_cells"]]
    first = sizes["rna_cells"] - sizes["joint"]
    in_atac = rng.permutation(samples[first : first + sizes["atac_cells"]])
    kinds = rng.choice(["Podocyte", "Loop of Henle cells", "NA"], len(in_rna))
    _table(paths["rna_cells"], pd.DataFrame({"sample": in_rna, "tsne_1": "0.5", "tsne_2": "NA", "cell_name": kinds}))
    _table(paths["atac_cells"], pd.DataFrame({"sample": in_atac, "replicate": "1"}))
    numbers = np.arange(sizes["genes"])
    types = np.where(numbers < sizes["coding"], "protein_coding", "lincRNA")
    names = pd.Series(numbers.astype(str))
    _table(paths["genes"], pd.DataFrame({"gene_id": "G" + names, "gene_type": types, "gene_short_name": "S" + names}))
    start = np.arange(sizes["peaks"]) * 300 + 1
    peaks = pd.DataFrame({"chr": "chr1", "start": start, "end": start + 250})
    peaks.insert(0, "peak", "chr1_" + peaks["start"].astype(str))
    _table(paths["peaks"], peaks)
    for name, features in (("rna", "genes"), ("atac", "peaks")):
        counts = random_counts(
            sizes[f"{name}_cells"], sizes[features], sizes[f"{name}_draws"], POPULARITY_SD[name], rng
        )
        with whole_file(paths[f"{name}_counts"]) as part:
            write_counts(counts, part, level=QUICK)


def random_counts(cells: int, features: int, draws: int, spread: float, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, features): ``draws`` a cell on average, of features whose popularity is log-normal."""
    popularity = np.cumsum(np.exp(rng.normal(0, spread, features)))
    per_cell = rng.poisson(draws * np.exp(rng.normal(-0.125, 0.5, cells)))
    drawn = np.searchsorted(popularity, rng.random(per_cell.sum()) * popularity[-1])
    rows = np.repeat(np.arange(cells), per_cell)
    return coo_matrix((np.ones(len(rows), np.int32), (rows, drawn)), shape=(cells, features)).tocsr()


def _table(path: Path | str, table: pd.DataFrame) -> None:
    with whole_file(path) as part:
        part.write_bytes(gzip.compress(table.to_csv(index=False, lineterminator="\n").encode(), QUICK))


if __name__ == "__main__":
    with step(snakemake):
        write_files(dict(snakemake.output), snakemake.params.sizes, snakemake.params.seed)
