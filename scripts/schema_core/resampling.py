"""How weights change with the observations: groups left out, and bootstrap of blocks. Moments are added, not data."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from schema_core.errors import InvalidInput
from schema_core.merging import brought_to
from schema_core.moments import Moments
from schema_core.observed import Observed

N_BLOCKS, FEWEST_BLOCKS, BLOCKS_BYTES = 50, 10, 2**28


class Stability(NamedTuple):
    """Standard errors of weights.

    Attributes
    ----------
    features : a row for each feature: weight, weight_se, rank (1 is the largest weight) and rank_se
    replicates : a row for each group left out (by its name), or each bootstrap: objective, then each weight
    """

    features: pd.DataFrame
    replicates: pd.DataFrame


def without_each(observed: Observed, moments: Moments, groups: np.ndarray) -> Iterator[tuple[object, Moments]]:
    """The moments without the rows of each group, (N,) labels, by subtraction; anew where too little would be left."""
    for group in pd.unique(groups):
        mine = groups == group
        try:
            rest = moments - Moments.of(observed, np.flatnonzero(mine))
        except InvalidInput:
            rest = Moments.of(observed, np.flatnonzero(~mine))
        yield group, rest


def bootstraps(
    observed: Observed, moments: Moments, blocks: np.ndarray | None, n: int, rng: np.random.Generator
) -> Iterator[Moments]:
    """Moments of n samples of blocks of rows, each with replacement; blocks : (N,) labels, or random ones."""
    if blocks is None:
        fit = BLOCKS_BYTES // (8 * max(1, moments.dense.size + moments.across.size))
        blocks = rng.permutation(len(observed)) % int(min(N_BLOCKS, max(FEWEST_BLOCKS, fit), len(observed)))
    parts = [Moments.of(observed, np.flatnonzero(blocks == block)) for block in pd.unique(blocks)]
    parts = [brought_to(part, moments) for part in parts]
    for _ in range(n):
        yield combined(parts, rng.multinomial(len(parts), np.full(len(parts), 1 / len(parts))))


def combined(parts: list[Moments], counts: np.ndarray) -> Moments:
    """The sum of moments with one layout, centre and unit, each so many times."""
    chosen = [(part, float(count)) for part, count in zip(parts, counts, strict=True) if count]
    sums = {
        name: sum(count * getattr(part, name) for part, count in chosen) for name in ("dense", "across", "together")
    }
    partial = {j: combined([part.partial[j] for part in parts], counts) for j in parts[0].partial}
    return replace(parts[0], partial=partial, **sums)


def standard_errors(weights: np.ndarray, names: np.ndarray, replicates: np.ndarray, jackknife: bool) -> pd.DataFrame:
    """Of weights (k,) and their ranks, from those of R replicates (R, k).

    jackknife : each leaves one group out, and the spread of R such is (R - 1)²/R of that between independent samples
    """
    n = len(replicates)
    factor = (n - 1) / np.sqrt(n) if jackknife else 1.0
    rank, ranks = rankdata(-weights), rankdata(-replicates, axis=1)
    columns = {"weight": weights, "weight_se": factor * replicates.std(axis=0, ddof=1)}
    columns |= {"rank": rank, "rank_se": factor * ranks.std(axis=0, ddof=1)}
    return pd.DataFrame(columns, index=pd.Index(names, name="feature"))
