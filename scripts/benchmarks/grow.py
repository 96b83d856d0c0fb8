"""How the time and memory of an exact fit grow with the number of observations, in memory and streamed.

Each size runs in a fresh process. Making the data is left out of the time; all of the process is in the memory.
"""

import logging
from collections.abc import Iterator
from time import perf_counter

import numpy as np
import pandas as pd

from running import step, write_table
from running.fresh_process import in_fresh_process
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


logger = logging.getLogger(__name__)


def grow(sizes: list[int], *, k: int, width: int, chunk: int, seed: int, threads: int) -> pd.DataFrame:
    """One row per number of observations and mode ("in memory", or "streamed" in chunks of ``chunk``)."""
    rows = []
    for n in sizes:
        for mode, at_once in (("in memory", None), ("streamed", chunk)):
            settings = {"n": n, "k": k, "width": width, "seed": seed}
            measured = in_fresh_process("benchmarks.grow:measured_growth", threads=threads, chunk=at_once, **settings)
            rows.append({"mode": mode, "n": n, "k": k, "width": width, "threads": threads} | measured)
            logger.info("%s", rows[-1])
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        settings = {name: snakemake.params[name] for name in ("sizes", "k", "width", "chunk", "seed")}
        table = grow(**settings, threads=snakemake.threads)
        write_table(table, snakemake.output[0])
