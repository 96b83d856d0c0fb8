"""Turn observations into columns whose squared differences give every distance that has a closed form.

A numeric feature is one column a: its squared distance is (a_n - a_m)^2. A label is one 0/1 column per level: two
labels differ in exactly two columns, so the mismatch is half the squared distance. A vector or several labels are
more columns of one block. So each distance is scale * sum over the block's columns of squared differences.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from schema_core.errors import InvalidInput
from schema_core.modality import Modality


@dataclass(frozen=True)
class Block:
    """One distance: ``width`` columns, or one column per pair (field, level) for labels.

    ``levels`` is None for numbers, else a tuple with the sorted levels of each field.
    """

    width: int
    levels: tuple[tuple, ...] | None = None

    @property
    def scale(self) -> float:
        """What the summed squared differences are multiplied by."""
        return 1.0 if self.levels is None else 0.5


@dataclass(frozen=True)
class Layout:
    """The blocks of a set of moments, in order: k features, J modalities, and the reference if there is one."""

    blocks: tuple[Block, ...]
    n_features: int
    has_reference: bool

    @cached_property
    def owner(self) -> np.ndarray:
        """The block of each column, shape (K,)."""
        return np.repeat(np.arange(len(self.blocks)), [block.width for block in self.blocks])

    @cached_property
    def membership(self) -> np.ndarray:
        """Scale of the block where a column belongs to it, else 0; shape (K, B)."""
        matrix = np.zeros((len(self.owner), len(self.blocks)))
        scales = np.array([block.scale for block in self.blocks])
        matrix[np.arange(len(self.owner)), self.owner] = scales[self.owner]
        return matrix

    def squared_norms(self, columns: np.ndarray, out: np.ndarray) -> None:
        """The scaled squared norm of each block, (n, K) to (n, B)."""
        single = next((i for i, block in enumerate(self.blocks) if block != Block(1)), len(self.blocks))
        # numeric features come first and have one column each: all their squares in one go
        np.multiply(columns[:, :single], columns[:, :single], out=out[:, :single])
        start = single
        for i, block in enumerate(self.blocks[single:], single):
            part = columns[:, start : start + block.width]
            np.einsum("nk,nk->n", part, part, out=out[:, i])
            out[:, i] *= block.scale
            start += block.width

    @cached_property
    def numeric(self) -> np.ndarray:
        """Which columns hold numbers rather than levels, shape (K,)."""
        return np.array([block.levels is None for block in self.blocks], dtype=bool)[self.owner]


@dataclass(frozen=True)
class Encoded:
    """Observations ready to be cut into pieces: numbers as they are, labels as codes that expand to 0/1 columns.

    Attributes
    ----------
    values : (N, p) float array, or sparse matrix, or (N, fields) codes
    blocks : the distances that these columns make up
    """

    values: Any
    blocks: tuple[Block, ...]

    @property
    def is_labels(self) -> bool:
        """Whether the values are codes of labels."""
        return self.blocks[0].levels is not None

    @property
    def levels_per_field(self) -> list[int]:
        """How many 0/1 columns each field of labels expands to."""
        return [len(field) for block in self.blocks for field in block.levels]

    def means(self) -> np.ndarray:
        """The mean of each numeric column, and 0 for each 0/1 column, shape (K,)."""
        if self.is_labels:
            return np.zeros(sum(self.levels_per_field))
        return np.asarray(self.values.mean(axis=0), dtype=np.float64).ravel()

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Numeric columns of some observations, shape (stop - start, K) float64."""
        piece = self.values[start:stop]
        return piece.toarray().astype(np.float64) if sparse.issparse(piece) else np.asarray(piece, np.float64)


def encode_features(X: Any, features: str) -> Encoded:
    """Encode the primary modality: one block, hence one weight, per column of X."""
    if features == "numeric":
        values = numeric_columns(X, "X")
        return Encoded(values, (Block(1),) * values.shape[1])
    if features != "categorical":
        raise InvalidInput(f"features={features!r} is unknown; use 'numeric' or 'categorical'")
    codes, levels = _factorize_columns(X, "X")
    return Encoded(codes, tuple(Block(len(field), (field,)) for field in levels))


