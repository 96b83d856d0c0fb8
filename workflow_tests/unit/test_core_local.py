"""Where nothing agrees no search beats the local answer, in any units; and many features have an answer in time."""

import logging

import numpy as np
import pytest
from core_problems import best_of_local_searches, drawn_covariances, objectives, random_feasible
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_core import Modality, Moments, Problem, max_correlation, solve
from schema_core.cone import Cone
from schema_core.exact import ExactSolver, solve_exact
from schema_core.local import MOST_PROGRAMS, PROGRAMS_TIMES_CUBE, all_seen

SPANS = [0, 2, 5]  # decades between spreads of features


def in_other_units(problem, rng, n):
    """Random feasible weights, drawn as shares of the spread of features: (m, k)."""
    shares = rng.dirichlet(np.full(len(problem.a), rng.choice([0.1, 0.3, 1.0])), n)
    w = shares / problem.sd
    w /= w.mean(axis=1, keepdims=True)
    v = w * problem.sd
    norms = np.sqrt(np.einsum("ni,ij,nj->n", v, problem.R, v))
    return w[(v @ problem.b >= problem.s * norms) & (w.max(axis=1) <= problem.q)]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 100_000), st.sampled_from(SPANS), st.sampled_from([1.3, 2.0, 1000.0]), st.sampled_from([0, 0.5, 0.9])
)
def test_no_search_beats_the_local_answer(seed, decades, q, share):
    rng = np.random.default_rng(seed)
    covariances, gamma = drawn_covariances(rng, decades)
    limit = max_correlation(covariances, max_weight_ratio=q)
    if limit <= 0:
        return
    problem = Problem.from_covariances(covariances, -np.abs(gamma), share * min(limit, 1 - 1e-9), q).varying()
    solution = solve_exact(problem)
    points = np.vstack([random_feasible(problem, rng, 5000), in_other_units(problem, rng, 20_000)])
    creeping = 1e-4 if decades == 5 else 1e-6  # with spreads up to 1e8 apart ascents may end before they arrive
    assert objectives(problem, points).max(initial=-np.inf) <= solution.objective + creeping * np.abs(gamma).sum()
    if decades == 0 and len(points):
        found = best_of_local_searches(problem, points[rng.permutation(len(points))[:3]])
        assert found <= solution.objective + 1e-6 * np.abs(gamma).sum()


def disagreeing(k, n=300):
    """A problem of k features whose modality is the reference itself, to be disagreed with."""
    X = np.random.default_rng(0).normal(size=(n, k))
    return Moments.from_arrays(X, Modality(X, "vector")).covariances()


def test_a_local_search_says_how_far_it_is_and_ends(caplog, monkeypatch):
    programs = []

    def counted(self, *arguments, solve=Cone._solve, **options):
        programs.append(self.k)
        return solve(self, *arguments, **options)

    monkeypatch.setattr(Cone, "_solve", counted)
    with caplog.at_level(logging.INFO, logger="schema_core"):
        solution = solve(disagreeing(30), [-2.0], min_correlation=0.9)
    assert solution.certificate.kind == "local"
    assert solution.objective == pytest.approx(-1.8, abs=1e-6)  # no distance can keep less of itself
    assert "local search from start 0 of" in caplog.text
    assert "best -1.8" in caplog.text
    for k, most in ((30, MOST_PROGRAMS), (120, PROGRAMS_TIMES_CUBE / 120**3)):
        programs.clear()
        solve(disagreeing(k), [-1.0], min_correlation=0.9)
        assert 5 < len(programs) < most + 10


def test_a_search_ends_once_all_optima_are_likely_seen():
    """Of one optimum after 8 starts; of as many as starts never."""
    assert [all_seen(1, n) for n in (2, 7, 8)] == [False, False, True]
    assert [all_seen(2, n) for n in (16, 17)] == [False, True]
    assert not any(all_seen(n, n) for n in range(300))


def test_a_cap_on_many_features_is_a_sparse_row_each():
    """A dense cap had k² entries, and 2,000 features no answer."""
    k, rng = 150, np.random.default_rng(1)
    X = rng.normal(size=(400, k))
    covariances = Moments.from_arrays(X, X[:, :3].sum(axis=1) + rng.normal(size=400)).covariances()
    problem = Problem.from_covariances(covariances, [1.0], 0.9, 3.0)
    cone = Cone(problem)
    rows = dict(cone._inequalities)
    assert np.count_nonzero(rows["cap"]) == 2 * k
    assert np.count_nonzero(cone._norm[1]) <= k * (k + 1) / 2 + 1  # a triangular root
    solution = solve(covariances, [1.0], min_correlation=0.9, max_weight_ratio=3.0)
    loose = solve(covariances, [1.0], min_correlation=0.9, max_weight_ratio=np.inf)
    assert solution.certificate.kind == loose.certificate.kind == "global"
    assert loose.weights.max() > 4
    assert solution.weights.max() == pytest.approx(3, rel=1e-6)
    assert solution.objective < loose.objective


def test_a_rank_that_is_not_full_still_has_a_triangular_root():
    X = np.random.default_rng(2).normal(size=(50, 6))
    X = np.column_stack([X, X[:, :3] * 2])
    problem = Problem.from_covariances(Moments.from_arrays(X, X[:, 0]).covariances(), [1.0], 0.5, 3.0)
    assert problem.has_ties
    assert problem.root.shape == (6, 9)
    np.testing.assert_allclose(problem.root.T @ problem.root, problem.R, atol=1e-12)
    np.testing.assert_array_equal(problem.root, np.triu(problem.root))
    assert ExactSolver(problem).solve().certificate.kind == "global"
