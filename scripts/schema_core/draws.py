"""Which pairs of observations to visit."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from schema_core.errors import InvalidInput

PAIRS_AT_ONCE = 200_000
RARE = 1e-3  # of what is drawn, so much at least must be pairs
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # the two observations of each, and how often it counts


def generator(random_state: Any) -> np.random.Generator:
    """A generator of a seed; InvalidInput for what is none."""
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"random_state={random_state!r} is no seed ({error}); use a whole number from 0 up"
        ) from error


def random_pairs(n: int, n_pairs: int, rng: np.random.Generator, weights: np.ndarray | None) -> Iterator[Pairs]:
    """Random pairs of distinct observations, some at a time; of rows with weights, as often as their product says."""
    share = None if weights is None else weights / weights.sum()
    if (
        share is not None
        and weights is not None
        and 1 - (share**2 * np.minimum(1, 1 / np.maximum(weights, 1e-300))).sum() < RARE
    ):
        raise InvalidInput("sample_weight stands on one row nearly alone, which makes no pairs; give whole counts")
    while n_pairs > 0:
        size = min(PAIRS_AT_ONCE, n_pairs)
        if weights is None:
            first = rng.integers(n, size=size)
            second = (first + rng.integers(1, n, size=size)) % n
        else:  # a row of weight v is v observations, of which each goes with v - 1 others
            first, second = rng.choice(n, (2, size), p=share)
            keep = (first != second) | (rng.random(size) * weights[first] < weights[first] - 1)
            first, second = first[keep], second[keep]
        n_pairs -= len(first)
        yield first, second, None


def all_pairs(n: int, weights: np.ndarray | None) -> Iterator[Pairs]:
    """Every pair once, some at a time, or with how often it counts."""
    rows_at_once = max(1, PAIRS_AT_ONCE // n)
    for start in range(0, n - (weights is None), rows_at_once):
        first, second = np.meshgrid(np.arange(start, min(start + rows_at_once, n)), np.arange(n), indexing="ij")
        keep = second > first if weights is None else second >= first
        first, second = first[keep], second[keep]
        if weights is None:
            yield first, second, None
        else:
            same = first == second
            yield first, second, weights[first] * (weights[second] - same) / (1 + same)
