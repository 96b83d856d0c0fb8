"""No answer depends on units: of the data, of one feature, of a modality, of its weight; nor on origins."""

import numpy as np
import pytest
from core_problems import assert_same_metric
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from schema_core import (
    InvalidInput,
    Modality,
    Moments,
    NoVariation,
    Schema,
    max_correlation,
    sampled_covariances,
)

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
    assume(limit > 0)
    plain, other = (
        Schema(min_correlation=share * limit).fit(data, Modality(Y, weight=sign), reference) for data in (X, X * f)
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
    assert_same_metric(other.weights_[1:], plain)
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
    limit = max_correlation(Moments.from_arrays(X, Y, reference).covariances())
    assume(limit > 0)
    plain, moved = (Schema(min_correlation=limit / 2).fit(data, Y, reference) for data in (X, far))
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


@quickly
@given(seeds)
def test_the_order_of_rows_does_not_matter_and_that_of_features_carries_over(seed):
    X, Y, _ = drawn(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(X.shape[1])
    plain = Schema(min_correlation=0.8).fit(X, Y)
    assert_same_metric(Schema(min_correlation=0.8).fit(X[rows], Y[rows]).weights_, plain)
    permuted = Schema(min_correlation=0.8).fit(X[:, columns], Y)
    assert_same_metric(permuted.weights_[np.argsort(columns)], plain)
    assert permuted.objective_ == pytest.approx(plain.objective_, abs=1e-8)


@quickly
@given(seeds, st.integers(1, 5))
def test_copies_of_a_modality_are_one_of_their_summed_weight(seed, times):
    X, Y, _ = drawn(seed)
    copies = Schema(min_correlation=0.9).fit(X, [Modality(Y, "vector")] * times)
    once = Schema(min_correlation=0.9).fit(X, Modality(Y, "vector", weight=times))
    assert_same_metric(copies.weights_, once)
    assert copies.objective_ == pytest.approx(once.objective_, rel=1e-8)
