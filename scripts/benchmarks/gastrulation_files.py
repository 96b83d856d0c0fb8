"""Write an archive of the size and sparsity of the atlas of gastrulation, to measure how it is read.

Counts are random, without structure: those of the first cells are repeated with other cells' numbers, since reading
takes as long whatever they are. Genes and cells are as many as published, with some 3,500 genes seen in a cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from formats.matrix_market import write_blocks
from gastrulation.simulate.sources import write_archive
from running import scratch_folder, step

BLOCK = 2000  # cells whose counts are drawn


def write_files(
    archive: Path | str, sizes: Mapping[str, int], samples: Mapping[str, Sequence], kept: int, seed: int
) -> None:
    """Write the archive; ``kept`` of its cells are whole ones of ``samples`` (by stage), in equal parts.

    sizes : ``genes``, ``cells``, ``entries_per_cell``
    """
    rng = np.random.default_rng(seed)
    n, per_cell = sizes["cells"], sizes["entries_per_cell"]
    names = [(stage, sample) for stage, chosen in samples.items() for sample in chosen]
    which = np.resize(np.arange(len(names)), kept)
    cells = pd.DataFrame({"stage": "E8.5", "sample": "37"}, index=range(n))
    rows = rng.permutation(n)[:kept]
    cells.loc[rows, ["stage", "sample"]] = np.array(names, dtype=str)[which]
    cells = cells.assign(
        cell=[f"cell_{i + 1}" for i in range(n)], doublet="FALSE", stripped="FALSE", celltype="Epiblast"
    )
    cells["barcode"] = cells["cell"].str.replace("cell", "barcode")
    with scratch_folder(archive) as folder:
        matrix = folder / "raw_counts.mtx"
        block = random_block(min(BLOCK, n), sizes["genes"], per_cell, rng)
        write_blocks(_repeated(block, n), (sizes["genes"], n, entries_of(block, n)), matrix)
        write_archive(archive, [f"Gene{i}" for i in range(sizes["genes"])], cells, matrix)


def random_block(cells: int, genes: int, per_cell: int, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, genes), about ``per_cell`` of them not 0 in each cell; genes differ in how often they are seen."""
    share = rng.beta(0.5, 0.5 * (genes / per_cell - 1), genes)
    seen = rng.random((cells, genes), dtype=np.float32) < share
    counts = csr_matrix(seen, dtype=np.int32)
    counts.data[:] = rng.geometric(0.4, counts.nnz)
    return counts


def _repeated(block: csr_matrix, cells: int) -> Iterator[csr_matrix]:
    for first in range(0, cells, block.shape[0]):
        yield block[: min(block.shape[0], cells - first)]


def entries_of(block: csr_matrix, cells: int) -> int:
    """How many entries ``cells`` rows have that repeat ``block``."""
    whole, rest = divmod(cells, block.shape[0])
    return whole * block.nnz + int(block.indptr[rest])


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        write_files(snakemake.output.archive, params.sizes, params.samples, params.kept, params.seed)
