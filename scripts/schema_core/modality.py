"""A secondary modality: what was measured, how far apart two observations are, and how much it counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal

import numpy as np

from schema_core.errors import InvalidInput
from schema_core.given import aligned, check_rows, table_of
from schema_core.tables import kind_of, n_columns

Kind = Literal["numeric", "vector", "categorical", "categories"]
KINDS = ("numeric", "vector", "categorical", "categories")


@dataclass(frozen=True)
class Modality:
    """A secondary modality (or the reference), one value or one row per observation.

    Parameters
    ----------
    values : array, sparse matrix, Series or data frame of shape (N,) for "numeric" and "categorical", (N, p) for
        "vector" and "categories". An index is compared with that of X: rows are never brought to another order.
    kind : what a squared distance between two observations is

        - "numeric": (y_n - y_m)^2
        - "vector": the squared Euclidean distance of two rows
        - "categorical": 1 where the labels differ, else 0
        - "categories": the number of columns whose labels differ (Hamming)

        By default the dtype decides: labels for pandas' categories, else numbers; one column or several.
    weight : the paper's γ; a negative weight asks for disagreement. Default 1.
    distance : callable(values_n, values_m) -> (P,), optional
        A distance of one's own on P pairs at once, in place of the kind's. Needs sampled (or few) pairs.
    kernel : callable(distances) -> (P,), optional
        A function of the distance, monotone as a rule (the paper's f_j). Needs sampled (or few) pairs. Of a reference,
        as in schema_learn 0.2 (``d0_dist_transform``), correlations with it are shares of the one that its plain
        distance has: no weights need keep more than that.
    """

    values: Any
    kind: Kind | None = None
    weight: float = 1.0
    distance: Callable | None = None
    kernel: Callable | None = None

    def __post_init__(self):
        table_of(self.values, "Modality values")
        if self.kind is None:
            object.__setattr__(self, "kind", kind_of(self.values))
        if self.kind not in KINDS:
            raise InvalidInput(f"Modality kind={self.kind!r} is unknown; use one of {', '.join(KINDS)}")
        if not (isinstance(self.weight, Real) and np.isfinite(self.weight)):
            raise InvalidInput(f"Modality weight={self.weight!r} is no finite number; use a positive or negative one")
        for name in ("distance", "kernel"):
            if getattr(self, name) is not None and not callable(getattr(self, name)):
                raise InvalidInput(f"Modality {name}={getattr(self, name)!r} is not callable; give a function or None")

    @property
    def has_closed_form(self) -> bool:
        """Whether sums over all pairs follow from sums over observations."""
        return self.distance is None and self.kernel is None

    @property
    def is_categorical(self) -> bool:
        """Whether values are labels."""
        return self.kind in ("categorical", "categories")

    def check_columns(self, name: str) -> None:
        """Raise where a kind of one value per observation was given several."""
        several = {"numeric": "vector", "categorical": "categories"}
        width = n_columns(self.values)
        if self.kind in several and width != 1:
            raise InvalidInput(f"{name} is {self.kind} but has {width} columns; use kind={several[self.kind]!r}")


def given_modalities(y: Any, modalities: Any) -> list[Modality]:
    """The modalities of an estimator's second argument, by either of its names; InvalidInput for none or both."""
    if (y is None) == (modalities is None):
        what = "both given" if y is not None else "missing"
        raise InvalidInput(f"modalities are {what}: Schema requires y to be passed, but the target y is None")
    given = as_modalities(y if modalities is None else modalities)
    if not given:
        raise InvalidInput("modalities is an empty list; give at least one")
    return given


def as_modalities(given: Any) -> list[Modality]:
    """A list of modalities of: nothing, one :class:`Modality` or table, or a list of them.

    A list of numbers or labels, or of lists of them, is one table; a list with an array or a Modality in it is a list
    of modalities.
    """
    if given is None:
        return []
    if not isinstance(given, list | tuple):
        return [as_modality(given, "modalities[0]")]
    if given and not any(_is_table(one) for one in given):
        return [as_modality(given, "modalities[0]")]
    return [as_modality(one, f"modalities[{j}]") for j, one in enumerate(given)]


def as_modality(given: Any, name: str) -> Modality:
    """One :class:`Modality` of itself, or of a table of values, whose dtype and columns make its kind."""
    if isinstance(given, Modality):
        return given
    table = table_of(given, name)
    if isinstance(table, str | bytes | dict) or not (_is_table(table) or hasattr(table, "__len__")):
        what = repr(table) if isinstance(table, str | int | float) else f"of type {type(table).__name__}"
        raise InvalidInput(f"{name} is {what}, no table; give one, or Modality(values, kind=..., weight=...)")
    return Modality(table)


def named_modalities(modalities: Any, reference: Any) -> dict[str, Modality]:
    """The modalities, and the reference if there is one, by the names that errors call them."""
    given = {f"modalities[{j}]": one for j, one in enumerate(as_modalities(modalities))}
    return given if reference is None else given | {"reference": as_modality(reference, "reference")}


def together(
    X: Any, modalities: list[Modality], reference: Modality | None, sample_weight: Any, *, align: bool = False
) -> tuple[list[Modality], Modality | None, Any]:
    """Modalities, reference and weights of rows whose names are those of X; ``align`` brings them to that order.

    Raises InvalidInput where names differ, or where some are not there to align by.
    """
    named = named_modalities(modalities, reference)
    values = {name: one.values for name, one in named.items()} | {"sample_weight": sample_weight}
    values = aligned(X, values) if align else values
    check_rows(X, values)
    found = {name: replace(one, values=values[name]) for name, one in named.items()}
    return [found[name] for name in found if name != "reference"], found.get("reference"), values["sample_weight"]


def _is_table(one: Any) -> bool:
    """Whether something stands for a whole modality, rather than for one value or row of it."""
    if isinstance(one, Modality) or hasattr(one, "obs_names"):
        return True
    return len(one.shape) > 0 if hasattr(one, "shape") else hasattr(one, "__array__")
