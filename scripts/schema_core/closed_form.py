"""Covariances over all pairs, in closed form from sums over single observations."""

from typing import TYPE_CHECKING

import numpy as np

from schema_core.covariances import ROUNDING, Covariances
from schema_core.errors import InvalidInput

if TYPE_CHECKING:
    from schema_core.moments import Moments


def covariances_of(moments: "Moments") -> Covariances:
    """See :meth:`schema_core.Moments.covariances`."""
    n, layout = moments.n_observations, moments.layout
    if n < 2:
        raise InvalidInput(
            f"X has {n:.6g} row(s) (n_samples = {n:.6g}), without those of zero weight, and pairs need at least 2; "
            "give more observations"
        )
    for j, one in moments.partial.items():
        if one.n_observations < 2:
            what = "every observation" if not one.n_observations else "all but one observation"
            raise InvalidInput(f"modalities[{j}] is missing for {what}, and pairs need at least 2; leave it out")
    norm_sums, with_sums, norms, columns = _by_block(moments)
    products = 2 * n * norms + 2 * np.outer(norm_sums, norm_sums) - 4 * (with_sums + with_sums.T) + 4 * columns
    ordered = float(n) * (n - 1)
    mean = (2 * n * norm_sums - 2 * _squared_sums(moments)) / ordered
    covariance = products / ordered - np.outer(mean, mean)
    # below this share of the squared mean a variance is the rounding of a difference of equal numbers
    still = _constant(moments) | (np.diag(covariance) <= ROUNDING * mean**2)
    covariance[still, :] = covariance[:, still] = 0.0
    unit = np.ones(len(layout.blocks))
    unit[layout.of_numbers] = moments.unit
    n_pairs = n * (n - 1) // 2 if isinstance(n, int) else round(ordered / 2)
    joint = Covariances.from_joint(covariance, mean, unit**2, layout.n_features, layout.has_reference, n_pairs)
    return joint.with_partial({j: one.covariances() for j, one in moments.partial.items()})


def _squared_sums(moments: "Moments") -> np.ndarray:
    """The squared sums of the columns, added up by block, (B,)."""
    owners = moments.layout.owner, moments.layout.level_owner
    of_numbers = by_block(moments.dense[0, 1 : 1 + len(moments.centre)] ** 2, owners[0])
    return _joined(moments, of_numbers, 0.5 * by_block(moments.across[:, 0] ** 2, owners[1]))


def _by_block(moments: "Moments") -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sums by block: of norms (B,); of norms times a column times its sum, norms times norms, and squared
    products of columns (B, B). Where a column is of a level, half of it.
    """
    layout, width = moments.layout, 1 + len(moments.centre)
    dense, across, columns, a, b = moments.dense, moments.across, slice(1, width), layout.of_numbers, layout.of_labels
    # the norm of a block of labels is the same for every observation
    fixed = np.array([0.5 * len(layout.blocks[i].levels) for i in b])
    norm_sums = _joined(moments, dense[0, width:], fixed * dense[0, 0])
    with_sums, norms, squares = (np.zeros((len(layout.blocks),) * 2, dense.dtype) for _ in range(3))
    with_sums[np.ix_(a, a)] = by_block(dense[columns, width:] * dense[0, columns, None], layout.owner).T
    with_sums[np.ix_(a, b)] = 0.5 * by_block(across[:, width:] * across[:, :1], layout.level_owner).T
    with_sums[b] = np.outer(fixed, _squared_sums(moments))
    norms[np.ix_(a, a)] = dense[width:, width:]
    norms[b] = np.outer(fixed, norm_sums)
    norms[:, b] = norms[b].T
    squares[np.ix_(a, a)] = by_block(by_block(dense[columns, columns] ** 2, layout.owner).T, layout.owner)
    squares[np.ix_(b, a)] = 0.5 * by_block(by_block(across[:, columns] ** 2, layout.level_owner).T, layout.owner).T
    squares[np.ix_(a, b)] = squares[np.ix_(b, a)].T
    counts = moments.together.tocoo()
    pairs = layout.level_owner[counts.row] * len(b) + layout.level_owner[counts.col]
    squares[np.ix_(b, b)] = 0.25 * np.bincount(pairs, counts.data**2, len(b) ** 2).reshape(len(b), len(b))
    return norm_sums, with_sums, norms, squares


def _joined(moments: "Moments", of_numbers: np.ndarray, of_labels: np.ndarray) -> np.ndarray:
    """One value per block, (B,), of those for the two sorts of blocks."""
    joined = np.zeros(len(moments.layout.blocks), dtype=moments.dense.dtype)
    joined[moments.layout.of_numbers], joined[moments.layout.of_labels] = of_numbers, of_labels
    return joined


def _constant(moments: "Moments") -> np.ndarray:
    """Blocks of numbers that never leave their centre by more than its rounding, (B,) bool."""
    layout, width = moments.layout, len(moments.centre)
    spread = np.sqrt(moments.dense.diagonal()[1 : 1 + width] / moments.n_observations) * moments.unit[layout.owner]
    moves = spread > 4 * np.finfo(float).eps * np.abs(moments.centre)
    still = np.bincount(layout.owner, moves, minlength=len(moments.unit)) == 0
    return _joined(moments, still, np.zeros(len(layout.of_labels))) != 0


def by_block(rows: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The sum over the rows of each block; owner : the block of each row, in order."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return rows if len(first) == len(rows) else np.add.reduceat(rows, first, axis=0)
