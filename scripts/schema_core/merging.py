"""Add two sets of moments: bring both to the same levels, the same centre and the same units."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from schema_core.encoding import Block, Layout, unit_of
from schema_core.errors import InvalidInput
from schema_core.levels import level_key

if TYPE_CHECKING:
    from schema_core.moments import Moments


def added(left: "Moments", right: "Moments") -> "Moments":
    """Moments of both sets of observations together."""
    layout = union(left.layout, right.layout)
    left, right = spread(left, layout), spread(right, layout)
    n = np.array([left.n_observations, right.n_observations], dtype=float)
    # so that a column with the same constant in both keeps it to the last bit
    centre = left.centre + n[1] / max(n.sum(), 1.0) * (right.centre - left.centre)
    unit = _common_unit(left, right)
    dense, across = zip(*(_moved(one, centre, unit) for one in (left, right)), strict=True)
    together = left.together + right.together if layout.n_levels else left.together
    return replace(left, centre=centre, unit=unit, dense=np.add(*dense), across=np.add(*across), together=together)


def union(left: Layout, right: Layout) -> Layout:
    """The layout that holds the levels of both."""
    same_shape = (left.n_features, left.has_reference, len(left.blocks)) == (
        right.n_features,
        right.has_reference,
        len(right.blocks),
    )
    if not same_shape:
        raise InvalidInput("moments of different features, modalities or reference cannot be added")
    blocks = []
    for i, (a, b) in enumerate(zip(left.blocks, right.blocks, strict=True)):
        if a == b:
            blocks.append(a)
        elif a.levels is None or b.levels is None or len(a.levels) != len(b.levels):
            kinds = [f"{'numbers' if one.levels is None else 'labels'}, {one.width} columns" for one in (a, b)]
            raise InvalidInput(f"moments differ in block {i} ({' against '.join(kinds)}) and cannot be added")
        else:
            fields = zip(a.levels, b.levels, strict=True)
            levels = tuple(tuple(sorted({*one, *two}, key=level_key)) for one, two in fields)
            blocks.append(Block(sum(map(len, levels)), levels))
    return Layout(tuple(blocks), left.n_features, left.has_reference)


def spread(moments: "Moments", layout: Layout) -> "Moments":
    """The same moments with zeros for each level of ``layout`` that they lack."""
    if moments.layout == layout:
        return moments
    places: list[int] = []
    offset = 0
    for i in layout.of_labels:
        for had, has in zip(moments.layout.blocks[i].levels, layout.blocks[i].levels, strict=True):
            at = {level: place for place, level in enumerate(has)}
            places.extend(offset + at[level] for level in had)
            offset += len(has)
    rows = np.array(places, dtype=np.intp)
    across = np.zeros((offset, moments.across.shape[1]))
    across[rows] = moments.across
    counts = moments.together.tocoo()
    together = sparse.coo_array((counts.data, (rows[counts.row], rows[counts.col])), shape=(offset, offset)).tocsr()
    return replace(moments, layout=layout, across=across, together=together)


def _common_unit(left: "Moments", right: "Moments") -> np.ndarray:
    """Units (b,) that suit both and the way from one centre to the other."""
    if (left.unit == 1).all() and (right.unit == 1).all() and _reach(left, right).max(initial=0) < 2.0**60:
        return left.unit
    norms = slice(1 + len(left.centre), None)
    sizes = [np.sqrt(one.dense[0, norms] / max(one.n_observations, 1)) * one.unit for one in (left, right)]
    return unit_of(np.maximum(np.maximum(*sizes), _reach(left, right)))


def _reach(left: "Moments", right: "Moments") -> np.ndarray:
    """How far the centres of each block lie apart, (b,)."""
    reach = np.zeros(len(left.unit))
    if left.n_observations and right.n_observations:
        np.maximum.at(reach, left.layout.owner, np.abs(right.centre - left.centre))
    return reach


def _moved(moments: "Moments", centre: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The dense sums about another centre and in other units.

    A column a becomes a + δ, a squared norm u becomes u + 2aδ + δ², and both are divided by the ratio of the units.
    """
    owner, width = moments.layout.owner, len(centre)
    ratio = moments.unit / unit
    shift = (moments.centre - centre) / unit[owner]
    columns, norms = 1 + np.arange(width), 1 + width + owner
    factors = np.concatenate([[1.0], ratio[owner], ratio**2])
    first = np.zeros(width, dtype=np.intp)
    # three entries per column beside the diagonal: the cost is that of the matrix, not of its cube
    everyone = np.arange(len(factors))
    rows, at = np.concatenate([everyone, columns, norms, norms]), np.concatenate([everyone, first, first, columns])
    values = np.concatenate([factors, shift, shift**2, 2 * ratio[owner] * shift])
    change = sparse.csr_array((values, (rows, at)), shape=(len(factors),) * 2)
    return change @ (change @ moments.dense).T, (change @ moments.across.T).T
