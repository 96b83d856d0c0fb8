"""Which observations have a modality at all: rows that are NaN, None, NA, NaT or masked lack it.

The sums of such a modality are those over the pairs in which both observations have it; all else is over all pairs.
"""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray
from scipy import sparse

from schema_core.errors import InvalidInput


def rows_with(values: Any, name: str) -> np.ndarray | None:
    """Which rows have a value, (N,) bool; None where all of them have.

    Raises InvalidInput with the place where a row has some of its values and lacks others.
    """
    n, spoilt, holes = _sparse_holes(values.tocsr()) if sparse.issparse(values) else _holes(values)
    if not len(spoilt):
        return None
    lacking = holes.all(axis=1)
    if not lacking.all():
        first = int(np.argmin(lacking))
        raise InvalidInput(
            f"{name} is missing at row {spoilt[first]}, column {int(np.argmax(holes[first]))}, but not in all columns "
            "of it; remove or impute what is missing, or leave the whole row missing where the cell lacks the modality"
        )
    has = np.ones(n, dtype=bool)
    has[spoilt] = False
    return has


def only_rows(values: Any, rows: np.ndarray) -> Any:
    """Some rows of what a modality may be given as."""
    if isinstance(values, pd.DataFrame | pd.Series):
        return values.iloc[rows]
    if sparse.issparse(values):
        return values.tocsr()[rows]
    if isinstance(values, list | tuple):
        return np.asarray(values, dtype=object)[rows]
    return values[rows] if hasattr(values, "__getitem__") else np.asarray(values)[rows]


def _holes(values: Any) -> tuple[int, np.ndarray, np.ndarray]:
    """The number of rows, which of them lack something (m,), and what they lack (m, p).

    Nothing for what is no table, which is refused where it is read.
    """
    nothing = 0, np.zeros(0, dtype=int), np.zeros((0, 1), dtype=bool)
    if isinstance(values, pd.DataFrame | pd.Series | pd.Index | ExtensionArray):
        holes = np.asarray(pd.isna(values))
    else:
        try:
            # of a list, numpy would make text of None beside text
            table = np.asarray(values, dtype=object if isinstance(values, list | tuple) else None)
        except (TypeError, ValueError):
            return nothing
        masked = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
        if table.ndim not in (1, 2):
            return nothing
        if masked is None and _is_complete(table):
            return nothing
        holes = np.asarray(pd.isna(table))
        holes = holes if masked is None else holes | masked
    holes = holes.reshape(len(holes), -1)
    spoilt = np.flatnonzero(holes.any(axis=1))
    return len(holes), spoilt, holes[spoilt]


def _sparse_holes(matrix: sparse.csr_matrix) -> tuple[int, np.ndarray, np.ndarray]:
    """The same of a sparse matrix."""
    at = np.isnan(matrix.data) if matrix.dtype.kind == "f" else np.zeros(0, dtype=bool)
    spoilt = np.unique(np.searchsorted(matrix.indptr, np.flatnonzero(at), side="right") - 1)
    return matrix.shape[0], spoilt, np.isnan(matrix[spoilt].toarray()) if len(spoilt) else np.zeros((0, 1), dtype=bool)


def _is_complete(table: np.ndarray) -> bool:
    """Whether nothing is missing for certain, without a mask of the size of the data."""
    if table.dtype.kind != "f":
        return table.dtype.kind not in "cmMO"
    with np.errstate(over="ignore", invalid="ignore"):
        return not np.isnan(table.sum())
