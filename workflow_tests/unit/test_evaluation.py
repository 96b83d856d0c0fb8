"""Rank agreement, plain and given a third variable."""

import numpy as np
import pytest

from evaluation.scores import partial_rank_agreement, rank_agreement


def test_rank_agreement_by_hand():
    assert rank_agreement([1, 2, 3, 4], [10, 20, 30, 25]).rho == pytest.approx(0.8)
    assert rank_agreement([1, 2, np.nan, 4, 3], [1, 2, 9, 4, 3]) == (pytest.approx(1), pytest.approx(0, abs=1e-6), 4)
    assert np.isnan(rank_agreement([1, 1, 1], [1, 2, 3]).rho)
    assert np.isnan(rank_agreement([1, 2], [1, 2]).rho)


def test_partial_rank_agreement_removes_a_common_cause():
    rng = np.random.default_rng(0)
    cause = rng.normal(size=2000)
    one, other = cause + rng.normal(size=2000), cause + rng.normal(size=2000)
    assert rank_agreement(one, other).rho > 0.4
    assert abs(partial_rank_agreement(one, other, cause)) < 0.05
