"""What a fitted estimator knows of the columns of X: names, order, and the levels of labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import validate_data

from schema_core.errors import InvalidInput
from schema_core.given import check_columns, column_labels, is_anndata, matrix_of
from schema_core.levels import codes_in
from schema_core.tables import extremes, label_columns, numbers, shape_of

if TYPE_CHECKING:
    from schema_core.estimator import Schema


@contextmanager
def all_or_nothing(model: "Schema") -> Iterator[None]:
    """Put back every attribute where something fails, so that no weights stand beside other moments."""
    before = dict(vars(model))
    try:
        yield
    except BaseException:
        model.__dict__.clear()
        model.__dict__.update(before)
        raise


def validated(model: "Schema", X: Any, labels: bool, *, reset: bool) -> Any:
    """X as an array or CSR matrix of numbers, or as a table of labels; InvalidInput where it is not what fit saw.

    Names and number of columns are kept (``reset``) or compared, with scikit-learn's own words for data frames.
    """
    table, names = matrix_of(X), column_labels(X)
    try:
        shape = shape_of(table)
    except ValueError as error:
        raise InvalidInput(f"X is no table ({error}); give one row of equal length per observation") from error
    if len(shape) != 2:
        raise InvalidInput(f"X has {len(shape)} dimension(s), not 2. Reshape your data: one column is X.reshape(-1, 1)")
    for number, what in zip(shape, ("sample", "feature"), strict=True):
        if not number:
            raise InvalidInput(f"X has 0 {what}(s) (shape={shape}) while a minimum of 1 is required.")
    if not labels:
        table = numbers(table, "X")
        extremes(table, "X")
    if not (reset or isinstance(X, pd.DataFrame)):
        check_columns(model._columns, names)
    # of an AnnData, a data frame with nothing but its names
    header = table if names is None else X if isinstance(X, pd.DataFrame) else pd.DataFrame(columns=names)
    try:
        validate_data(model, header, reset=reset, skip_check_array=True)
    except (TypeError, ValueError) as error:
        raise _in_its_words(error) from error
    if reset:
        model._columns = names
    check_columns(model._columns, names)
    return table


def _in_its_words(error: Exception) -> InvalidInput:
    """Scikit-learn's message as it is: its contract has two lines where a data frame's names are not those of fit."""
    own = InvalidInput("")
    own.args = error.args
    return own


def forget_names(model: "Schema") -> None:
    """As if the columns that were fitted had no names."""
    model._columns = None
    if hasattr(model, "feature_names_in_"):
        del model.feature_names_in_


def name_columns(model: "Schema", names: pd.Index) -> None:
    """As if columns with these names had been fitted."""
    model._columns = names
    model.feature_names_in_ = np.asarray(names, dtype=object)


def names_out(model: "Schema", given: Any, levels: list[tuple] | None) -> np.ndarray:
    """Names of the components (those of the basis where it has any), of the features, or of their levels."""
    names = getattr(model, "feature_names_in_", None)
    if model.basis_ is not None and hasattr(model.basis_, "get_feature_names_out"):
        return np.asarray(model.basis_.get_feature_names_out(names), dtype=object)
    if model.basis_ is not None:
        return np.array([f"component{i}" for i in range(len(model.weights_))], dtype=object)
    if given is not None:
        if len(given) != model.n_features_in_ or (names is not None and any(names != given)):
            raise InvalidInput("input_features is not equal to feature_names_in_ or has another length")
        names = given
    if names is None:
        names = [f"x{i}" for i in range(model.n_features_in_)]
    if levels is not None:
        names = [f"{name}={level}" for name, field in zip(names, levels, strict=True) for level in field]
    return np.array(names, dtype=object)


def weight_names(model: "Schema") -> np.ndarray:
    """What each weight is of, (k,): a feature, also where it has a column for each level, or a component."""
    return names_out(model, None, None)


def framed(model: "Schema", out: Any, X: Any) -> Any:
    """A data frame with the names of cells, where one is asked for; scikit-learn knows those of data frames alone."""
    wanted = _get_output_config("transform", model)["dense"] == "pandas"
    return pd.DataFrame(out, index=X.obs_names) if wanted and is_anndata(X) and isinstance(out, np.ndarray) else out


def weighted_levels(X: Any, levels: list[tuple], weights: np.ndarray) -> np.ndarray:
    """0/1 columns of each level times the root of half the weight, (N, L)."""
    columns = label_columns(X, "X")
    out = np.zeros((len(columns[0]), sum(map(len, levels))))
    at = 0
    for j, (column, field, weight) in enumerate(zip(columns, levels, weights, strict=True)):
        codes = codes_in(field, column, j)
        out[np.arange(len(out)), at + codes] = np.sqrt(weight / 2)
        at += len(field)
    return out
