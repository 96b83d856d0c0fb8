"""Bring two sets of moments to the same columns and the same centre, so that they can be added."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from schema_core.encoding import Block, Layout, level_key
from schema_core.errors import InvalidInput

if TYPE_CHECKING:
    from schema_core.moments import Moments


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
        if a.levels is None or b.levels is None:
            if a != b:
                raise InvalidInput(f"moments differ in block {i} ({a} against {b}) and cannot be added")
            blocks.append(a)
            continue
        fields = zip(a.levels, b.levels, strict=True)
        levels = tuple(tuple(sorted({*one, *two}, key=level_key)) for one, two in fields)
        blocks.append(Block(sum(map(len, levels)), levels))
    return Layout(tuple(blocks), left.n_features, left.has_reference)


def spread(moments: "Moments", layout: Layout) -> "Moments":
    """The same moments with a zero column for each level of ``layout`` that they lack."""
    if moments.layout == layout:
        return moments
    places, offset = [], 0
    for old, new in zip(moments.layout.blocks, layout.blocks, strict=True):
        if old.levels is None:
            places.extend(range(offset, offset + new.width))
        else:
            start = offset
            for had, has in zip(old.levels, new.levels, strict=True):
                at = {level: i for i, level in enumerate(has)}
                places.extend(start + at[level] for level in had)
                start += len(has)
        offset += new.width
    columns = np.array(places, dtype=int)
    rows = np.concatenate([[0], 1 + columns, 1 + offset + np.arange(len(layout.blocks))])
    gram = np.zeros((1 + offset + len(layout.blocks),) * 2)
    gram[np.ix_(rows, rows)] = moments.gram
    centre = np.zeros(offset)
    centre[columns] = moments.centre
    return replace(moments, layout=layout, centre=centre, gram=gram)


def recentred(moments: "Moments", centre: np.ndarray) -> np.ndarray:
    """The Gram matrix about another centre: a column a becomes a + δ, a squared norm u becomes u + 2aδ + δ²."""
    shift = moments.centre - centre
    layout, width = moments.layout, len(shift)
    columns, norms = 1 + np.arange(width), 1 + width + layout.owner
    scale = np.array([block.scale for block in layout.blocks])[layout.owner]
    everyone, first = np.arange(len(moments.gram)), np.zeros(width, dtype=int)
    # three entries per column beside the diagonal: the cost is that of the matrix, not of its cube
    rows = np.concatenate([everyone, columns, norms, norms])
    at = np.concatenate([everyone, first, first, columns])
    values = np.concatenate([np.ones(len(everyone)), shift, scale * shift**2, 2 * scale * shift])
    change = sparse.csr_array((values, (rows, at)), shape=moments.gram.shape)
    return change @ (change @ moments.gram).T
