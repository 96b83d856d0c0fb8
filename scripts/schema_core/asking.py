"""What is asked of Schema in words: tables as modalities, and errors that name tables as the user did."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd

from schema_core.annotated import Table, check_not_empty, dtype_in, kind_in
from schema_core.errors import InvalidInput, SchemaError
from schema_core.modality import Modality

logger = logging.getLogger("schema_core.tl")  # where the user looks for it


def named(modalities: Any) -> dict[str, Any]:
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


def asked_of(one: Any, name: str) -> dict[str, Any]:
    """What was asked of one modality: its table, kind and weight."""
    asked = {"values": one} if isinstance(one, str) else dict(one) if isinstance(one, Mapping) else {}
    wrong = set(asked) - {"values", "kind", "weight"}
    if wrong or "values" not in asked:
        found = f"has the key {min(wrong)!r}" if wrong else f"is {one!r}"
        raise InvalidInput(
            f"{name} {found}; give the name of a table, or {{'values': 'obs/age', 'kind': ..., 'weight': ...}}"
        )
    return {"kind": None, "weight": 1.0} | asked


def modality_of(name: str, asked: dict[str, Any], one: Table, rows: pd.Index) -> Modality:
    """The modality of a table, in the order of rows; its kind is inferred where it was not given."""
    said = title(name, one)
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


def title(name: str, one: Table) -> str:
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
