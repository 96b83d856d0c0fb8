"""The Gram matrix of [1, centred columns, squared norms of the blocks], in one pass over the observations.

Numbers are multiplied densely. Labels are 0/1 columns with a single 1 per field: products of two of them are counts
of observations, products with numbers are sums over a level, and the squared norm of a block of labels is the same for
every observation.
"""

import numpy as np
from scipy import sparse

from schema_core.encoding import Block, Encoded, Layout

PIECE_BYTES = 8 * 2**20  # a piece is written, squared and multiplied while it is in the cache
ROWS_IN_CACHE = 16_384  # of three columns of codes, counted at once


def gram_matrix(parts: list[Encoded], centre: np.ndarray, layout: Layout) -> np.ndarray:
    """The matrix (1 + K + B, 1 + K + B) of N observations, numeric columns centred at ``centre`` (K,)."""
    n, width = parts[0].values.shape[0], len(layout.owner)
    is_label = np.array([block.levels is not None for block in layout.blocks])
    label_columns = 1 + np.flatnonzero(~layout.numeric)
    dense_columns = np.concatenate([[0], 1 + np.flatnonzero(layout.numeric), 1 + width + np.flatnonzero(~is_label)])
    numbers = _Numbers(
        [part for part in parts if not part.is_labels], centre[layout.numeric], layout, len(dense_columns)
    )
    labels = _Labels([part for part in parts if part.is_labels])

    dense = np.zeros((len(dense_columns),) * 2)
    across = np.zeros((len(label_columns), len(dense_columns)))
    together = np.zeros((len(label_columns),) * 2)
    step = min(n, max(len(dense), PIECE_BYTES // (8 * (len(dense) + labels.n_fields))))
    buffer = np.ones((step, len(dense)))
    for start in range(0, n, step):
        stop = min(start + step, n)
        piece = numbers.fill(buffer[: stop - start], start, stop)
        dense += piece.T @ piece
        if labels.n_fields:
            counts = labels.counts(start, stop)
            together += counts
            across[:, 0] += np.diag(counts)
            if len(dense) > 1:
                across[:, 1:] += (labels.indicator(start, stop).T @ piece)[:, 1:]

    gram = np.zeros((1 + width + len(layout.blocks),) * 2)
    gram[np.ix_(dense_columns, dense_columns)] = dense
    gram[np.ix_(label_columns, dense_columns)] = across
    gram[np.ix_(dense_columns, label_columns)] = across.T
    gram[np.ix_(label_columns, label_columns)] = together
    _add_constant_norms(gram, layout.blocks, 1 + width)
    return gram


def _add_constant_norms(gram: np.ndarray, blocks: tuple[Block, ...], first: int) -> None:
    """Fill the rows and columns of the norms of label blocks: a constant times the row of ones."""
    norms = {first + i: block.scale * len(block.levels) for i, block in enumerate(blocks) if block.levels is not None}
    for at, norm in norms.items():
        gram[0, at] = norm * gram[0, 0]
    for at, norm in norms.items():
        gram[at] = norm * gram[0]
        gram[:, at] = gram[at]


class _Numbers:
    """Numeric columns and their norms, written piece by piece into one buffer."""

    def __init__(self, parts: list[Encoded], centre: np.ndarray, layout: Layout, width: int):
        self.parts, self.centre, self.width = parts, centre, width
        blocks = tuple(block for block in layout.blocks if block.levels is None)
        self.layout = Layout(blocks, len(blocks), has_reference=False)

    def fill(self, piece: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Fill (stop - start, 1 + columns + norms), whose first column holds ones already."""
        at = 1
        for part in self.parts:
            rows = part.rows(start, stop)
            np.subtract(rows, self.centre[at - 1 : at - 1 + rows.shape[1]], out=piece[:, at : at + rows.shape[1]])
            at += rows.shape[1]
        self.layout.squared_norms(piece[:, 1:at], out=piece[:, at:])
        return piece


class _Labels:
    """All fields of labels together: F fields with L levels in total."""

    def __init__(self, parts: list[Encoded]):
        self.widths = [width for part in parts for width in part.levels_per_field]
        self.n_fields = len(self.widths)
        self.edges = np.cumsum([0, *self.widths])
        self.fields = [np.ascontiguousarray(column) for part in parts for column in part.values.T]

    def indicator(self, start: int, stop: int) -> sparse.csr_matrix:
        """0/1 columns of some observations, (stop - start, L)."""
        columns = np.stack([field[start:stop] for field in self.fields], axis=1) + self.edges[:-1]
        ends = np.arange(0, columns.size + 1, self.n_fields)
        return sparse.csr_matrix((np.ones(columns.size), columns.ravel(), ends), shape=(len(columns), self.edges[-1]))

    def counts(self, start: int, stop: int) -> np.ndarray:
        """How many of some observations have each pair of levels, (L, L)."""
        matrix = np.zeros((self.edges[-1],) * 2)
        for first in range(start, stop, ROWS_IN_CACHE):
            codes = [field[first : min(first + ROWS_IN_CACHE, stop)] for field in self.fields]
            for i, one in enumerate(codes):
                left = slice(*self.edges[i : i + 2])
                for j in range(i, self.n_fields):
                    right, width = slice(*self.edges[j : j + 2]), self.widths[j]
                    joint = np.bincount(one * width + codes[j], minlength=self.widths[i] * width)
                    matrix[left, right] += joint.reshape(self.widths[i], width)
        upper = np.triu(matrix)
        return upper + np.triu(upper, 1).T
