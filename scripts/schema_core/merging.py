"""Add two sets of moments: bring both to the same levels, the same centre and the same units."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from schema_core.encoding import unit_of
from schema_core.errors import InvalidInput
from schema_core.layout import Block, Layout
from schema_core.levels import level_key

# Below this share of a sum of squares, what is left of it is known to no more than about a relative 1e-10.
CANCELLED = 1e-5

if TYPE_CHECKING:
    from schema_core.moments import Moments


def added(left: "Moments", right: "Moments") -> "Moments":
    """Moments of both sets of observations together."""
    left, right = _alike(left, right)
    layout = union(left.layout, right.layout)
    left, right = spread(left, layout), spread(right, layout)
    n = np.array([left.dense[0, 0], right.dense[0, 0]])
    # so that a column with the same constant in both keeps it to the last bit
    centre = left.centre + n[1] / (n.sum() or 1.0) * (right.centre - left.centre)
    unit = _common_unit(left, right)
    dense, across = zip(*(_moved(one, centre, unit) for one in (left, right)), strict=True)
    together = left.together + right.together if layout.n_levels else left.together
    partial = {j: one + right.partial[j] for j, one in left.partial.items()}
    sums = {"dense": np.add(*dense), "across": np.add(*across), "together": together}
    return replace(left, centre=centre, unit=unit, partial=partial, **sums)


def subtracted(whole: "Moments", part: "Moments") -> "Moments":
    """Moments of the observations of ``whole`` that are not in ``part``, about their own mean."""
    whole, part = _alike(whole, part)
    layout = union(whole.layout, part.layout)
    if layout != whole.layout or part.dense[0, 0] > whole.dense[0, 0]:
        raise InvalidInput("moments to take away have labels or observations that are not among those they come from")
    part = spread(part, layout)
    dense, across = _moved(part, whole.centre, whole.unit)
    dense, across = whole.dense - dense, whole.across - across
    together = whole.together - part.together
    partial = {j: one - part.partial[j] for j, one in whole.partial.items()}
    rest = replace(whole, dense=dense, across=across, together=together, partial=partial)
    n, columns = dense[0, 0], slice(1, 1 + len(whole.centre))
    centre = whole.centre + dense[0, columns] / (n or 1.0) * whole.unit[layout.owner]
    moved = _moved(rest, centre, whole.unit)
    if (moved[0].diagonal()[1:] < CANCELLED * whole.dense.diagonal()[1:]).any():
        raise InvalidInput(
            "moments to take away hold nearly all of what varies, so that the rest would be rounding; add up the "
            "moments of the rest instead"
        )
    return replace(rest, centre=centre, dense=moved[0], across=moved[1])


def brought_to(moments: "Moments", like: "Moments") -> "Moments":
    """The same moments with the levels, centres and units of others that hold all of their levels."""
    apart = set_apart(moments, list(like.partial))
    found = spread(apart, union(like.layout, apart.layout))
    dense, across = _moved(found, like.centre, like.unit)
    partial = {j: brought_to(one, like.partial[j]) for j, one in found.partial.items()}
    return replace(found, centre=like.centre, unit=like.unit, dense=dense, across=across, partial=partial)


def _alike(left: "Moments", right: "Moments") -> tuple["Moments", "Moments"]:
    """Both with every modality apart that some observation of either lacks."""
    lacking = sorted({*left.partial, *right.partial})
    return set_apart(left, lacking), set_apart(right, lacking)


def set_apart(moments: "Moments", modalities: list[int]) -> "Moments":
    """The same with moments of their own for some modalities, by number, even if all observations have them."""
    complete = [j for j in range(moments.n_modalities) if j not in moments.partial]
    chosen = [j for j in modalities if j in complete]
    if not chosen:
        return moments
    k = moments.layout.n_features
    at = {j: k + i for i, j in enumerate(complete)}
    partial = {j: restricted(moments, [*range(k), at[j]], False) for j in chosen}
    rest = [i for i in range(len(moments.layout.blocks)) if i not in [at[j] for j in chosen]]
    kept = restricted(moments, rest, moments.layout.has_reference)
    return replace(kept, partial=dict(sorted({**moments.partial, **partial}.items())))


def restricted(moments: "Moments", blocks: list[int], has_reference: bool) -> "Moments":
    """The moments of some blocks alone, in their order."""
    layout, width = moments.layout, len(moments.centre)
    numbers, labels = np.isin(layout.of_numbers, blocks), np.isin(layout.of_labels, blocks)
    columns, levels = numbers[layout.owner], labels[layout.level_owner]
    keep = np.concatenate([[0], 1 + np.flatnonzero(columns), 1 + width + np.flatnonzero(numbers)])
    at = np.flatnonzero(levels)
    return replace(
        moments,
        layout=Layout(tuple(layout.blocks[i] for i in blocks), layout.n_features, has_reference),
        centre=moments.centre[columns],
        unit=moments.unit[numbers],
        dense=moments.dense[np.ix_(keep, keep)],
        across=moments.across[np.ix_(at, keep)],
        together=moments.together[at][:, at],
        partial={},
    )


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
    sizes = [np.sqrt(one.dense[0, norms] / (one.dense[0, 0] or 1.0)) * one.unit for one in (left, right)]
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
