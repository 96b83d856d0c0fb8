"""Turn observations into columns whose squared differences give every distance that has a closed form.

A numeric feature is one column a: its squared distance is (a_n - a_m)^2. A label is one 0/1 column per level: two
labels differ in exactly two columns, so the mismatch is half the squared distance. A vector or several labels are
more columns of one block. So each distance is scale * sum over the block's columns of squared differences.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from schema_core.errors import InvalidInput
from schema_core.given import matrix_of
from schema_core.levels import factorize
from schema_core.modality import Modality
from schema_core.tables import extremes, label_columns, numbers

# Distances are squared, and squared again for their variance: beyond, floats overflow or vanish.
SMALLEST, LARGEST = 1e-140, 1e140
CENTRE_ROWS = 2**12


@dataclass(frozen=True)
class Block:
    """One distance: ``width`` columns, or one column per pair (field, level) for labels.

    ``levels`` is None for numbers, else a tuple with the sorted levels of each field.
    """

    width: int
    levels: tuple[tuple, ...] | None = None


@dataclass(frozen=True)
class Layout:
    """The blocks of a set of moments, in order: k features, J modalities, and the reference if there is one.

    Columns of numbers (K of them in b blocks) and of levels (L) are counted apart.
    """

    blocks: tuple[Block, ...]
    n_features: int
    has_reference: bool

    @cached_property
    def of_numbers(self) -> np.ndarray:
        """Which blocks are of numbers, (b,)."""
        return np.flatnonzero([block.levels is None for block in self.blocks])

    @cached_property
    def of_labels(self) -> np.ndarray:
        """Which blocks are of labels, (B - b,)."""
        return np.flatnonzero([block.levels is not None for block in self.blocks])

    @cached_property
    def owner(self) -> np.ndarray:
        """For each column of numbers its place among the blocks of numbers, (K,)."""
        widths = [self.blocks[i].width for i in self.of_numbers]
        return np.repeat(np.arange(len(widths)), widths)

    @cached_property
    def n_levels(self) -> int:
        """L, over all fields of all blocks."""
        return sum(self.blocks[i].width for i in self.of_labels)

    @cached_property
    def level_owner(self) -> np.ndarray:
        """For each level its place among the blocks of labels, (L,)."""
        widths = [self.blocks[i].width for i in self.of_labels]
        return np.repeat(np.arange(len(widths)), widths)

    def squared_norms(self, columns: np.ndarray, out: np.ndarray) -> None:
        """The squared norm of each block of numbers, (n, K) to (n, b)."""
        widths = [self.blocks[i].width for i in self.of_numbers]
        single = next((i for i, width in enumerate(widths) if width != 1), len(widths))
        # numeric features come first and have one column each: all their squares in one go
        np.multiply(columns[:, :single], columns[:, :single], out=out[:, :single])
        start = single
        for i, width in enumerate(widths[single:], single):
            part = columns[:, start : start + width]
            np.einsum("nk,nk->n", part, part, out=out[:, i])
            start += width


@dataclass(frozen=True)
class Numbers:
    """Columns of numbers as they are, (N, p), with the blocks they make up."""

    values: Any
    blocks: tuple[Block, ...]
    name: str

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
        n = self.values.shape[0]
        some = slice(None) if n <= 2 * CENTRE_ROWS else np.random.default_rng(0).integers(n, size=CENTRE_ROWS)
        rows = self.values[some]
        rows = rows.toarray() if sparse.issparse(rows) else rows
        return self.low + np.where(self.spans > 0, (np.ones(len(rows)) @ (rows - self.low)) / max(len(rows), 1), 0.0)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Some observations, (stop - start, p) float64."""
        piece = self.values[start:stop]
        return piece.toarray().astype(np.float64) if sparse.issparse(piece) else np.asarray(piece, np.float64)

    def all_rows(self) -> Any:
        """All observations in float64, in which differences neither overflow nor wrap around; sparse as given."""
        return self.values.astype(np.float64)


@dataclass(frozen=True)
class Labels:
    """Labels as codes (N, fields), with the blocks they make up."""

    values: np.ndarray
    blocks: tuple[Block, ...]


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


def encode_modality(modality: Modality, name: str) -> Numbers | Labels:
    """Encode a modality by its kind, as one block."""
    modality.check_columns(name)
    if modality.is_categorical:
        codes, levels = _factorize_columns(modality.values, name)
        return Labels(codes, (Block(sum(map(len, levels)), levels),))
    values = numbers(modality.values, name)
    if not values.shape[1]:
        raise InvalidInput(f"{name} has no columns; give at least one")
    return Numbers(values, (Block(values.shape[1]),), name)


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
