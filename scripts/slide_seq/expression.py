"""Expression as the part's methods see it (paper: Methods, Slide-seq; scaling as its authors released it)."""

import numpy as np
from scipy import sparse


def shares(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Counts (beads, genes) divided by each bead's total; a bead without counts stays 0."""
    total = np.asarray(counts.sum(axis=1, dtype=float)).ravel()
    return sparse.csr_matrix(sparse.diags_array(1 / np.where(total > 0, total, 1.0)) @ counts.astype(float))


def scaled(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shares with each gene scaled to unit variance (population), not centred: the matrix stays sparse and >= 0."""
    expression = shares(counts)
    sd = np.sqrt(variances(expression))
    return sparse.csr_matrix(expression @ sparse.diags_array(1 / np.where(sd > 0, sd, 1.0)))


def variances(matrix: sparse.csr_matrix) -> np.ndarray:
    """The population variance of each column, (columns,)."""
    mean = np.asarray(matrix.mean(axis=0)).ravel()
    return np.maximum(np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel() - mean**2, 0.0)


def log_normalised(counts: sparse.csr_matrix, target: float = 100.0) -> sparse.csr_matrix:
    """log(1 + target x share), the usual input of Moran's I; target is about a bead's total in these data."""
    return (shares(counts) * target).log1p()
