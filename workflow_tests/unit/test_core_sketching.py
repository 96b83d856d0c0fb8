"""Pairs of a sketch: unbiased by brute force over all pairs, whole where the sketch is, and what they cannot do."""

import sys

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from schema_core import InvalidInput, Modality, Moments, Sketch, sampled_covariances
from schema_core.sketching import METHODS

N = 30
RNG = np.random.default_rng(0)
X = np.vstack([RNG.normal(size=(N - 3, 3)), RNG.normal(6, 0.3, size=(3, 3))])  # three of a rare kind
Y = X[:, 0] + RNG.normal(size=N)


@pytest.mark.parametrize("n_pairs", [None, 60])
@pytest.mark.parametrize("method", METHODS)
def test_with_importance_every_pair_of_the_data_is_expected_as_often(method, n_pairs):
    sketch, repeats = Sketch.of(X, 8, method), 2000
    sums, squares = np.zeros((N, N)), np.zeros((N, N))
    for seed in range(repeats):
        counted = np.zeros((N, N))
        for first, second, counts in sketch.pairs(n_pairs, seed):
            np.add.at(counted, (first, second), counts)
        counted += counted.T
        sums += counted
        squares += counted**2
    upper = np.triu_indices(N, 1)
    visited = n_pairs or 8 * 7 / 2 + (np.bincount(sketch.near) > 1).sum()
    mean, expected = (sums / repeats)[upper], visited / (N * (N - 1) / 2)
    error = np.sqrt(np.maximum((squares / repeats)[upper] - mean**2, 0) / repeats)
    assert np.diag(sums).max() == 0
    always = error < 1e-6 * expected  # of two groups of one, which are in every sketch
    np.testing.assert_allclose(mean[always], expected, rtol=1e-9)
    off = (mean - expected)[~always] / error[~always]
    assert np.abs(off).max() < 5  # of 435 pairs
    assert np.mean(off**2) == pytest.approx(1, abs=0.35)


@pytest.mark.parametrize("method", METHODS)
def test_the_mean_of_a_distance_is_unbiased_with_importance_and_not_without(method):
    """Of a distance that has no closed form, against every pair; a sketch without it has too many rare ones."""
    squared = squareform(pdist(X, "sqeuclidean"))
    distance = squared / (1 + squared)  # has no closed form
    sketch, found = Sketch.of(X, 8, method), {}
    for importance in (True, False):
        one = Sketch(sketch.rows, sketch.near, importance)
        means = []
        for seed in range(1500):
            drawn = list(one.pairs(60, seed))
            sums = [(distance[a, b] * (1 if c is None else c)).sum() for a, b, c in drawn]
            means.append(sum(sums) / sum(len(a) for a, _, _ in drawn))
        found[importance] = (np.mean(means) - distance[np.triu_indices(N, 1)].mean()) / (np.std(means) / 1500**0.5)
    assert abs(found[True]) < 4
    if method != "uniform":
        assert found[False] > 20


@pytest.mark.parametrize("importance", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_a_sketch_of_all_is_all_pairs(method, importance):
    doubled = np.vstack([X, X[:5]])  # some in the same place
    own = Modality(np.append(Y, Y[:5]), distance=lambda a, b: np.abs(a - b))
    sketch = Sketch.of(doubled, N + 5, method, importance=importance)
    ours = sampled_covariances(doubled, own, n_pairs=None, sketch=sketch)
    every = sampled_covariances(doubled, own, n_pairs=None)
    assert ours.n_pairs == every.n_pairs == (N + 5) * (N + 4) // 2
    np.testing.assert_allclose(ours.features, every.features, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.modalities, every.modalities, rtol=1e-9, atol=1e-12)


def test_correlations_of_a_sketch_come_near_those_of_all_pairs():
    data = np.random.default_rng(1).normal(size=(800, 4))
    label = (data[:, 0] > 0.3).astype(str)
    exact = Moments.from_arrays(data, Modality(label, "categorical")).covariances()
    errors = []
    for n_pairs in (1_000, 100_000):
        sketch = Sketch.of(data, 60, "farthest_first")
        some = sampled_covariances(data, Modality(label, "categorical"), n_pairs=n_pairs, sketch=sketch)
        errors.append(np.abs(some.modality_correlations - exact.modality_correlations).max())
        assert some.n_pairs == pytest.approx(n_pairs, rel=0.15)
    assert errors[1] < 0.02
    assert errors[1] < errors[0]


def test_farthest_first_is_the_traversal_of_gonzalez():
    sketch = Sketch.of(X, 6, "farthest_first", random_state=3)
    distance = squareform(pdist(X))
    first = np.random.default_rng(3).integers(N)
    picked = [first]
    while len(picked) < 6:
        picked.append(int(distance[picked].min(axis=0).argmax()))
    assert sorted(picked) == sketch.rows.tolist()
    assert (distance[np.arange(N), sketch.rows[sketch.near]] == distance[:, sketch.rows].min(axis=1)).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_seed_gives_the_same_and_numpys_shared_generator_is_left_alone(method):
    np.random.seed(7)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, same, other = (Sketch.of(X, 8, method, random_state=seed) for seed in (1, 1, 2))
    assert one.rows.tolist() == same.rows.tolist()
    assert one.rows.tolist() != other.rows.tolist() or method == "farthest_first"
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert len(set(one.rows)) == 8


def test_a_modality_that_some_lack_counts_within_those_that_have_it():
    some = np.where(np.arange(N) % 3 == 0, np.nan, Y)
    ours = sampled_covariances(X, some, n_pairs=None, sketch=Sketch.of(X, N, "farthest_first"))
    exact = Moments.from_arrays(X, some).covariances()
    np.testing.assert_allclose(ours.modality_correlations, exact.modality_correlations, rtol=1e-9)
    drawn = sampled_covariances(X, some, n_pairs=200_000, sketch=Sketch.of(X, 8, "farthest_first"))
    np.testing.assert_allclose(drawn.modality_correlations, exact.modality_correlations, atol=0.03)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X, 8, "hopper"), ["method='hopper'", "farthest_first"]),
        ((X, 2, "uniform"), ["size=2", "from 3 to the 30 rows"]),
        ((X, 31, "uniform"), ["size=31", "30 rows"]),
        ((X, 8.0, "uniform"), ["size=8.0", "whole number"]),
        ((np.ones((9, 2)), 4, "geosketch"), ["same for all rows"]),
        ((np.where(X > 5, np.nan, X), 8, "uniform"), ["places", "NaN"]),
        ((np.where(X > 5, "a", "b"), 8, "uniform"), ["places"]),
    ],
)
def test_bad_input_is_one_line(arguments, words):
    with pytest.raises(InvalidInput) as error:
        Sketch.of(*arguments)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_sketch_of_other_rows_or_with_weights_is_refused():
    sketch = Sketch.of(X, 8, "uniform")
    with pytest.raises(InvalidInput, match="sketch is of 30 observations, X has 29"):
        sampled_covariances(X[1:], Y[1:], sketch=sketch)
    with pytest.raises(InvalidInput, match="sample_weight and sketch"):
        sampled_covariances(X, Y, sample_weight=np.ones(N), sketch=sketch)


def test_without_geosketch_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "geosketch", None)
    with pytest.raises(InvalidInput, match=r"needs the package geosketch; install schema-core\[sketch\]"):
        Sketch.of(X, 8, "geosketch")
