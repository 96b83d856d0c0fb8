"""Agreement of two rankings."""

from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr


class RankAgreement(NamedTuple):
    """Spearman's ρ, its two-sided p from the t distribution, and the number of points."""

    rho: float
    p: float
    n: int


def rank_agreement(one: np.ndarray, other: np.ndarray) -> RankAgreement:
    """Spearman's rank correlation over the points where both are known; NaN below 3 points or for constant input."""
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    known = np.isfinite(one) & np.isfinite(other)
    one, other = one[known], other[known]
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return RankAgreement(np.nan, np.nan, len(one))
    found = spearmanr(one, other)
    return RankAgreement(float(found.statistic), float(found.pvalue), len(one))


def partial_rank_agreement(one: np.ndarray, other: np.ndarray, given: np.ndarray) -> float:
    """Spearman's ρ of two rankings after what both share with a third."""
    ab, ac, bc = (rank_agreement(*pair).rho for pair in ((one, other), (one, given), (other, given)))
    return (ab - ac * bc) / np.sqrt((1 - ac**2) * (1 - bc**2))
