"""A secondary modality: what was measured, how far apart two observations are, and how much it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import sparse

from schema_core.errors import InvalidInput

Kind = Literal["numeric", "vector", "categorical", "categories"]
KINDS = ("numeric", "vector", "categorical", "categories")


@dataclass(frozen=True)
class Modality:
    """A secondary modality (or the reference), one value or one row per observation.

    Parameters
    ----------
    values : array of shape (N,) for "numeric" and "categorical", (N, p) for "vector" and "categories"
    kind : what a squared distance between two observations is

        - "numeric": (y_n - y_m)^2
        - "vector": the squared Euclidean distance of two rows
        - "categorical": 1 where the labels differ, else 0
        - "categories": the number of columns whose labels differ (Hamming)
    weight : the paper's γ; a negative weight asks for disagreement. Default 1.
    distance : callable(values_n, values_m) -> (P,), optional
        A distance of one's own on P pairs at once, in place of the kind's. Needs sampled (or few) pairs.
    kernel : callable(distances) -> (P,), optional
        A function of the distance, monotone as a rule (the paper's f_j). Needs sampled (or few) pairs.
    """

    values: Any
    kind: Kind = "numeric"
    weight: float = 1.0
    distance: Callable | None = None
    kernel: Callable | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise InvalidInput(f"Modality kind={self.kind!r} is unknown; use one of {', '.join(KINDS)}")
        if not np.isfinite(self.weight):
            raise InvalidInput(f"Modality weight={self.weight!r} is not finite; use a positive or negative number")
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


def as_modalities(given: Any) -> list[Modality]:
    """A list of modalities of: nothing, one :class:`Modality` or array, or a list of them."""
    if given is None:
        return []
    if isinstance(given, list | tuple) and all(isinstance(one, Modality) or np.ndim(one) for one in given):
        return [as_reference(one) for one in given]
    return [as_reference(given)]


def as_reference(given: Any) -> Modality:
    """One :class:`Modality` of itself, or of an array (numeric or vector by shape)."""
    if isinstance(given, Modality):
        return given
    if sparse.issparse(given):
        return Modality(given, kind="vector")
    values = given.to_numpy() if hasattr(given, "to_numpy") else np.asarray(given)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    return Modality(values, kind="numeric" if values.ndim < 2 else "vector")


def check_lengths(rows: list[int]) -> None:
    """Raise where X, the modalities and the reference differ in their number of observations."""
    if len(set(rows)) > 1:
        raise InvalidInput(
            f"X, modalities and reference have {rows} rows in this order; give one row per observation in each"
        )
