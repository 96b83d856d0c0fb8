"""MOFA+ (Argelaguet et al. 2020), which the paper does not have here: common factors of RNA and ATAC windows."""

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis

from baselines.mofa import mofa_factors
from baselines.normalise import as_log
from sci_car.cells import load_cells, window_counts
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, windows: dict, mofa: dict) -> None:
    """The factors of log-normalised genes and windows, each view scaled to variance 1.

    ``mofa`` holds the number of factors, and that of the most variable genes and windows that are used: MOFA+ works on
    dense matrices, and its authors advise such a selection.
    """
    whole = load_cells(cells)
    counts, _ = window_counts(whole["atac"].X, whole["atac"].var, **windows)
    views = {}
    for name, matrix in (("rna", whole["rna"].X), ("atac", counts)):
        views[name] = most_variable(as_log(matrix), mofa["features"])
    save_embedding(out, whole.obs_names, mofa_factors(views, whole.obs_names, mofa["factors"], seed))


def most_variable(matrix: sparse.csr_matrix, most: int) -> np.ndarray:
    """The columns of largest variance, in their order, dense."""
    _, variance = mean_variance_axis(matrix, axis=0)
    return matrix[:, np.sort(np.argsort(-variance, kind="stable")[:most])].toarray()
