"""Turn observations into columns whose squared differences give every distance that has a closed form.

A numeric feature is one column a: its squared distance is (a_n - a_m)^2. A label is one 0/1 column per level: two
labels differ in exactly two columns, so the mismatch is half the squared distance. A vector or several labels are
more columns of one block. So each distance is scale * sum over the block's columns of squared differences.
"""

import logging
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from schema_core.errors import InvalidInput
from schema_core.given import matrix_of
from schema_core.layout import Block
from schema_core.levels import factorize
from schema_core.missing import only_rows, rows_with
from schema_core.modality import Modality
from schema_core.tables import extremes, label_columns, numbers

# Distances are squared, and squared again for their variance: beyond, floats overflow or vanish.
SMALLEST, LARGEST = 1e-140, 1e140
CENTRE_ROWS = 2**12

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Numbers:
    """Columns of numbers as they are, (N, p), with the blocks they make up; of the observations ``index``, or all."""

    values: Any
    blocks: tuple[Block, ...]
    name: str
    index: np.ndarray | None = None

    def __len__(self) -> int:
        return self.values.shape[0] if self.index is None else len(self.index)

    def only(self, rows: np.ndarray) -> "Numbers":
        """The same of some of its observations, which are looked up when they are needed."""
        some = copy(self)  # with what is known of its columns
        object.__setattr__(some, "index", rows if self.index is None else self.index[rows])
        return some

    @cached_property
    def low(self) -> np.ndarray:
        """The least value of each column, (p,) float64."""
        return self._extremes[0]

    @cached_property
    def spans(self) -> np.ndarray:
        """How far the values of each column lie apart, (p,)."""
        with np.errstate(over="ignore"):
            return self._extremes[1] - self._extremes[0]

    @cached_property
    def _extremes(self) -> tuple[np.ndarray, np.ndarray]:
        return extremes(self.values, self.name)

    def __post_init__(self):
        wrong = (self.spans != 0) & ~((self.spans > SMALLEST) & (self.spans < LARGEST))
        if wrong.any():
            column = int(np.argmax(wrong))
            raise InvalidInput(
                f"{self.name}, column {column} spans {self.spans[column]:.3g}, and floats cannot hold the squares of "
                "its distances; give it in another unit"
            )

    @cached_property
    def units(self) -> np.ndarray:
        """The unit in which each block is summed up, (b,): a power of two, so that nothing is rounded."""
        starts = np.cumsum([0, *(block.width for block in self.blocks[:-1])])
        return unit_of(np.maximum.reduceat(self.spans, starts))

    def centre(self) -> np.ndarray:
        """About the mean of each column, (p,), and exact where it is constant: what sums of squares are taken from.

        Any centre within some standard deviations of the mean keeps them exact; that of many random rows is. It is
        reached from the least value on, so that values far from 0 do not round it.
        """
        n = len(self)
        some = slice(None) if n <= 2 * CENTRE_ROWS else np.random.default_rng(0).integers(n, size=CENTRE_ROWS)
        rows = self._at(some)
        return self.low + np.where(self.spans > 0, (np.ones(len(rows)) @ (rows - self.low)) / max(len(rows), 1), 0.0)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Some observations, (stop - start, p) float64."""
        return np.asarray(self._at(slice(start, stop)), np.float64)

    def _at(self, which: Any) -> np.ndarray:
        """Some of its observations as they were given, but dense."""
        rows = self.values[which if self.index is None else self.index[which]]
        return rows.toarray() if sparse.issparse(rows) else rows

    def all_rows(self) -> Any:
        """All observations in float64, in which differences neither overflow nor wrap around; sparse as given."""
        return self.values.astype(np.float64)


@dataclass(frozen=True)
class Labels:
    """Labels as codes (N, fields), with the blocks they make up."""

    values: np.ndarray
    blocks: tuple[Block, ...]

    def __len__(self) -> int:
        return len(self.values)

    def only(self, rows: np.ndarray) -> "Labels":
        """The same of some of its observations."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True)
class Encoded:
    """A modality of N observations: the part of those that have it, and their numbers (n,), or None for all."""

    part: Numbers | Labels
    rows: np.ndarray | None
    n: int


def encode_features(X: Any, features: str) -> Numbers | Labels:
    """Encode the primary modality: one block, hence one weight, per column of X."""
    X = matrix_of(X)
    if features == "numeric":
        values = numbers(X, "X")
        return Numbers(values, (Block(1),) * values.shape[1], "X")
    if features != "categorical":
        raise InvalidInput(f"features={features!r} is unknown; use 'numeric' or 'categorical'")
    codes, levels = _factorize_columns(X, "X")
    return Labels(codes, tuple(Block(len(field), (field,)) for field in levels))


def encode_modality(modality: Modality, name: str, *, keep_all: bool = False) -> Encoded:
    """Encode a modality by its kind, as one block; ``keep_all`` refuses observations that lack it."""
    modality.check_columns(name)
    values, has, rows = modality.values, rows_with(modality.values, name), None
    if has is not None and keep_all:
        raise InvalidInput(f"{name} is missing at row {int(np.argmin(has))}; remove or impute what is missing")
    if has is not None:
        rows = np.flatnonzero(has)
        logger.info("%s: %d of %d observations lack it", name, len(has) - len(rows), len(has))
        values = only_rows(values, rows)
    if modality.is_categorical:
        codes, levels = _factorize_columns(values, name)
        part: Numbers | Labels = Labels(codes, (Block(sum(map(len, levels)), levels),))
    else:
        table = numbers(values, name)
        if not table.shape[1]:
            raise InvalidInput(f"{name} has no columns; give at least one")
        part = Numbers(table, (Block(table.shape[1]),), name)
    return Encoded(part, rows, len(part) if has is None else len(has))


def unit_of(spans: np.ndarray) -> np.ndarray:
    """The power of two next to each span, or 1 where fourth powers of it do no harm."""
    exponents = np.frexp(spans)[1]
    return np.ldexp(1.0, np.where((spans == 0) | (np.abs(exponents) < 60), 0, exponents))


def _factorize_columns(values: Any, name: str) -> tuple[np.ndarray, tuple[tuple, ...]]:
    """Codes (N, fields) and the sorted levels of each field."""
    columns = label_columns(values, name)
    if not columns:
        raise InvalidInput(f"{name} has no columns; give at least one")
    found = [factorize(column, f"{name}, column {j}") for j, column in enumerate(columns)]
    return np.stack([codes for codes, _ in found], axis=1), tuple(levels for _, levels in found)
