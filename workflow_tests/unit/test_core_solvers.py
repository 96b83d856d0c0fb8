"""The exact solver and the paper's grid: optimality, certificates, ties, limits."""

import numpy as np
import pytest
from core_problems import best_of_local_searches, drawn_covariances, objectives, random_feasible

from schema_core import InfeasibleCorrelation, InvalidInput, Moments, Problem, max_correlation, solve, solve_ensemble
from schema_core.exact import solve_exact
from schema_core.grid import solve_grid

N_DRAWN = 320


@pytest.fixture(scope="module")
def drawn():
    """Drawn problems with their exact solutions, s a share of the largest feasible one."""
    problems = []
    for seed in range(N_DRAWN):
        rng = np.random.default_rng(seed)
        covariances, gamma = drawn_covariances(rng)
        q = rng.choice([1.3, 2.0, 1000.0])
        limit = min(1.0, max_correlation(covariances, max_weight_ratio=q))
        if limit <= 0:
            continue
        s = limit * rng.choice([0.0, 0.5, 0.9, 0.99])
        problem = Problem.from_covariances(covariances, gamma, s, q)
        problems.append((problem, solve_exact(problem), rng))
    return problems


def test_draws_hold_positive_and_negative_optima(drawn):
    assert len(drawn) >= 300
    positive = sum(solution.certificate.kind == "global" for _, solution, _ in drawn)
    assert 50 < positive < len(drawn) - 50
    for _, solution, _ in drawn:
        assert (solution.certificate.kind == "global") == (solution.objective > 0)


def test_solutions_are_feasible_with_mean_one(drawn):
    for problem, solution, _ in drawn:
        assert problem.allows(solution.weights, 1e-9)
        assert solution.weights.mean() == pytest.approx(1)
        assert solution.objective == pytest.approx(problem.objective(solution.weights))


def test_global_certificates_are_tight_and_never_broken(drawn):
    for problem, solution, rng in drawn:
        if solution.certificate.kind == "global":
            assert 0 <= solution.certificate.gap < 1e-6
            points = random_feasible(problem, rng, 2000)
            assert objectives(problem, points).max(initial=-1) <= solution.certificate.bound + 1e-12


def test_never_below_ten_thousand_random_feasible_weights(drawn):
    found = 0
    for problem, solution, rng in drawn:
        points = random_feasible(problem, rng)
        found += len(points) > 100
        assert objectives(problem, points).max(initial=-np.inf) <= solution.objective + 1e-7
    assert found > 0.8 * len(drawn)


def test_never_below_a_local_search_from_many_starts(drawn):
    for problem, solution, rng in drawn:
        points = random_feasible(problem, rng, 200)
        starts = points[rng.permutation(len(points))[:5]]
        assert best_of_local_searches(problem, starts) <= solution.objective + 2e-7


def test_never_below_the_grid(drawn):
    gains, none = [], 0
    for problem, solution, _ in drawn[::3]:
        grid = solve_grid(problem)
        if grid is None:
            none += 1
            continue
        assert problem.allows(grid.weights, 1e-7)
        gains.append(solution.objective - grid.objective)
    assert min(gains) > -1e-7
    assert max(gains) > 1e-3  # the grid does lose something
    assert none < len(drawn[::3]) / 10


def covariances_of(X, *modalities, **options):
    return Moments.from_arrays(X, list(modalities) if len(modalities) > 1 else modalities[0], **options).covariances()


RNG = np.random.default_rng(5)


def test_one_informative_feature_takes_the_weight():
    X = RNG.normal(size=(500, 6))
    solution = solve(covariances_of(X, X[:, 2]), [1.0], min_correlation=0.0, max_weight_ratio=6)
    np.testing.assert_allclose(solution.weights, 6 * np.eye(6)[2], atol=3e-3)
    assert solution.objective == pytest.approx(1, abs=1e-6)


def test_duplicated_features_share_their_weight():
    X = RNG.normal(size=(400, 3))
    doubled = np.column_stack([X, X[:, 0], X[:, 0]])
    target = X[:, 0] + 0.5 * RNG.normal(size=400)
    solution = solve(covariances_of(doubled, target), [1.0], min_correlation=0.8)
    np.testing.assert_allclose(solution.weights[[3, 4]], solution.weights[0], rtol=1e-3)
    assert solution.certificate.gap < 1e-6


def test_constant_features_get_weight_one_and_change_nothing():
    X = RNG.normal(size=(400, 4))
    target = X[:, 0] + X[:, 1]
    with_constant = np.column_stack([np.full(400, 7.0), X, np.zeros(400)])
    plain = solve(covariances_of(X, target), [1.0], min_correlation=0.9, max_weight_ratio=1.5)
    padded = solve(covariances_of(with_constant, target), [1.0], min_correlation=0.9, max_weight_ratio=1.5)
    np.testing.assert_allclose(padded.weights, [1, *plain.weights, 1], rtol=1e-6, atol=1e-9)
    assert padded.objective == pytest.approx(plain.objective, rel=1e-9)
    assert np.isfinite(solve(covariances_of(with_constant, target), [1.0], solver="grid").weights).all()


