"""Moments as they would be with other observations, drawn from moments alone: shuffled modalities, blocks drawn again.

Where N rows of a modality are shuffled, a sum Σ_n a_n b_π(n) of a column a of the features and one b of the modality
has the mean Σa Σb / N, and two such sums the covariance S_aa' S_bb' / (N - 1), S the centred sums of products; together
they are normal for large N (Hoeffding 1951, "A combinatorial central limit theorem"). All of these stand in the
moments, so that many shuffles cost no look at the data. Shuffles within groups add up over them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from schema_core.errors import InvalidInput
from schema_core.merging import brought_to
from schema_core.moments import Moments
from schema_core.resampling import combined

MOST_COLUMNS = 5000  # of all modalities: a matrix of as many rows and columns is taken apart


def alike(parts: Sequence[Moments], whole: Moments) -> list[Moments]:
    """Parts with the levels, centres and units of their sum, so that they can be added up by number."""
    return [brought_to(part, whole) for part in parts]


def shuffled_moments(groups: Sequence[Moments], rng: np.random.Generator) -> Moments:
    """The sum of ``groups`` (see :func:`alike`) with the modalities of each shuffled among its observations.

    Features are numbers. Modalities that no observation lacks keep what they have with each other; one that some
    lack is shuffled among those that have it. InvalidInput where modalities have more than 5,000 columns and levels.
    """
    found = [replace(_shuffled(one, rng), partial=_partial(one, rng)) for one in groups]
    return combined(found, np.ones(len(found)))


def _partial(one: Moments, rng: np.random.Generator) -> dict[int, Moments]:
    return {j: _shuffled(part, rng) for j, part in one.partial.items()}


def _shuffled(one: Moments, rng: np.random.Generator) -> Moments:
    layout, n = one.base, one.dense[0, 0]
    k, width = layout.n_features, len(one.centre)
    if any(block.levels is not None for block in layout.blocks[:k]):
        raise InvalidInput("features are labels; shuffles are drawn for numbers alone")
    of_features = layout.owner < k
    blocks = np.arange(len(layout.of_numbers)) < k
    mine = np.concatenate([1 + np.flatnonzero(of_features), 1 + width + np.flatnonzero(blocks)])
    theirs = np.concatenate([1 + np.flatnonzero(~of_features), 1 + width + np.flatnonzero(~blocks)])
    if len(theirs) + layout.n_levels > MOST_COLUMNS:
        problem = f"modalities have {len(theirs) + layout.n_levels:,} columns and levels"
        raise InvalidInput(f"{problem}, too many to draw shuffles; give at most {MOST_COLUMNS:,}")
    if n < 2 or not len(theirs) + layout.n_levels:
        return one
    others = np.block(
        [
            [one.dense[np.ix_(theirs, theirs)], one.across[:, theirs].T],
            [one.across[:, theirs], one.together.toarray()],
        ]
    )
    sums, sums_of_others = one.dense[0, mine], np.concatenate([one.dense[0, theirs], one.across[:, 0]])
    left = _root(one.dense[np.ix_(mine, mine)] - np.outer(sums, sums) / n)
    right = _root(others - np.outer(sums_of_others, sums_of_others) / n)
    drawn = left @ rng.standard_normal((left.shape[1], right.shape[1])) @ right.T / np.sqrt(n - 1)
    drawn += np.outer(sums, sums_of_others) / n
    dense, across = one.dense.copy(), one.across.copy()
    dense[np.ix_(mine, theirs)] = drawn[:, : len(theirs)]
    dense[np.ix_(theirs, mine)] = drawn[:, : len(theirs)].T
    across[:, mine] = drawn[:, len(theirs) :].T
    return replace(one, dense=dense, across=across)


def _root(covariance: np.ndarray) -> np.ndarray:
    """R with R Rᵀ = covariance, but for directions that are rounding."""
    scale = np.sqrt(np.maximum(covariance.diagonal(), 0))
    scale[scale == 0] = 1
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    kept = values > 1e-12 * max(values.max(initial=0), 1)
    return scale[:, None] * vectors[:, kept] * np.sqrt(values[kept])
