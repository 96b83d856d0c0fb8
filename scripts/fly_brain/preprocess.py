"""Choose cells and genes of a case, and normalise: the expression matrix that everything else of the case uses.

Two cases: "text" (neurons, log-normalised, 50 components) and "released" (every cell of the line, plain counts, 20
components, as the authors' script has it).
"""

from typing import Literal

import numpy as np
from anndata import AnnData, read_h5ad

from running import InputError, step, whole_file

TARGET = 10_000.0  # counts per cell after normalisation


def preprocess(
    cells: AnnData, *, which: Literal["neurons", "all"], normalise: Literal["log", "counts"], min_cells: int
) -> AnnData:
    """Expression of the chosen cells: X (n, genes) CSR float32, genes seen in at least ``min_cells`` of them.

    normalise : "log" is log(1 + 10,000 × count / the cell's sum over all genes), "counts" leaves counts as they are
    Raises InputError where no cell or no gene is left, where no cell is of the first age, or where a cell is empty.
    """
    chosen = cells.obs["neuron"].to_numpy() if which == "neurons" else np.ones(cells.n_obs, dtype=bool)
    if chosen.sum() < 2:
        raise InputError("fly_brain.not_neurons", f"leaves {chosen.sum()} of {cells.n_obs} cells", "loosen it")
    found = cells[chosen].copy()
    if (found.obs["total_counts"] == 0).any():
        empty = found.obs_names[int((found.obs["total_counts"] == 0).argmax())]
        raise InputError("the tarball's matrix.mtx", f"cell {empty!r} has no count", "remove the cell")
    seen = np.bincount(found.X.indices, minlength=found.n_vars)
    if not (seen >= min_cells).any():
        raise InputError("fly_brain.min_cells", f"no gene is seen in {min_cells} of {len(found)} cells", "lower it")
    found = found[:, seen >= min_cells].copy()
    found.X = found.X.astype(np.float32)
    if normalise == "log":
        scale = (TARGET / found.obs["total_counts"].to_numpy()).astype(np.float32)
        found.X.data = np.log1p(found.X.data * np.repeat(scale, np.diff(found.X.indptr)))
    return found


if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        options = {"which": params.which, "normalise": params.normalise, "min_cells": params.min_cells}
        found = preprocess(read_h5ad(snakemake.input.cells), **options)
        log.info("%d cells × %d genes, ages %s", *found.shape, found.obs["age"].value_counts().sort_index().to_dict())
        with whole_file(snakemake.output[0]) as part:
            found.write_h5ad(part, compression="lzf")
