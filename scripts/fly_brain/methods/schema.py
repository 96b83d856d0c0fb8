"""Schema: each factor times the root of its weight."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from anndata import AnnData


def represent(factors: AnnData, weights: pd.DataFrame) -> Iterator[tuple[str, float, np.ndarray]]:
    """For each set of ages, by falling s: the ages, s, and the places (n, k). ``weights``: of ``fly_brain.weights``."""
    falling = weights.sort_values("min_correlation", ascending=False)
    for (ages, s), rows in falling.groupby(["ages", "min_correlation"], sort=False):
        yield ages, s, factors.X * np.sqrt(rows.sort_values("factor")["weight"].to_numpy())
