"""How densely granule cells lie, and whether those of high loading lie more densely (paper: Fig 4b, d)."""

import numpy as np
import pandas as pd

HIGH = 0.75  # quantile of the loadings above which a bead is high (paper: top quartile)


def is_high(loading: pd.Series) -> pd.Series:
    """Which beads are in the top quarter of the loadings."""
    return loading >= loading.quantile(HIGH)


def density_variation(obs: pd.DataFrame, clusters: list[int]) -> pd.Series:
    """The coefficient of variation of local density over the beads of each of ``clusters``; NaN for none.

    obs : cluster, density_observed, by bead
    """
    by_cluster = obs.groupby("cluster")["density_observed"]
    return (by_cluster.std() / by_cluster.mean()).reindex(clusters)


def density_of_high(obs: pd.DataFrame, loading: pd.Series, positions: str) -> float:
    """Mean local density of granule beads of high loading less that of the others, in standard deviations.

    obs : granule, density_<positions>, by bead; loading : by bead. NaN where there is none of either kind.
    """
    high = is_high(loading.reindex(obs.index))[obs["granule"]]
    density = obs.loc[obs["granule"], f"density_{positions}"]
    return float((density[high].mean() - density[~high].mean()) / density.std()) if high.any() else np.nan
