"""Peaks summed over windows of the genome, the form in which ATAC-seq enters scVI and totalVI (paper: Methods)."""

import numpy as np
import pandas as pd
from scipy import sparse


def window_counts(
    counts: sparse.csr_matrix, peaks: pd.DataFrame, *, size: int, min_cells: int
) -> tuple[sparse.csr_matrix, pd.Index]:
    """Counts (cells, windows) of peaks (rows with chr and start) in windows of ``size`` bases, and their names.

    Peaks with a count in fewer than ``min_cells`` cells are left out first; windows without a peak do not exist. The
    paper has 2,629 windows of 1 Mb and 10 cells.
    """
    kept = np.flatnonzero(counts.getnnz(axis=0) >= min_cells)
    names = peaks["chr"].astype(str) + ":" + (peaks["start"] // size).astype(str)
    codes, windows = pd.factorize(names.iloc[kept], sort=True)
    to_window = sparse.csr_matrix(
        (np.ones(len(kept), dtype=counts.dtype), (kept, codes)), shape=(counts.shape[1], len(windows))
    )
    return (counts @ to_window).tocsr(), pd.Index(windows)
