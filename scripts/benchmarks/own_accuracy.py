"""What rounding does to the answer as rows are added up, to 1e8 and beyond.

A few distinct chunks of rows are added again and again, as many times as a large file has chunks, each with its own
centre and through the same sums as a run. Copies of the same rows multiply every sum by their number, so that the truth
is known: the sums of the distinct rows in extended precision (np.longdouble), times the number of copies.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from running import step, write_table
from schema_core import Covariances, Modality, Moments, solve

DISTINCT, CHUNK, K = 4, 50_000, 20


def data(rng: np.random.Generator, offset: float) -> tuple[np.ndarray, np.ndarray]:
    """Features (CHUNK, K) of sd 1 and a number made of the first, both ``offset`` away from 0; float64."""
    X = rng.standard_normal((CHUNK, K))
    y = X[:, 0] + rng.standard_normal(CHUNK)
    return X + offset, y + offset


def in_extended_precision(parts: Sequence[tuple[np.ndarray, np.ndarray]], template: Moments) -> Moments:
    """Moments of the parts' rows as longdouble, where each block has one column."""
    columns = np.concatenate([np.column_stack(part) for part in parts]).astype(np.longdouble)
    centre = columns.mean(axis=0)
    columns -= centre
    wide = np.column_stack([np.ones(len(columns), np.longdouble), columns, columns**2])
    return replace(template, centre=centre, dense=wide.T @ wide)


def added_up(chunks: Sequence[Moments], copies: int, jobs: int) -> Moments:
    """All chunks, ``copies`` times: first in each job, then over the jobs."""
    per_job = []
    for job in range(jobs):
        total = None
        for number in range(job * copies // jobs * len(chunks), (job + 1) * copies // jobs * len(chunks)):
            part = chunks[number % len(chunks)]
            total = part if total is None else total + part
        per_job.append(total)
    return sum(per_job[1:], per_job[0])


def errors(found: Covariances, truth: Covariances) -> dict[str, float]:
    """Largest error of a correlation between two distances, and of a weight at s = 0.99."""
    sd = np.concatenate([truth.feature_sd, truth.modality_sd])
    ours, true = (np.column_stack([one.features, one.modalities]) for one in (found, truth))
    relative = np.abs(ours - true) / np.outer(truth.feature_sd, sd)
    arrays = {name: one.astype(np.float64) for name, one in vars(truth).items() if isinstance(one, np.ndarray)}
    rounded = replace(truth, **arrays)
    weights = [solve(one, [1.0]).weights for one in (found, rounded)]
    return {"covariance_error": float(relative.max()), "weight_error": float(np.abs(weights[0] - weights[1]).max())}


def accuracy(rows: Sequence[int], offsets: Sequence[float], jobs: int, seed: int) -> pd.DataFrame:
    """One row per number of rows and offset."""
    table = []
    for offset in offsets:
        rng = np.random.default_rng(seed)
        parts = [data(rng, offset) for _ in range(DISTINCT)]
        chunks = [Moments.from_arrays(X, Modality(y)) for X, y in parts]
        once = in_extended_precision(parts, chunks[0])
        for n in rows:
            copies = n // (DISTINCT * CHUNK)
            found = added_up(chunks, copies, min(jobs, copies)).covariances()
            truth = replace(once, dense=copies * once.dense).covariances()
            table.append({"rows": n, "chunks": copies * DISTINCT, "offset": offset, **errors(found, truth)})
    return pd.DataFrame(table)


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        table = accuracy(params.rows, params.offsets, params.jobs, params.seed)
        write_table(table, snakemake.output[0])
