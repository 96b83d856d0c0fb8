"""No answer depends on units: of the data, of one feature, of a modality, of its weight; nor on origins."""

import warnings

import numpy as np
import pytest
from core_problems import assert_same_metric, drawn_covariances, objectives, random_feasible
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from schema_core import (
    InfeasibleCorrelation,
    InvalidInput,
    Modality,
    Moments,
    NoVariation,
    Problem,
    Schema,
    SchemaWarning,
    max_correlation,
    sampled_covariances,
    solve,
    solve_ensemble,
)
from schema_core.exact import CLOSED

quickly = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 10_000)
factors = st.floats(-100, 100).map(lambda exponent: 10.0**exponent)
signs = st.sampled_from([1.0, -1.0])


def drawn(seed):
    """Numbers (80, 4), a modality (80, 2) that depends on the first two columns, and a reference (80,)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, 4)) * rng.uniform(0.3, 3, 4)
    return X, X[:, :2] + rng.normal(size=(80, 2)), X[:, 0] + X[:, 2] + rng.normal(size=80)


@quickly
@given(seeds, factors, factors, factors, signs, st.sampled_from([1.5, 1000.0]))
def test_units_do_not_matter(seed, of_x, of_y, of_gamma, sign, q):
    X, Y, _ = drawn(seed)
    model = Schema(min_correlation=0.8, max_weight_ratio=q)
    plain = model.fit(X, Modality(Y, weight=sign))
    objective, kind, weights = plain.objective_, plain.certificate_.kind, plain.weights_
    other = model.fit(X * of_x, Modality(Y * of_y, weight=sign * of_gamma))
    assert other.objective_ / of_gamma == pytest.approx(objective, abs=1e-8)
    assert other.certificate_.kind == kind
    assert_same_metric(weights, other)


@quickly
@given(seeds, factors, factors, factors)
def test_nor_for_the_grid(seed, of_x, of_y, of_gamma):
    X, Y, _ = drawn(seed)
    plain, other = (
        Schema(min_correlation=0.8, solver="grid").fit(X * a, Modality(Y * b, weight=c)).weights_
        for a, b, c in ((1, 1, 1), (of_x, of_y, of_gamma))
    )
    np.testing.assert_allclose(other, plain, rtol=1e-4, atol=1e-6)


@quickly
@given(seeds, st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_nor_do_origins(seed, of_x, of_y, shift):
    X, Y, _ = drawn(seed)
    plain = Schema(min_correlation=0.8).fit(X, Y)
    moved = Schema(min_correlation=0.8).fit((X + shift) * of_x, (Y - shift) * of_y)
    assert_same_metric(moved.weights_, plain)
    assert moved.objective_ == pytest.approx(plain.objective_, abs=1e-8)


@quickly
@given(seeds, st.lists(st.floats(-20, 20), min_size=5, max_size=5), signs, st.sampled_from([0.0, 0.5, 0.99]))
def test_a_feature_times_f_gets_its_weight_over_f_squared(seed, exponents, sign, share):
    """The reference is given, so that it does not change with X, and no cap binds. One feature is there twice."""
    X, Y, reference = drawn(seed)
    X, f = np.column_stack([X, X[:, 0]]), 10.0 ** np.array(exponents)
    limit = max_correlation(Moments.from_arrays(X, Y, reference).covariances())
    plain, other = (
        Schema(min_correlation=max(0.0, share * limit)).fit(data, Modality(Y, weight=sign), reference)
        for data in (X, X * f)
    )
    assert other.objective_ == pytest.approx(plain.objective_, abs=1e-8)
    assert other.certificate_.kind == plain.certificate_.kind
    back = other.weights_ / other.weights_.max() * f**2
    assert_same_metric(back / back.mean(), plain)
    if plain.certificate_.kind == "global":  # the copies share alike
        np.testing.assert_allclose(back[4], back[0], rtol=1e-3, atol=1e-6 * back.max())


@quickly
@given(seeds, st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 79))
def test_a_constant_is_constant_wherever_it_stands(seed, constant, cut):
    X, Y, _ = drawn(seed)
    padded = np.column_stack([np.full(80, constant), X])
    plain, other = Schema(min_correlation=0.8).fit(X, Y), Schema(min_correlation=0.8).fit(padded, Y)
    assert other.weights_[0] == 1
    np.testing.assert_allclose(other.weights_[1:], plain.weights_, rtol=1e-5, atol=1e-6)
    merged = Moments.from_chunks((padded[rows], Y[rows]) for rows in (slice(cut), slice(cut, None)))
    assert merged.covariances().varies.tolist() == [False, True, True, True, True]
    with pytest.raises(NoVariation, match=r"modalities\[0\]"):
        Schema().fit(X, padded[:, 0])
    with pytest.raises(NoVariation, match="reference"):
        Schema().fit(X, Y, reference=padded[:, 0])


@quickly
@given(seeds, st.sampled_from([1e8, -1e10, 2.0**40]), st.integers(1, 79))
def test_what_varies_little_far_from_0_varies(seed, offset, cut):
    """Values that floats hold exactly at the offset, so that nothing is lost before they are given."""
    X, Y, reference = drawn(seed)
    X[:, 0] = np.round(X[:, 0] * 256) * 2.0**-12
    far = X + np.array([offset, 0, 0, 0])
    plain, moved = (Schema(min_correlation=0.1).fit(data, Y, reference) for data in (X, far))
    assert moved.objective_ == pytest.approx(plain.objective_, abs=1e-10)
    chunks = ((far[rows], Y[rows], reference[rows]) for rows in (slice(cut), slice(cut, None)))
    merged = Moments.from_chunks(chunks).covariances()
    expected = plain.covariances_.feature_correlations
    np.testing.assert_allclose(merged.feature_correlations, expected, atol=1e-10)


@quickly
@given(seeds, st.lists(factors, min_size=4, max_size=4), factors, st.integers(1, 79))
def test_covariances_in_any_units(seed, of_x, of_y, cut):
    """In one pass, in chunks, and visiting every pair."""
    X, Y, reference = drawn(seed)
    plain = Moments.from_arrays(X, Y, reference).covariances()
    given = X * of_x, Y * of_y, reference * of_y
    rows = slice(cut), slice(cut, None)
    ways = [
        Moments.from_arrays(*given).covariances(),
        Moments.from_chunks(tuple(one[some] for one in given) for some in rows).covariances(),
        sampled_covariances(*given, n_pairs=None),
    ]
    for found in ways:
        for name in ("feature_correlations", "modality_correlations", "reference_correlations"):
            np.testing.assert_allclose(getattr(found, name), getattr(plain, name), atol=1e-12)
        np.testing.assert_allclose(found.feature_sd, plain.feature_sd * np.square(of_x), rtol=1e-10)
        np.testing.assert_allclose(found.modality_sd, plain.modality_sd * of_y**2, rtol=1e-10)


@pytest.mark.parametrize("factor", [1e160, 1e-160, 1e307])
def test_what_floats_cannot_square_is_refused(factor):
    X, Y, _ = drawn(0)
    for arguments, name in (((X * factor, Y), "X, column 0"), ((X, Y * factor), r"modalities\[0\], column 0")):
        for pairs in ("all", 500):
            with pytest.raises(InvalidInput, match=f"{name} spans .*unit"):
                Schema(pairs=pairs).fit(*arguments)
    with pytest.raises(InvalidInput, match="similar units"):
        Schema().fit(X * [1e100, 1e-100, 1, 1], Y)


@quickly
@given(st.integers(3, 30), factors, st.booleans(), seeds, st.sampled_from(["all", 500]))
def test_equal_distances_are_no_variation(n, factor, turned, seed, pairs):
    points = np.eye(n) * factor
    if turned:
        points = points @ ortho_group(n, seed=seed).rvs()
    values, model = np.random.default_rng(seed).normal(size=(n, 2)), Schema(min_correlation=0.0, pairs=pairs)
    with pytest.raises(NoVariation, match="reference"):
        model.fit(points, values)
    with pytest.raises(NoVariation, match=r"modalities\[0\]"):
        model.fit(values, points)
    with pytest.raises(NoVariation, match="reference"):
        model.fit(values, values[:, 0], points)


def test_weights_that_make_all_distances_equal_are_not_taken():
    """Equal ones do, here; the reference is of its own."""
    rng = np.random.default_rng(0)
    for n in (4, 6, 9, 15):
        model = Schema(min_correlation=0.0).fit(np.eye(n), rng.normal(size=n), rng.normal(size=n))
        assert -1e-9 <= model.reference_correlation_ <= 1
        assert 0 < model.objective_ <= model.certificate_.bound < 1
        assert np.isnan(model.modality_correlations_[0]).all()


@pytest.mark.parametrize("solver", ["exact", "grid"])
@pytest.mark.parametrize("constants", [0, 2])
def test_one_feature_that_varies_must_keep_the_correlation_too(solver, constants):
    X, Y, reference = drawn(1)
    one = np.column_stack([X[:, :1], np.ones((80, constants))])
    model = Schema(min_correlation=0.99, solver=solver)
    moments = Moments.from_arrays(one, Y, reference)
    alone = moments.covariances().reference_correlations[0]
    assert 0 < alone < 0.9
    for ask in (
        lambda: model.fit(one, Y, reference),
        lambda: model.fit_moments(moments),
        lambda: solve(moments.covariances(), [1.0], min_correlation=0.99, solver=solver),
        lambda: solve(moments.covariances(), [-1.0], min_correlation=0.99, solver=solver),
        lambda: solve_ensemble(moments.covariances(), [1.0], [0.99, 0.98], solver=solver),
    ):
        with pytest.raises(InfeasibleCorrelation) as caught:
            ask()
        assert caught.value.maximum == pytest.approx(alone)
    for sign in (1.0, -1.0):
        solution = solve(moments.covariances(), [sign], min_correlation=0.9 * alone, solver=solver)
        assert solver == "grid" or solution.weights.tolist() == [1.0] * (1 + constants)
        assert solution.objective == pytest.approx(sign * moments.covariances().modality_correlations[0, 0])


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 100_000), st.sampled_from([1.0, 1.0001, 1.2, 2.0, 5.0, 1000.0]), st.sampled_from([0.0, 0.5, 0.99])
)
def test_global_is_said_where_the_gap_is_closed_only(seed, q, share):
    """Features of very different spread under a cap are the hardest; elsewhere the gap is closed."""
    rng = np.random.default_rng(seed)
    covariances, gamma = drawn_covariances(rng, decades=rng.choice([0, 2, 5]))
    limit = max_correlation(covariances, max_weight_ratio=q)
    if limit <= 0:
        return
    problem = Problem.from_covariances(covariances, gamma, share * min(limit, 1.0), q)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        solution = solve(covariances, gamma, min_correlation=problem.s, max_weight_ratio=q)
    kind, bound, gap = vars(solution.certificate).values()
    assert (kind == "not closed") == solution.status.startswith("not closed") == bool(said)
    assert all(one.category is SchemaWarning and "not closed" in str(one.message) for one in said)
    assert problem.allows(solution.weights, 1e-9)
    if kind == "local":
        assert np.isnan([bound, gap]).all()
        return
    assert (kind == "global") == (0 <= gap <= CLOSED * abs(solution.objective))
    assert bound == pytest.approx(solution.objective + gap)
    points = random_feasible(problem, rng, 2000)
    assert objectives(problem, points).max(initial=-1) <= bound + 1e-12
