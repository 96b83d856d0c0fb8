"""What a set of moments is of: one block of columns for each distance."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


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