def encode_modality(modality: Modality, name: str) -> Encoded:
    """Encode a modality with a closed form as one block; raise for one that has none."""
    if not modality.has_closed_form:
        raise InvalidInput(
            f"{name} has a distance or kernel of its own, so sums over all pairs have no closed form; "
            "set pairs to a number (schema_core.pairs_for_error says how many)"
        )
    check_columns(modality, name)
    if modality.is_categorical:
        codes, levels = _factorize_columns(modality.values, name)
        return Encoded(codes, (Block(sum(map(len, levels)), levels),))
    values = numeric_columns(modality.values, name)
    return Encoded(values, (Block(values.shape[1]),))


def check_columns(modality: Modality, name: str) -> None:
    """Raise where a kind of one value per observation was given several."""
    several = {"numeric": "vector", "categorical": "categories"}
    shape = np.shape(modality.values)
    if modality.kind in several and len(shape) > 1 and shape[1] != 1:
        raise InvalidInput(f"{name} is {modality.kind} but has {shape[1]} columns; use kind={several[modality.kind]!r}")


def _factorize_columns(values: Any, name: str) -> tuple[np.ndarray, tuple[tuple, ...]]:
    """Codes (N, fields) and the sorted levels of each field."""
    labels = label_columns(values, name)
    pairs = [factorize(labels[:, j], f"{name}, column {j}") for j in range(labels.shape[1])]
    if not pairs:
        raise InvalidInput(f"{name} has no columns; give at least one")
    return np.stack([codes for codes, _ in pairs], axis=1), tuple(levels for _, levels in pairs)


def numeric_columns(values: Any, name: str) -> Any:
    """Finite numbers of shape (N, p): a float64 array, or the CSR matrix of a sparse one."""
    if sparse.issparse(values):
        values = values.tocsr()
        if not np.isfinite(values.data).all():
            raise InvalidInput(f"{name} holds NaN or inf; remove or impute them")
        return values
    try:
        columns = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} is not numeric ({error}); encode it, or use a categorical kind") from error
    if columns.ndim > 2:
        raise InvalidInput(f"{name} has {columns.ndim} dimensions; give one or two")
    columns = columns.reshape(len(columns), -1) if columns.ndim else columns.reshape(1, 1)
    # NaN and inf show in the extremes, which need no mask of the size of the data
    if columns.size and not np.isfinite([columns.min(), columns.max()]).all():
        row, column = np.argwhere(~np.isfinite(columns))[0]
        raise InvalidInput(
            f"{name} holds {columns[row, column]} at row {row}, column {column}; remove or impute NaN and inf"
        )
    return columns


def label_columns(values: Any, name: str) -> np.ndarray:
    """An array of labels of shape (N, p)."""
    labels = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if labels.ndim not in (1, 2):
        raise InvalidInput(f"{name} has {labels.ndim} dimensions; give one or two")
    return labels.reshape(len(labels), -1)


def factorize(labels: np.ndarray, name: str) -> tuple[np.ndarray, tuple]:
    """Codes (N,) and the sorted levels of one column of labels."""
    codes, levels = pd.factorize(labels)
    if (codes < 0).any():
        raise InvalidInput(f"{name} has a missing label at row {int(np.argmin(codes))}; name it or drop the row")
    order = sorted(range(len(levels)), key=lambda i: level_key(levels[i]))
    rank = np.empty(len(levels), dtype=np.intp)
    rank[order] = np.arange(len(levels))
    return rank[codes], tuple(as_plain(levels[i]) for i in order)


def as_plain(level: Any) -> Any:
    """A level as a plain Python value, so that it can be saved and compared."""
    return level.item() if isinstance(level, np.generic) else level


def level_key(level: Any) -> tuple[str, Any]:
    """Sort levels of mixed types: by type, then by value."""
    plain = as_plain(level)
    return ("number", float(plain)) if isinstance(plain, bool | int | float) else (type(plain).__name__, plain)