def test_ties_go_to_the_weights_nearest_to_equal():
    """With S diagonal and equal covariances, every direction is as good as its twin: the answer is symmetric."""
    k = 4
    problem = Problem(R=np.eye(k), a=np.array([1.0, 1.0, 0, 0]), b=np.ones(k) / 2, sd=np.ones(k), s=0.0, q=1000.0)
    np.testing.assert_allclose(solve_exact(problem).weights, [2, 2, 0, 0], atol=1e-3)
    one = np.ones(k)
    rank_one = Problem(R=np.ones((k, k)), a=one, b=one, sd=one, s=0.0, q=1000.0)  # all weights are optimal
    np.testing.assert_allclose(solve_exact(rank_one).weights, 1, atol=1e-6)


def test_negative_weight_asks_for_disagreement():
    X = RNG.normal(size=(500, 5))
    covariances = covariances_of(X, X[:, 0], X[:, 1])
    solution = solve(covariances, [1.0, -1.0], min_correlation=0.5, max_weight_ratio=5)
    assert solution.weights.argmax() == 0
    assert solution.weights[1] == solution.weights.min()


def test_a_cap_binds_exactly():
    X = RNG.normal(size=(500, 5))
    solution = solve(covariances_of(X, X[:, 0]), [1.0], min_correlation=0.0, max_weight_ratio=1.7)
    assert solution.weights.max() == pytest.approx(1.7, rel=1e-6)
    equal = solve(covariances_of(X, X[:, 0]), [1.0], min_correlation=0.0, max_weight_ratio=1.0)
    np.testing.assert_allclose(equal.weights, 1, atol=1e-6)


def test_s_at_the_limit_and_past_it():
    X = RNG.normal(size=(300, 4))
    label = X[:, 0] + RNG.normal(size=300)
    covariances = covariances_of(X, X[:, 1], reference=label)
    limit = max_correlation(covariances)
    assert 0.1 < limit < 0.9
    at_limit = solve(covariances, [1.0], min_correlation=limit * (1 - 1e-7))
    assert covariances.correlations(at_limit.weights)[0] == pytest.approx(limit, rel=1e-6)
    with pytest.raises(InfeasibleCorrelation, match=r"min_correlation=0\.95") as caught:
        solve(covariances, [1.0], min_correlation=0.95)
    assert caught.value.maximum == pytest.approx(limit, rel=1e-6)
    with pytest.raises(InfeasibleCorrelation):
        solve(covariances, [1.0], min_correlation=0.95, solver="grid")


def test_largest_correlation_equals_a_search_over_thresholds():
    X = np.abs(RNG.normal(size=(300, 5)))
    covariances = covariances_of(X, X[:, 1], reference=X[:, 0] + X[:, 2] + RNG.normal(size=300))
    problem = Problem.from_covariances(covariances, [0.0], 0.0, 1000.0)
    limit = max_correlation(covariances)
    points = random_feasible(problem, RNG)
    correlations = points @ problem.g / np.sqrt(np.einsum("ni,ij,nj->n", points, problem.S, points))
    assert correlations.max() <= limit + 1e-9
    assert correlations.max() > 0.9 * limit


def test_the_grid_never_sets_the_ridge_to_zero_on_demand():
    X = RNG.normal(size=(300, 4))
    covariances = covariances_of(X, X[:, 0] + X[:, 1])
    assert solve(covariances, [1.0], solver="grid").details["lambda"] == 0
    assert solve(covariances, [1.0], solver="grid", ridge_always=True).details["lambda"] > 0


def test_an_ensemble_equals_single_solves_and_falls_with_s():
    X = RNG.normal(size=(300, 6))
    covariances = covariances_of(X, X[:, 0] + RNG.normal(size=300))
    ensemble = solve_ensemble(covariances, [1.0], [0.99, 0.9, 0.5], [2.0, 1000.0])
    assert list(ensemble) == [(s, q) for s in (0.99, 0.9, 0.5) for q in (2.0, 1000.0)]
    single = solve(covariances, [1.0], min_correlation=0.9, max_weight_ratio=2.0)
    np.testing.assert_array_equal(ensemble[0.9, 2.0].weights, single.weights)
    values = [ensemble[s, 1000.0].objective for s in (0.99, 0.9, 0.5)]
    assert values == sorted(values)


@pytest.mark.parametrize(
    "options",
    [{"min_correlation": 1.0}, {"min_correlation": -0.1}, {"max_weight_ratio": 0.5}, {"solver": "magic"}],
)
def test_parameters_out_of_range_are_named(options):
    covariances = covariances_of(RNG.normal(size=(50, 3)), RNG.normal(size=50))
    (name, value), *_ = options.items()
    with pytest.raises(InvalidInput, match=f"{name}={value!r}"):
        solve(covariances, [1.0], **options)


def test_the_number_of_modality_weights_must_fit():
    with pytest.raises(InvalidInput, match="2 modality weights for 1"):
        solve(covariances_of(RNG.normal(size=(50, 3)), RNG.normal(size=50)), [1.0, 2.0])
