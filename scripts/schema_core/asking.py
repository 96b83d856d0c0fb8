"""What is asked of Schema in words: tables of an AnnData or MuData; and errors that name tables as the user did."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from schema_core.annotated import Table, check_not_empty, check_unique, dtype_in, frame, kind_in, pieces, table
from schema_core.errors import InvalidInput, SchemaError
from schema_core.estimator import Schema
from schema_core.fitted import name_columns
from schema_core.modality import Modality
from schema_core.moments import Moments

logger = logging.getLogger("schema_core.tl")  # where the user looks for it


@dataclass(frozen=True)
class Asked:
    """The tables that were named, read.

    Attributes
    ----------
    trusted : the table that is weighted
    tables : by name, of the modalities and then the reference
    modalities : by name; reference : one, or None; weights : (N,) of cells, or None
    """

    trusted: Table
    tables: dict[str, Table]
    modalities: dict[str, Modality]
    reference: Modality | None
    weights: Any

    @classmethod
    def of(cls, data: Any, use_rep: Any, modalities: Any, reference: Any = None, sample_weight: Any = None) -> "Asked":
        """What the arguments of :func:`schema_core.tl.schema` name."""
        trusted = table(data, use_rep, "use_rep")
        check_unique(trusted.rows, trusted.place, "obs_names")
        if trusted.of_genes:
            check_unique(trusted.columns, trusted.place, "var_names")
        words = {name: _in_full(one, name) for name, one in _named(modalities).items()}
        words |= {} if reference is None else {"reference": _in_full(reference, "reference")}
        tables = {name: table(data, one["values"], name) for name, one in words.items()}
        given = {name: _modality(name, words[name], one, trusted.rows) for name, one in tables.items()}
        weights = None if sample_weight is None else table(data, sample_weight, "sample_weight").at(trusted.rows)
        last = given.pop("reference", None)
        return cls(trusted, tables, given, last, weights)

    def fit(self, model: Schema) -> Schema:
        """Fit an estimator; from moments of pieces of rows where tables are in a file."""
        with said_of(self.trusted, [_title(name, one) for name, one in self.tables.items()]):
            if all(one.in_memory for one in (self.trusted, *self.tables.values())):
                given = list(self.modalities.values())
                return model.fit(frame(self.trusted), given, self.reference, sample_weight=self.weights)
            if model.basis is not None or model.pairs != "all":
                what = f"basis={model.basis!r}" if model.basis is not None else f"pairs={model.pairs!r}"
                raise InvalidInput(
                    f"{what} needs all cells at once, which are in a file; read it first, with to_memory()"
                )
            moments = Moments.from_chunks(
                map(self._chunk, pieces([self.trusted, *self.tables.values()])), features=model.features
            )
            model.fit_moments(moments, [one.weight for one in self.modalities.values()])
            name_columns(model, self.trusted.columns)
            return model

    def _chunk(self, rows: slice) -> tuple:
        parts = [_part(one, rows) for one in self.modalities.values()]
        reference = None if self.reference is None else _part(self.reference, rows)
        weights = None if self.weights is None else np.asarray(self.weights)[rows]
        return self.trusted.some(rows), parts, reference, weights


def _part(one: Modality, rows: slice) -> Modality:
    values = one.values.iloc[rows] if hasattr(one.values, "iloc") else one.values[rows]
    return Modality(values, kind=one.kind, weight=one.weight)


def transformed(model: Schema, source: Table, dtype: str) -> Any:
    """A table in the order of its rows, weighted: (N, k) array or sparse matrix."""
    with said_of(source, []):
        parts = [model.transform(frame(source, rows)).astype(dtype) for rows in pieces([source])]
    return parts[0] if len(parts) == 1 else sparse.vstack(parts) if sparse.issparse(parts[0]) else np.vstack(parts)


def _named(modalities: Any) -> dict[str, Any]:
    """Modalities by name; a list has the tables' own."""
    named = {one: one for one in modalities} if isinstance(modalities, list | tuple) else modalities
    if not isinstance(named, Mapping) or not named or not all(isinstance(name, str) for name in named):
        raise InvalidInput(
            f"modalities are {modalities!r}; give the names of tables, as in {{'age': 'obs/age', 'atac': "
            "'atac:obsm/X_lsi'}"
        )
    if "reference" in named:
        raise InvalidInput("a modality is called 'reference', which is the name of another argument; rename it")
    return dict(named)


def _in_full(one: Any, name: str) -> dict[str, Any]:
    """What was asked of one modality: its table, kind and weight."""
    asked = {"values": one} if isinstance(one, str) else dict(one) if isinstance(one, Mapping) else {}
    wrong = set(asked) - {"values", "kind", "weight"}
    if wrong or "values" not in asked:
        found = f"has the key {min(wrong)!r}" if wrong else f"is {one!r}"
        raise InvalidInput(
            f"{name} {found}; give the name of a table, or {{'values': 'obs/age', 'kind': ..., 'weight': ...}}"
        )
    return {"kind": None, "weight": 1.0} | asked


def _modality(name: str, asked: dict[str, Any], one: Table, rows: pd.Index) -> Modality:
    """The modality of a table, in the order of rows; its kind is inferred where it was not given."""
    said = _title(name, one)
    with said_of(one, [], said):
        kind: Any = asked["kind"] or kind_in(one)
    how = "as was asked" if asked["kind"] else "give kind for another"
    logger.info("%s: %s, compared as %s (%s)", said, dtype_in(one), kind, how)
    values = one.values
    if one.in_memory or not one.rows.equals(rows):
        values = one.at(rows)
        check_not_empty(values, said)
    if not one.rows.equals(rows):
        logger.info("%s: %d of %d cells have it", said, one.rows.isin(rows).sum(), len(rows))
    with said_of(one, [], said):
        return Modality(values, kind=kind, weight=asked["weight"])


def _title(name: str, one: Table) -> str:
    """What errors call a modality."""
    return name if name == one.place else f"{name} ({one.place})"


@contextmanager
def said_of(source: Table, modalities: list[str], itself: str | None = None) -> Iterator[None]:
    """Errors name tables as the user did, not as arguments of the estimator."""
    try:
        yield
    except SchemaError as error:
        said = re.sub(r"^(Modality values|Modality|a modality)\b", itself or source.place, str(error))
        said = re.sub(r"(?<!['/\w])X(?!\w|[.\[('])", source.place, said)
        for j, name in enumerate(modalities):
            said = said.replace(f"modalities[{j}]", name)
        error.args = (said,)
        raise
