"""Sums of products of [1, centred columns of numbers, their squared norms by block] and of levels, in one pass.

Numbers are multiplied densely. Labels are 0/1 columns with a single 1 per field: products of two of them are counts
of observations, few of which are not 0 where there are many levels; products with numbers are sums over a level; and
the squared norm of a block of labels is the same for every observation. So memory grows with levels as they do.
"""

from itertools import pairwise

import numpy as np
from scipy import sparse

from schema_core.encoding import Labels, Numbers
from schema_core.layout import Layout
from schema_core.threads import in_threads

PIECE_BYTES = 4 * 2**20  # a piece is written, squared and multiplied while it is in the cache
SUMS_BYTES, MOST_PARTS = 2**26, 16  # rows are dealt to threads in so many parts, each with sums of its own
ROWS_IN_CACHE = 16_384  # of three columns of codes, counted at once
NARROW, MOST_NARROW = 256, 4096  # fields of up to so many levels, and levels in all, are counted in a dense table


def sums_of(
    parts: list[Numbers | Labels],
    centre: np.ndarray,
    unit: np.ndarray,
    layout: Layout,
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, sparse.csr_array]:
    """The sums over N observations; m = 1 + K + b.

    Parameters
    ----------
    centre : (K,), subtracted from the columns of numbers; unit : (b,), by which the blocks of numbers are divided
    weights : (N,), how often each observation counts; once by default

    Returns
    -------
    (m, m) of numbers with numbers, (L, m) of levels with numbers, and (L, L) of levels with levels
    """
    numbers = _NumberColumns([part for part in parts if isinstance(part, Numbers)], centre, unit, layout)
    labels = _LabelColumns([part for part in parts if isinstance(part, Labels)])
    n, width = len(parts[0]), 1 + len(layout.owner) + len(layout.of_numbers)
    root = None if weights is None else np.sqrt(weights)  # each of two factors gets one
    step = max(1, min(n, max(width, PIECE_BYTES // (8 * (width + labels.n_fields)))))

    def of_rows(first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        dense, across = np.zeros((width, width)), np.zeros((layout.n_levels, width))
        buffer = np.ones((min(step, last - first), width))
        for start in range(first, last, step):
            stop = min(start + step, last)
            piece = numbers.fill(buffer[: stop - start], start, stop)
            if root is not None:
                piece *= root[start:stop, None]
            dense += piece.T @ piece
            if labels.n_fields:
                across += labels.indicator(start, stop, root).T @ piece
            if root is not None:
                piece[:, 0] = 1.0
        return dense, across

    # as many parts whatever the threads, so that sums are rounded alike; each holds sums of its own
    n_parts = int(np.clip(SUMS_BYTES // (8 * width * (width + layout.n_levels)), 1, MOST_PARTS))
    edges = np.unique(np.linspace(0, -(-n // step), n_parts + 1).astype(int) * step)
    dense, across = np.zeros((width, width)), np.zeros((layout.n_levels, width))
    for one, other in in_threads(of_rows, [(first, min(last, n)) for first, last in pairwise(edges)], n * width**2):
        dense += one
        across += other
    return dense, across, labels.counts(n, weights)


class _NumberColumns:
    """Columns of numbers and their norms, written piece by piece into one buffer."""

    def __init__(self, parts: list[Numbers], centre: np.ndarray, unit: np.ndarray, layout: Layout):
        self.parts, self.centre, self.layout = parts, centre, layout
        self.factor = None if (unit == 1).all() else 1 / unit[layout.owner]

    def fill(self, piece: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Fill (stop - start, 1 + K + b), whose first column holds ones already."""
        at, end = 1, 1 + len(self.centre)
        for part in self.parts:
            rows = part.rows(start, stop)
            np.subtract(rows, self.centre[at - 1 : at - 1 + rows.shape[1]], out=piece[:, at : at + rows.shape[1]])
            at += rows.shape[1]
        if self.factor is not None:
            piece[:, 1:end] *= self.factor
        self.layout.squared_norms(piece[:, 1:end], out=piece[:, end:])
        return piece


class _LabelColumns:
    """All fields of labels together: F fields with L levels in total."""

    def __init__(self, parts: list[Labels]):
        self.widths = [len(field) for part in parts for block in part.blocks for field in block.levels or ()]
        self.n_fields = len(self.widths)
        self.edges = np.cumsum([0, *self.widths])
        self.fields = [np.ascontiguousarray(column) for part in parts for column in part.values.T]

    def indicator(self, start: int, stop: int, root: np.ndarray | None = None) -> sparse.csr_array:
        """Columns of some observations, (stop - start, L), with 1 or the root of its weight at the level of each."""
        columns = np.stack([field[start:stop] for field in self.fields], axis=1) + self.edges[:-1]
        ends = np.arange(0, columns.size + 1, self.n_fields)
        ones = np.ones(columns.size) if root is None else np.repeat(root[start:stop], self.n_fields)
        return sparse.csr_array((ones, columns.ravel(), ends), shape=(len(columns), self.edges[-1]))

    def counts(self, n: int, weights: np.ndarray | None = None) -> sparse.csr_array:
        """How many observations have each pair of levels, or their weight, (L, L)."""
        if not self.n_fields:
            return sparse.csr_array((0, 0))
        small = np.cumsum(np.where(np.array(self.widths) <= NARROW, self.widths, 0)) <= MOST_NARROW
        narrow = [i for i, width in enumerate(self.widths) if width <= NARROW and small[i]]
        columns = [np.arange(*self.edges[i : i + 2]) for i in narrow]
        at = np.concatenate([*columns, np.zeros(0, dtype=np.intp)])
        dense = sparse.coo_array(self._narrow_counts(narrow, n, weights))
        found = [(at[dense.row], at[dense.col], dense.data)]
        for i in range(self.n_fields):
            for j in range(i, self.n_fields):
                if i not in narrow or j not in narrow:
                    codes = (self.fields[i] + self.edges[i], self.fields[j] + self.edges[j])
                    ones = np.ones(n) if weights is None else weights
                    pairs = sparse.coo_array((ones, codes), shape=(self.edges[-1],) * 2)
                    pairs.sum_duplicates()
                    found += [(pairs.row, pairs.col, pairs.data)] + [(pairs.col, pairs.row, pairs.data)] * (i < j)
        rows, cols, data = (np.concatenate(one) for one in zip(*found, strict=True))
        return sparse.coo_array((data, (rows, cols)), shape=(self.edges[-1],) * 2).tocsr()

    def _narrow_counts(self, fields: list[int], n: int, weights: np.ndarray | None) -> np.ndarray:
        """The dense table of counts of each pair of levels of fields with few levels."""
        widths = [self.widths[i] for i in fields]
        edges = np.cumsum([0, *widths])
        table = np.zeros((edges[-1],) * 2)
        for first in range(0, n, ROWS_IN_CACHE):
            rows = slice(first, first + ROWS_IN_CACHE)
            codes, counted = [self.fields[i][rows] for i in fields], None if weights is None else weights[rows]
            for i, one in enumerate(codes):
                for j in range(i, len(fields)):
                    joint = np.bincount(one * widths[j] + codes[j], counted, widths[i] * widths[j])
                    table[edges[i] : edges[i + 1], edges[j] : edges[j + 1]] += joint.reshape(widths[i], widths[j])
        upper = np.triu(table)
        return upper + np.triu(upper, 1).T
