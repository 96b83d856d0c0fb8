"""One size of the growth curve: moments and an exact solve, with the observations in memory or streamed."""

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from running.usage import peak_gigabytes
from schema_core import Moments, solve

SHARED = 5


def observations(n: int, k: int, width: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal features (n, k) and a vector modality (n, width) that shares five columns with them, float64."""
    X, Y = rng.standard_normal((n, k)), rng.standard_normal((n, width))
    Y[:, :SHARED] += X[:, :SHARED]
    return X, Y


def measured_growth(n: int, k: int, width: int, seed: int, chunk: int | None) -> dict:
    """Seconds (without making the data) and peak memory (of the whole process, data included). Runs in a fresh process.

    chunk : None for all observations in memory at once, else how many are made and added at a time
    """
    rng = np.random.default_rng(seed)
    making = []

    def chunks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, n, chunk or n):
            began = perf_counter()
            made = observations(min(chunk or n, n - start), k, width, rng)
            making.append(perf_counter() - began)
            yield made

    start = perf_counter()
    covariances = Moments.from_chunks(chunks()).covariances()
    measured = perf_counter()
    solve(covariances, [1.0], min_correlation=0.9)
    end = perf_counter()
    return {
        "seconds_moments": measured - start - sum(making),
        "seconds_solve": end - measured,
        "peak_gb": peak_gigabytes(),
    }
