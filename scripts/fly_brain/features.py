"""The representations that are compared: RNA alone, Schema for each s (and shuffled ages), and CCA."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from anndata import AnnData
from sklearn.cross_decomposition import CCA


class Representation(NamedTuple):
    """What a method makes of the cells.

    ``method``: "rna", "schema" or "cca"; ``ages``: "age", or "shuffle_<i>" for a control; ``min_correlation``: s, NaN
    for the other methods; ``points`` (n, d).
    """

    method: str
    ages: str
    min_correlation: float
    points: np.ndarray

    @property
    def labels(self) -> dict:
        """All but the points, for a table."""
        return {"method": self.method, "ages": self.ages, "min_correlation": self.min_correlation}


def representations(factors: AnnData, weights: pd.DataFrame, *, controls: bool) -> Iterator[Representation]:
    """RNA alone, Schema by falling s, CCA; then, if ``controls``, Schema with shuffled ages.

    factors : (n, k) features of unit variance; weights : the table of :mod:`fly_brain.weights`
    """
    yield Representation("rna", "age", np.nan, factors.X)
    true = weights[weights["ages"] == "age"]
    yield from _weighted(factors, true)
    yield Representation("cca", "age", np.nan, canonical_scores(factors))
    if controls:
        yield from _weighted(factors, weights[weights["ages"] != "age"])


def _weighted(factors: AnnData, weights: pd.DataFrame) -> Iterator[Representation]:
    for (ages, s), rows in weights.sort_values("min_correlation", ascending=False).groupby(
        ["ages", "min_correlation"], sort=False
    ):
        root = np.sqrt(rows.sort_values("factor")["weight"].to_numpy())
        yield Representation("schema", ages, s, factors.X * root)


def canonical_scores(factors: AnnData) -> np.ndarray:
    """Canonical scores of expression against age, (n, 1): with one number per cell there is one pair of variables.

    That one is the least-squares fit of age, up to its scale; the sign is that of age.
    """
    age = factors.obs["age"].to_numpy(dtype=float)[:, None]
    scores = CCA(n_components=1, scale=True).fit(factors.X, age).transform(factors.X)
    return scores * np.sign((scores * (age - age.mean())).sum())
