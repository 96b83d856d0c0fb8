"""The one format in which every method of the part gives its result: a score for each gene, the highest first.

Columns: method, positions ("observed", or "shuffled" for the control), kind ("final", or "granule" and "other" for the
intermediate rankings of a method that is run on two groups of cells), gene, score (float; NaN: not scored).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

COLUMNS = ["method", "positions", "kind", "gene", "score"]
GROUPS = ("granule", "other")


def ranking(genes: np.ndarray, score: np.ndarray, *, method: str, positions: str, kind: str = "final") -> pd.DataFrame:
    """One ranking in the common format."""
    table = pd.DataFrame({"gene": np.asarray(genes, dtype=str), "score": np.asarray(score, dtype=float)})
    return table.assign(method=method, positions=positions, kind=kind)[COLUMNS]


def rank_difference(granule: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How much higher a gene ranks in granule cells than in the others (paper: Methods, SpatialDE and Trendsceek).

    Ranks among the genes scored in both groups, as shares of their number; ties share a mean rank. NaN elsewhere.
    """
    both = np.isfinite(granule) & np.isfinite(other)
    difference = np.full(len(granule), np.nan)
    ranks = [pd.Series(scores[both]).rank(pct=True).to_numpy() for scores in (granule, other)]
    difference[both] = ranks[0] - ranks[1]
    return difference


def by_groups(genes: np.ndarray, score_of: Callable[[str], np.ndarray], *, method: str, positions: str) -> pd.DataFrame:
    """The rankings of granule cells, of other cells, and of their difference.

    score_of : gives the scores (genes,) of a group, "granule" or "other"
    """
    scores = {group: np.asarray(score_of(group), dtype=float) for group in GROUPS}
    scores["final"] = rank_difference(scores["granule"], scores["other"])
    labels = {"method": method, "positions": positions}
    return pd.concat([ranking(genes, score, kind=kind, **labels) for kind, score in scores.items()], ignore_index=True)
