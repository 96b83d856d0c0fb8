"""Ways to weight counts before they are reduced. The paper names none; the sensitivity analysis tries them all.

scanpy's normalize_total and log1p give the same (to 5e-7), but take 3 s to compile in each new process, and then as
long as these; muon's TF-IDF divides by the sum of a feature's counts, not by the number of cells that have it.
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

COUNTS_PER_CELL = 1e4


def as_counts(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """The counts as they are."""
    return _with(counts, counts.data)


def as_binary(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """1 where anything was counted."""
    return _with(counts, np.ones_like(counts.data))


def as_log(counts: sparse.csr_matrix, per_cell: float = COUNTS_PER_CELL) -> sparse.csr_matrix:
    """log(1 + 1e4 x share of the cell's counts), the usual normalisation of RNA; or another number for 1e4."""
    share = normalize(counts, norm="l1")
    return _with(share, np.log1p(per_cell * share.data))


def as_log_counts(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """log(1 + count), with no correction for depth."""
    return _with(counts, np.log1p(counts.data))


def as_tfidf(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """log(1 + 1e4 x share x N / number of cells with the feature): rare peaks count for more."""
    share = normalize(counts, norm="l1").tocsr()
    cells_with = np.maximum(counts.getnnz(axis=0), 1)
    return _with(share, np.log1p(COUNTS_PER_CELL * share.data * (share.shape[0] / cells_with)[share.indices]))


NORMALISATIONS: dict[str, Callable[[sparse.csr_matrix], sparse.csr_matrix]] = {
    "counts": as_counts,
    "binary": as_binary,
    "log": as_log,
    "log-counts": as_log_counts,
    "tfidf": as_tfidf,
}


def _with(matrix: sparse.csr_matrix, data: np.ndarray) -> sparse.csr_matrix:
    """A matrix with the same places and other values."""
    return sparse.csr_matrix((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
