"""Columns of numbers or of labels out of whatever holds them. The dtype says which; what is missing is refused."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from scipy import sparse

from schema_core.errors import InvalidInput, NotNumeric
from schema_core.threads import in_threads

FILL = "remove or impute NaN and inf"
CONVERT = "convert it to numbers, or use a categorical kind"


def numbers(values: Any, name: str) -> Any:
    """Numbers of shape (N, p): an array of float64 (or float32 as given), or the CSR matrix of a sparse one.

    Times are in seconds. Raises InvalidInput with the row and the column of what is masked or missing. For NaN and inf
    in arrays of floats see :func:`extremes`; in sparse matrices they are refused here.
    """
    if sparse.issparse(values):
        return _sparse_numbers(values.tocsr(), name)
    if isinstance(values, pd.DataFrame) and not all(
        isinstance(one, np.dtype) and one.kind in "fiub" for one in values.dtypes
    ):
        columns = [_numeric_column(values.iloc[:, j], f"{name}, column {j}") for j in range(values.shape[1])]
        table = np.column_stack(columns) if columns else np.empty(values.shape)
    elif isinstance(values, pd.Series | pd.Index | ExtensionArray):
        table = _numeric_column(pd.Series(values), name)
    else:
        table = _numeric_array(_array(values, name), name)
    return _two_dimensional(table, name)


def extremes(table: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest value of each column of numbers, (p,) float64; 0 where there are no rows.

    NaN and inf, which show in them, are refused with their first place: that needs no mask of the size of the data.
    """
    if not table.shape[0]:
        return np.zeros(table.shape[1]), np.zeros(table.shape[1])
    low, high = (_by_column(table, which) for which in ("min", "max"))
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise InvalidInput(f"{name} holds {table[row, column]} at row {row}, column {column}; {FILL}")
    return low, high


def _by_column(table: Any, which: str) -> np.ndarray:
    """The least or the largest value of each column, (p,) float64."""
    if sparse.issparse(table):
        return getattr(table, which)(axis=0).toarray().ravel().astype(np.float64)
    edges = np.linspace(0, len(table), 1 + min(16, len(table))).astype(int)
    parts = in_threads(_rows_by_column, [(table[a:b], which) for a, b in pairwise(edges)], 10.0 * table.size)
    return getattr(np.array(list(parts)), which)(axis=0).astype(np.float64)


def _rows_by_column(table: np.ndarray, which: str) -> np.ndarray:
    n, p = table.shape
    together = max(1, 4096 // max(1, p))  # so many rows side by side, since numpy is slow along short ones
    whole = n // together * together if table.flags.c_contiguous else 0
    parts = [table[whole:]]
    if whole:
        parts.append(getattr(table[:whole].reshape(-1, together * p), which)(axis=0).reshape(together, p))
    return getattr(np.concatenate(parts), which)(axis=0)


def label_columns(values: Any, name: str) -> list[Any]:
    """One-dimensional columns of labels, each of the type it was given in."""
    if sparse.issparse(values):
        raise InvalidInput(f"{name} holds labels in a sparse matrix; make it dense with .toarray()")
    if isinstance(values, pd.DataFrame):
        return [values.iloc[:, j] for j in range(values.shape[1])]
    if isinstance(values, pd.Series | pd.Index | ExtensionArray):
        return [pd.Series(values)]
    # of a list, numpy would make text of numbers beside text, and "nan" of NaN
    return list(_two_dimensional(_array(values, name, object if isinstance(values, list | tuple) else None), name).T)


def kind_of(values: Any) -> str:
    """The kind of modality that dtype and number of columns make: "numeric", "vector", "categorical", "categories"."""
    dtypes = list(values.dtypes) if isinstance(values, pd.DataFrame) else [getattr(values, "dtype", None)]
    of_labels = [isinstance(one, pd.CategoricalDtype) for one in dtypes]
    if any(of_labels) and not all(of_labels):
        raise InvalidInput("a modality has categories in some columns and numbers in others; give one modality of each")
    return [["numeric", "vector"], ["categorical", "categories"]][any(of_labels)][n_columns(values) != 1]


def n_columns(values: Any) -> int:
    """How many columns something has; 1 where its rows differ in length, which is refused where they are read."""
    try:
        shape = shape_of(values)
    except ValueError:
        return 1
    return shape[1] if len(shape) > 1 else 1


def shape_of(values: Any) -> tuple[int, ...]:
    """The shape of anything that is or can be made a table; ValueError where its rows differ in length."""
    if hasattr(values, "shape"):
        return values.shape
    return np.shape(np.asarray(values) if hasattr(values, "__array__") else values)


def _array(values: Any, name: str, dtype: Any = None) -> np.ndarray:
    """An array with nothing masked; InvalidInput where rows differ in length, or there are none."""
    if isinstance(values, np.ma.MaskedArray):
        _refuse(np.ma.getmaskarray(values), name, "is masked", "remove or fill masked values")
        values = values.data
    try:
        table = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} is no table ({error}); give one row of equal length per observation") from error
    if not table.ndim:
        raise InvalidInput(f"{name} is of type {type(values).__name__}, no table; give an array or a data frame")
    return table


