"""Pairs from a sketch: fewer observations that stand for all, spread over the data, so that rare kinds are among them.

The paper names such sketches as a way to draw pairs ("diversity-preserving data sketching", its references 49 and 50).
Where closed forms serve, all pairs need no sketch; it is for distances that have none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from numbers import Integral
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.metrics import pairwise_distances_argmin

from schema_core.draws import PAIRS_AT_ONCE, Pairs, all_pairs, generator, random_pairs
from schema_core.errors import InvalidInput
from schema_core.tables import extremes, numbers


@dataclass(frozen=True, eq=False)
class Sketch:
    """M of N observations, and which of them stands for each.

    Those for which one stands are a group. With ``importance`` a draw takes a group, each as likely, and one of its n
    observations, each as likely; the probability is 1/(M n), and a pair counts n n', in inverse proportion to its own.
    Whatever the sketch, the expected sum over pairs is then that over all pairs. (Of the sketched observations alone no
    such estimate exists: a method without chance never draws the others.) A correlation is a ratio of such sums, so
    that its bias vanishes as fast as 1/pairs.

    Without it, as the paper has it, pairs are of sketched observations, and each counts once: the covariances are those
    of the sketch, not of the data.

    Attributes
    ----------
    rows : (M,), the sketched observations; near : (N,), by observation the place in ``rows`` of the one nearest to it
    """

    rows: np.ndarray
    near: np.ndarray
    importance: bool = True

    @classmethod
    def of(
        cls,
        places: Any,
        size: int,
        method: str = "geosketch",
        *,
        importance: bool = True,
        random_state: int | np.random.Generator | None = 0,
    ) -> "Sketch":
        """Sketch observations by where they are.

        Parameters
        ----------
        places : (N, p) numbers, for instance principal components
        size : M, from 3 to N
        method : "geosketch" (equal boxes that cover the data, Hie et al. 2019; needs the package of this name),
            "farthest_first" (the traversal of Hopper, DeMeo and Berger 2020: each next observation is the one farthest
            from all before), or "uniform" (any, each as likely)
        importance : see above
        """
        if method not in METHODS:
            raise InvalidInput(f"method={method!r} is no sketch; use {', '.join(METHODS)}")
        values = numbers(places, "places")
        values = np.asarray(values.toarray() if sparse.issparse(values) else values, dtype=float)
        if not (isinstance(size, Integral) and 3 <= size <= len(values)):
            raise InvalidInput(f"size={size!r} must be a whole number from 3 to the {len(values)} rows of places")
        low, high = extremes(values, "places")
        span = (high - low).max(initial=0.0)
        if not span > 0:
            raise InvalidInput("places are the same for all rows; give columns that differ")
        values = (values - low) / span
        rows = np.sort(METHODS[method](values, int(size), generator(random_state)))
        near = pairwise_distances_argmin(values, values[rows])
        near[rows] = np.arange(len(rows))  # also where another is in the same place
        return cls(rows, near, importance)

    def pairs(self, n_pairs: int | None, random_state: Any = 0) -> Iterator[Pairs]:
        """Pairs, some at a time, and how often each counts: 1 on average, or None for once.

        With ``n_pairs`` None each pair of the sketch is visited once. With ``importance`` every group then stands in it
        with one of its observations, and in one pair more with two of them; a sketch of all has all pairs.
        """
        rng, M = generator(random_state), len(self.rows)
        if self.importance:
            yield from self._every_group(rng) if n_pairs is None else self._drawn(n_pairs, rng)
            return
        for first, second, _ in all_pairs(M, None) if n_pairs is None else random_pairs(M, n_pairs, rng, None):
            yield self.rows[first], self.rows[second], None

    def check(self, n: int, weights: np.ndarray | None) -> None:
        """Raise InvalidInput for data of another number of rows, or weights of rows."""
        if len(self.near) != n:
            raise InvalidInput(f"sketch is of {len(self.near)} observations, X has {n}; sketch the rows of X")
        if weights is not None:
            raise InvalidInput(
                "sample_weight and sketch are given, and a sketch counts rows once; leave one of them out"
            )

    @property
    def _groups(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The observations group by group (N,), where each group starts (M,), and its size (M,)."""
        sizes = np.bincount(self.near, minlength=len(self.rows))
        return np.argsort(self.near, kind="stable"), np.cumsum(sizes) - sizes, sizes

    def _drawn(self, n_pairs: int, rng: np.random.Generator) -> Iterator[Pairs]:
        members, starts, sizes = self._groups
        M, N = len(sizes), len(members)
        other = 1 - (1 / sizes).sum() / M**2  # the probability that a draw of two is a pair
        unit = other * M**2 / (N * (N - 1))
        while n_pairs > 0:
            groups = rng.integers(M, size=(2, min(PAIRS_AT_ONCE, n_pairs)))
            first, second = members[starts[groups] + rng.integers(sizes[groups])]
            counts = sizes[groups].astype(float).prod(axis=0) * unit
            keep = first != second
            n_pairs -= int(keep.sum())
            yield first[keep], second[keep], counts[keep]

    def _every_group(self, rng: np.random.Generator) -> Iterator[Pairs]:
        members, starts, sizes = self._groups
        M, N = len(sizes), len(members)
        one = rng.integers(sizes)
        several = np.flatnonzero(sizes > 1)
        another = (one[several] + rng.integers(1, sizes[several])) % sizes[several]
        unit = (M * (M - 1) + 2 * len(several)) / (N * (N - 1))
        chosen, whole = members[starts + one], sizes.astype(float)
        for a, b, _ in all_pairs(M, None):
            yield chosen[a], chosen[b], whole[a] * whole[b] * unit
        if len(several):
            yield chosen[several], members[starts[several] + another], whole[several] * (whole[several] - 1) / 2 * unit


def _uniform(places: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(len(places), size, replace=False)


def _farthest_first(places: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Gonzalez's traversal, from an observation at random."""
    rows = np.empty(size, dtype=int)
    rows[0] = rng.integers(len(places))
    distance = np.full(len(places), np.inf)
    for i in range(1, size):
        last = rows[i - 1]
        np.minimum(distance, ((places - places[last]) ** 2).sum(axis=1), out=distance)
        distance[last] = -1.0  # never again, be others in the same place
        rows[i] = distance.argmax()
    return rows


def _geosketch(places: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    try:
        gs = import_module("geosketch").gs
    except ImportError:
        raise InvalidInput(
            "method='geosketch' needs the package geosketch; install schema-core[sketch], or use 'farthest_first'"
        ) from None
    before = np.random.get_state()  # noqa: NPY002 (it seeds the generator that all share)
    try:
        return np.asarray(gs(places, size, seed=int(rng.integers(2**32)), replace=False))
    finally:
        np.random.set_state(before)  # noqa: NPY002


METHODS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "geosketch": _geosketch,
    "farthest_first": _farthest_first,
    "uniform": _uniform,
}
