"""What a user gives as X and as a modality, and whether their rows go together."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from schema_core.errors import InvalidInput


def matrix_of(X: Any) -> Any:
    """X itself, or the matrix of an AnnData; InvalidInput where it has none in memory."""
    if is_mudata(X):
        modalities = ", ".join(map(repr, X.mod))
        raise InvalidInput(f"X is a MuData; give one of its modalities ({modalities}), as in mdata['name']")
    if not is_anndata(X):
        return X
    if getattr(X, "isbacked", False):
        raise InvalidInput("X is an AnnData backed by a file; read it into memory first, with X.to_memory()")
    if X.X is None:
        raise InvalidInput("X is an AnnData without a matrix (its X is None); give a table, such as X.obsm['X_pca']")
    return X.X


def table_of(values: Any, name: str) -> Any:
    """Values of a modality themselves; InvalidInput for nothing, and for what has several tables."""
    if values is None:
        raise InvalidInput(f"{name} is None; give its values, or leave it out")
    if is_anndata(values) or is_mudata(values):
        kind = type(values).__name__
        raise InvalidInput(f"{name} is of type {kind}; give one table of it, such as .obs['age'] or .obsm['X_pca']")
    return values


def row_labels(values: Any) -> pd.Index | None:
    """The names of the rows, of what has any."""
    labels = values.obs_names if is_anndata(values) else getattr(values, "index", None)
    return labels if isinstance(labels, pd.Index) else None


def column_labels(values: Any) -> pd.Index | None:
    """The names of the columns, of what has any."""
    labels = values.var_names if is_anndata(values) else getattr(values, "columns", None)
    return labels if isinstance(labels, pd.Index) else None


def check_lengths(n_rows: dict[str, int]) -> None:
    """Raise where X, a modality or the reference (by name) differ in the number of their rows."""
    (first, n), *others = n_rows.items()
    for name, length in others:
        if length != n:
            raise InvalidInput(f"{name} has {length} rows, {first} has {n}; give one row per observation in each")


def checked_weights(given: Any, n: int) -> np.ndarray | None:
    """Weights of observations (n,) as floats; None where there are none. InvalidInput names what is no weight."""
    if given is None:
        return None
    try:
        weights = np.asarray(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"sample_weight is no array of numbers ({error}); give one per row") from error
    if weights.shape != (n,):
        raise InvalidInput(f"sample_weight has shape {weights.shape}, not ({n},); give one number per row")
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidInput(f"sample_weight is {weights[row]:g} at row {row}; give finite numbers from 0 up")
    return weights


def check_rows(X: Any, values: dict[str, Any]) -> None:
    """Raise where the rows of X and of other values (by what errors call them) have names that differ."""
    rows = {"X": row_labels(X)} | {name: row_labels(one) for name, one in values.items()}
    named = {name: index for name, index in rows.items() if index is not None}
    for i, (name, index) in enumerate(named.items()):
        for other, before in list(named.items())[:i]:
            at = first_difference(before, index)
            if at is None or _says_nothing(before, index) or _says_nothing(index, before):
                continue
            same = len(before) == len(index) and index.isin(before).all() and before.isin(index).all()
            remedy = (
                "they have the same names in another order: give fit align=True, or bring them to one with reindex"
                if same
                else "bring both to the same rows, with reindex or loc, or give arrays if their order is right"
            )
            raise InvalidInput(f"row {at} is {_said(before, at)} in {other} and {_said(index, at)} in {name}; {remedy}")


def aligned(X: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The same values by name, their rows as X (or the first of them that names its rows) has them.

    What has no names of rows, or pandas' default beside names, goes by position. Rows that X lacks are left out.

    Raises
    ------
    InvalidInput : where a row is not there, or a name stands twice
    """
    rows = {"X": row_labels(X)} | {name: row_labels(one) for name, one in values.items()}
    named = {name: index for name, index in rows.items() if index is not None}
    first = next(
        (name for name, index in named.items() if not any(_says_nothing(index, o) for o in named.values())), ""
    )
    found = {}
    for name, one in values.items():
        found[name] = one
        if not first or name not in named or _says_nothing(named[name], named[first]) or name == first:
            continue
        found[name] = one.iloc[_places(named[name], named[first], name, first)]
    return found


def _places(index: pd.Index, rows: pd.Index, name: str, first: str) -> np.ndarray:
    """Where the rows of ``first`` are among those of ``name``."""
    for labels, where in ((index, name), (rows, first)):
        if labels.has_duplicates and not index.equals(rows):
            twice = _said(labels, int(np.argmax(labels.duplicated())))
            raise InvalidInput(
                f"{where} has the row {twice} more than once, so rows cannot be aligned; make names unique"
            )
    if index.equals(rows):
        return np.arange(len(rows))
    places = index.get_indexer(rows)
    if (places < 0).any():
        at = int(np.argmin(places))
        raise InvalidInput(
            f"row {at} of {first}, {_said(rows, at)}, is not in {name}; drop it, or give {name}.reindex(index of "
            f"{first}), where it is missing"
        )
    return places


def check_columns(fitted: pd.Index | None, labels: pd.Index | None) -> None:
    """Raise where the columns of X are named, and otherwise than those that were fitted."""
    if fitted is None or labels is None:
        return
    if len(fitted) != len(labels):
        raise InvalidInput(
            f"X has {len(labels)} features, but Schema is expecting {len(fitted)}; give the columns of fit"
        )
    at = first_difference(fitted, labels)
    if at is not None:
        here, there = _said(labels, at), _said(fitted, at)
        raise InvalidInput(f"column {at} of X is {here}, in fit it was {there}; give the columns of fit in their order")


def first_difference(one: pd.Index, other: pd.Index) -> int | None:
    """Where two indexes of equal length differ first; None where they do not."""
    if len(one) != len(other) or one.equals(other):
        return None
    differ = [a != b and not (pd.isna(a) and pd.isna(b)) for a, b in zip(one, other, strict=True)]
    return int(np.argmax(differ)) if any(differ) else None


def _said(labels: pd.Index, at: int) -> str:
    label = labels[at]
    return repr(label.item() if isinstance(label, np.generic) else label)


def _says_nothing(labels: pd.Index, others: pd.Index) -> bool:
    """Whether labels are pandas' default, 0, 1, ..., where the others are not whole numbers."""
    is_default = isinstance(labels, pd.RangeIndex) and labels.start == 0 and labels.step == 1
    return is_default and not pd.api.types.is_integer_dtype(others.dtype)


def is_anndata(X: Any) -> bool:
    """Whether X is an AnnData, or a MuData, without importing either."""
    return all(hasattr(X, name) for name in ("obs_names", "var_names", "obsm"))


def is_mudata(X: Any) -> bool:
    """Whether X is a MuData."""
    return isinstance(getattr(X, "mod", None), Mapping)
