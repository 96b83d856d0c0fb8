"""Moments as they would be with other observations, drawn from moments alone: shuffled modalities, blocks drawn again.

Where N rows of a modality are shuffled, a sum Σ_n a_n b_π(n) of a column a of the features and one b of the modality
has the mean Σa Σb / N, and two such sums the covariance S_aa' S_bb' / (N - 1), S the centred sums of products; together
they are normal for large N (Hoeffding 1951, "A combinatorial central limit theorem"). All of these stand in the
moments, so that many shuffles cost no look at the data. Shuffles within groups add up over them.
"""

from collections.abc import Iterator, Sequence
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


def shuffles(groups: Sequence[Moments], n: int, rng: np.random.Generator) -> Iterator[Moments]:
    """The sum of ``groups`` (see :func:`alike`) with the modalities of each shuffled among its observations, n times.

    Features are numbers. Modalities that no observation lacks keep what they have with each other; one that some
    lack is shuffled among those that have it. InvalidInput where modalities have more than 5,000 columns and levels.
    """
    dealt = [(_Shuffled(one), {j: _Shuffled(part) for j, part in one.partial.items()}) for one in groups]
    for _ in range(n):
        drawn = [
            replace(whole.draw(rng), partial={j: one.draw(rng) for j, one in partial.items()})
            for whole, partial in dealt
        ]
        yield combined(drawn, np.ones(len(drawn)))


class _Shuffled:
    """What all shuffles of one group have in common: means and spreads are found once."""

    def __init__(self, one: Moments):
        layout, n = one.base, one.dense[0, 0]
        k, width = layout.n_features, len(one.centre)
        if any(block.levels is not None for block in layout.blocks[:k]):
            raise InvalidInput("features are labels; shuffles are drawn for numbers alone")
        columns, norms = layout.owner < k, np.arange(len(layout.of_numbers)) < k
        self.one, self.n = one, n
        self.mine = np.concatenate([1 + np.flatnonzero(columns), 1 + width + np.flatnonzero(norms)])
        theirs = self.theirs = np.concatenate([1 + np.flatnonzero(~columns), 1 + width + np.flatnonzero(~norms)])
        if (width_of_others := len(theirs) + layout.n_levels) > MOST_COLUMNS:
            problem = f"modalities have {width_of_others:,} columns and levels"
            raise InvalidInput(f"{problem}, too many to draw shuffles; give at most {MOST_COLUMNS:,}")
        self.nothing = n < 2 or not width_of_others
        if self.nothing:
            return
        across = one.across[:, theirs]
        others = np.block([[one.dense[np.ix_(theirs, theirs)], across.T], [across, one.together.toarray()]])
        sums, sums_of_others = one.dense[0, self.mine], np.concatenate([one.dense[0, theirs], one.across[:, 0]])
        self.left = _root(one.dense[np.ix_(self.mine, self.mine)] - np.outer(sums, sums) / n)
        self.right = _root(others - np.outer(sums_of_others, sums_of_others) / n)
        self.mean = np.outer(sums, sums_of_others) / n

    def draw(self, rng: np.random.Generator) -> Moments:
        """The moments after one shuffle."""
        if self.nothing:
            return self.one
        normal = rng.standard_normal((self.left.shape[1], self.right.shape[1]))
        drawn = self.mean + self.left @ normal @ self.right.T / np.sqrt(self.n - 1)
        dense, across, width = self.one.dense.copy(), self.one.across.copy(), len(self.theirs)
        dense[np.ix_(self.mine, self.theirs)] = drawn[:, :width]
        dense[np.ix_(self.theirs, self.mine)] = drawn[:, :width].T
        across[:, self.mine] = drawn[:, width:].T
        return replace(self.one, dense=dense, across=across)


def _root(covariance: np.ndarray) -> np.ndarray:
    """R with R Rᵀ = covariance, but for directions that are rounding."""
    scale = np.sqrt(np.maximum(covariance.diagonal(), 0))
    scale[scale == 0] = 1
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    kept = values > 1e-12 * max(values.max(initial=0), 1)
    return scale[:, None] * vectors[:, kept] * np.sqrt(values[kept])