def _two_dimensional(table: np.ndarray, name: str) -> np.ndarray:
    if table.ndim > 2:
        raise InvalidInput(f"{name} has {table.ndim} dimensions; give one or two")
    return table[:, None] if table.ndim == 1 else table


def _numeric_column(column: pd.Series, name: str) -> np.ndarray:
    """Numbers (N,) of a column of pandas, nullable types and time zones included."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        raise NotNumeric(f"{name} is not numeric but categorical; {CONVERT}")
    if isinstance(dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(None)
    elif not isinstance(dtype, np.dtype) and (is_numeric_dtype(dtype) or is_bool_dtype(dtype)):
        _refuse(column.isna().to_numpy(), name, "is missing")
        return column.to_numpy(dtype=np.float64)
    return _numeric_array(column.to_numpy(), name)


def _numeric_array(table: np.ndarray, name: str) -> np.ndarray:
    """The same as floats; NotNumeric where it holds anything but real numbers or times."""
    kind = table.dtype.kind
    if kind == "O":
        _refuse(pd.isna(table), name, "is missing")
        kind = "U" if any(isinstance(one, str | bytes) for one in table.flat) else "O"
    if kind in "mM":
        _refuse(np.isnat(table), name, "is missing (NaT)")
        days = table.astype("M8[D]") if kind == "M" and np.datetime_data(table.dtype)[0] in "YMW" else table
        return (days - np.datetime64(0, "s") if kind == "M" else days) / np.timedelta64(1, "s")
    if kind == "c":
        raise NotNumeric(f"{name} is not numeric: Complex data not supported; give real numbers")
    if kind not in "fiubO":
        raise NotNumeric(f"{name} is not numeric but {'text' if kind in 'UST' else table.dtype}; {CONVERT}")
    try:
        floats = table if table.dtype == np.float32 else np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotNumeric(f"{name} is not numeric ({error}); {CONVERT}") from error
    if kind in "iu" and table.dtype.itemsize == 8:
        _refuse(
            np.abs(floats) > 2.0**53, name, "holds an integer beyond 2^53, where floats skip some", "subtract an offset"
        )
    return floats


def _sparse_numbers(matrix: sparse.csr_matrix, name: str) -> sparse.csr_matrix:
    if matrix.dtype.kind not in "fiub":
        raise NotNumeric(f"{name} is not numeric: Complex data not supported, nor other types than numbers")
    bad = ~np.isfinite(matrix.data)
    if bad.any():
        at = int(np.argmax(bad))
        row = int(np.searchsorted(matrix.indptr, at, side="right")) - 1
        raise InvalidInput(f"{name} holds {matrix.data[at]} at row {row}, column {matrix.indices[at]}; {FILL}")
    return matrix


def _refuse(bad: np.ndarray, name: str, what: str, remedy: str = FILL) -> None:
    """Raise InvalidInput with the first place of a mask (N,) or (N, p), if there is one."""
    if bad.any():
        row, *column = np.argwhere(bad)[0]
        raise InvalidInput(f"{name} {what} at row {row}{f', column {column[0]}' if column else ''}; {remedy}")
