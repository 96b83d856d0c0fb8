"""What is made of a raw matrix before distances are taken: one default for each sort of table, or as asked.

Counts of genes: shares of the cell, log(1 + 1e4 x share), truncated SVD. Counts of peaks: TF-IDF, truncated SVD. Other
wide matrices: truncated SVD. What stands in obs and obsm is taken as it is, and so are narrow matrices of no counts.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from baselines.normalise import as_log, as_tfidf

PEAK = re.compile(r"^\w[\w.]*[:\-_]\d+[\-_]\d+$")  # chr1:100-200
WIDE = 1000  # columns that are no counts, above which they are reduced
logger = logging.getLogger(__name__)


def default(place: str, values: Any, columns: Sequence[str], components: int) -> str:
    """The name of the representation of a table."""
    if place.rpartition(":")[2].partition("/")[0] in ("obs", "obsm"):
        return "as_is"
    if not are_counts(values):
        return "svd" if values.shape[1] > WIDE else "as_is"
    if are_peaks(columns):
        return "tfidf_svd"
    return "log_svd" if values.shape[1] > components else "log"


def are_peaks(columns: Sequence[str]) -> bool:
    """Whether most names are of places in a genome."""
    return np.mean([bool(PEAK.match(name)) for name in columns[:1000]]) > 0.5


def are_counts(values: Any) -> bool:
    """Whether all values are whole numbers from 0 up."""
    kept = values.data if sparse.issparse(values) else np.asarray(values)
    if kept.dtype.kind not in "fiub":
        return False
    return bool(kept.size) and bool((kept >= 0).all()) and bool((kept == np.floor(kept)).all())


def represented(name: str, values: Any, components: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The table (n, p) as ``name`` has it, dense, and of a truncated SVD the loadings (columns of values, p).

    ValueError says what it cannot be made of.
    """
    if name == "as_is":
        return (values.toarray() if sparse.issparse(values) else values), None
    matrix = sparse.csr_matrix(values, dtype=np.float64)
    if not np.isfinite(matrix.data).all():
        raise ValueError("holds NaN or infinity")
    if name != "svd" and (matrix.data < 0).any():
        raise ValueError(f"holds numbers below 0, of which {name} makes nothing")
    matrix = {"svd": lambda m: m, "log": as_log, "log_svd": as_log, "tfidf_svd": as_tfidf}[name](matrix)
    if not name.endswith("svd"):
        return matrix.toarray(), None
    most = min(matrix.shape) - 1
    if most < 1:
        raise ValueError(f"has {matrix.shape[0]} rows and {matrix.shape[1]} columns, too few for a truncated SVD")
    # its solver is named: the randomised one would need a seed and gives another answer
    svd = TruncatedSVD(min(components, most), algorithm="arpack", random_state=0)
    return svd.fit_transform(matrix.astype(np.float64)), svd.components_.T
