"""Fitting: bases, distances of one's own, negative weights, side effects, and arguments that are refused."""

import doctest
import pickle
import warnings

import joblib
import numpy as np
import pytest
from core_problems import assert_same_metric
from scipy.spatial.distance import pdist
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.decomposition import FastICA
from sklearn.preprocessing import MaxAbsScaler

from schema_core import InvalidInput, Modality, Schema, estimator, gene_scores

N, K = 120, 5
RNG = np.random.default_rng(2)
X = RNG.normal(size=(N, K)) * [1, 2, 0.5, 1, 3]
AGE = X[:, 0] + 0.4 * X[:, 1] + 0.5 * RNG.normal(size=N)
TYPE = np.where(X[:, 2] + 0.3 * RNG.normal(size=N) > 0, "neuron", "glia")
LABELS = RNG.choice(["A", "CA", "CAT"], size=(N, 4))
BINDS = Modality(LABELS[:, 1], "categorical")
LOADINGS = np.zeros((3, 12))
LOADINGS[0, :4] = LOADINGS[1, 4:8] = LOADINGS[2, 8:] = [3.0, 2.0, 2.0, 1.0]
PROGRAMS = RNG.gamma(1.0, size=(300, 3)) * [1.0, 1.2, 1.4]
GENES = PROGRAMS @ LOADINGS + 0.1 * RNG.random((300, 12))
DENSITY = PROGRAMS[:, 1] + 0.1 * RNG.normal(size=300)
BASES = ["nmf", "pca", "svd", FastICA(3, random_state=0)]


@pytest.mark.parametrize("basis", BASES, ids=str)
def test_a_planted_gene_is_found_through_any_basis(basis):
    model, again = (
        Schema(min_correlation=0.5, basis=basis, n_components=3, random_state=0).fit(GENES, DENSITY) for _ in range(2)
    )
    assert model.weights_.shape == (3,)
    assert (model.weights_ == again.weights_).all()
    for style in ("top-loading", "top-rank", "softmax"):
        assert model.gene_scores(style).argmax() == 4, style
    components = model.basis_.components_
    np.testing.assert_array_equal(
        model.gene_scores("top-rank", 2), gene_scores(model.weights_, components, "top-rank", 2)
    )
    expected = model.basis_.transform(GENES[:7]) * np.sqrt(model.weights_)
    np.testing.assert_allclose(model.transform(GENES[:7]), expected, rtol=1e-12)
    assert Schema(basis=basis, n_components=3).fit(GENES, DENSITY).basis_ is not basis  # fitted is a clone


def test_scores_of_genes_by_hand():
    weights, components = np.array([0.5, 2.0, 0.5]), np.array([[1.0, 0, 3], [-4, 1, 0], [2, 2, 5]])
    loadings, exponential = np.abs(components), np.exp(weights)
    np.testing.assert_allclose(gene_scores(weights, components), exponential @ loadings / exponential.sum())
    np.testing.assert_allclose(gene_scores(weights, components, "top-loading"), [4, 1, 0])
    np.testing.assert_allclose(
        gene_scores(weights, components, "top-loading", 2), (2.0 * loadings[1] + 0.5 * loadings[0]) / 2.5
    )
    ranks = np.stack([rankdata(row) / 3 for row in loadings])
    np.testing.assert_allclose(gene_scores(weights, components, "top-rank", 3), (weights / 3) @ ranks)
    for bad in ({"style": "mean"}, {"style": "top-rank", "top": 4}, {"style": "top-loading", "top": 0}):
        with pytest.raises(InvalidInput, match=list(bad)[-1]):
            gene_scores(weights, components, **bad)


def test_without_a_basis_genes_score_their_weights():
    model = Schema().fit(GENES, DENSITY)
    np.testing.assert_array_equal(model.gene_scores(), model.weights_)
    with pytest.raises(InvalidInput, match="no components_"):
        Schema(basis=MaxAbsScaler()).fit(GENES, DENSITY).gene_scores()


def difference(a, b):
    return np.abs(a - b)


def test_few_observations_visit_every_pair_of_a_distance_of_ones_own():
    own = Modality(AGE, distance=difference, kernel=np.sqrt)
    model = Schema(min_correlation=0.8).fit(X, own)
    assert model.moments_ is None
    assert model.covariances_.n_pairs == N * (N - 1) // 2
    expected = np.corrcoef(pdist(model.transform(X), "sqeuclidean"), np.sqrt(pdist(AGE[:, None], "cityblock")))[0, 1]
    assert model.objective_ == pytest.approx(expected, rel=1e-9)
    squared = Schema(min_correlation=0.8).fit(X, Modality(AGE, distance=lambda a, b: (a - b) ** 2))
    assert_same_metric(squared.weights_, Schema(min_correlation=0.8).fit(X, AGE))


def test_many_observations_need_a_number_of_pairs():
    rng = np.random.default_rng(0)
    many = rng.normal(size=(2500, 3))
    age = many[:, 0] + rng.normal(size=2500)
    with pytest.raises(InvalidInput, match="pairs"):
        Schema().fit(many, Modality(age, distance=difference))
    squared = Modality(age, distance=lambda a, b: (a - b) ** 2)
    some = Schema(min_correlation=0.8, pairs=1_000_000).fit(many, squared)
    everything = Schema(min_correlation=0.8).fit(many, age)
    np.testing.assert_allclose(some.weights_, everything.weights_, atol=0.05)  # 1/sqrt(1e6) on each covariance
    assert some.objective_ == pytest.approx(everything.objective_, abs=0.01)
    again = Schema(min_correlation=0.8, pairs=1_000_000).fit(many, squared)
    assert (some.weights_ == again.weights_).all()


def test_a_negative_weight_pushes_away():
    for s, kind in ((0.5, "global"), (0.99, "local")):  # so near to X every distance agrees with age
        apart = Schema(min_correlation=s).fit(X, Modality(AGE, weight=-1.0))
        before, after = apart.modality_correlations_
        assert after[0] < before[0]
        assert apart.objective_ == pytest.approx(-after[0])
        assert apart.certificate_.kind == kind
        assert apart.reference_correlation_ >= s - 1e-9


@pytest.mark.parametrize(
    ("settings", "data", "given"),
    [({}, X, AGE), ({"features": "categorical"}, LABELS, BINDS), ({"basis": "pca", "n_components": 2}, X, AGE)],
)
def test_a_fitted_estimator_survives_storage(tmp_path, settings, data, given):
    model = Schema(**settings).fit(data, given)
    joblib.dump(model, tmp_path / "model.joblib")
    for copy in (pickle.loads(pickle.dumps(model)), joblib.load(tmp_path / "model.joblib")):
        np.testing.assert_array_equal(copy.weights_, model.weights_)
        # where a loaded array lies in memory decides how a product is rounded
        np.testing.assert_allclose(copy.transform(data), model.transform(data), rtol=1e-12, atol=1e-14)
        assert list(copy.ensemble([0.9])) == [(0.9, 1000.0)]
    assert clone(model).get_params() == model.get_params()
    assert not hasattr(clone(model), "weights_")


def test_fit_leaves_the_process_as_it_was():
    np.random.seed(7)  # noqa: NPY002 (the global state is what is tested)
    state, filters = np.random.get_state()[1].copy(), list(warnings.filters)  # noqa: NPY002
    errors = np.geterr()
    for options in ({}, {"solver": "grid"}, {"pairs": 500}, {"basis": "nmf", "n_components": 2, "random_state": 1}):
        Schema(**options).fit(np.abs(X), AGE)
    Schema(min_correlation=0.5).fit(X, Modality(AGE, weight=-1.0))
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    assert (warnings.filters, np.geterr()) == (filters, errors)


def test_fit_does_not_change_its_input():
    data, target = X.copy(), AGE.copy()
    Schema().fit(data, target).transform(data)
    np.testing.assert_array_equal(data, X)
    np.testing.assert_array_equal(target, AGE)


def test_the_example_in_the_docstring_runs():
    assert doctest.testmod(estimator) == (0, 7)


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        ({}, {"y": AGE, "modalities": AGE}, ["modalities", "both"]),
        ({}, {}, ["modalities", "missing"]),
        ({}, {"y": []}, ["modalities", "empty"]),
        ({}, {"y": AGE[:-1]}, ["modalities", "120", "119"]),
        ({}, {"y": AGE, "reference": AGE[:7]}, ["reference", "7"]),
        ({}, {"y": TYPE}, ["modalities[0]", "not numeric", "categorical"]),
        ({"basis": "umap"}, {"y": AGE}, ["basis='umap'"]),
        ({"basis": 5}, {"y": AGE}, ["basis=5"]),
        ({"basis": "svd"}, {"y": AGE}, ["n_components=50", "1 to 4", "(120, 5)"]),
        ({"basis": "pca", "n_components": 0}, {"y": AGE}, ["n_components=0"]),
        ({"basis": "nmf", "n_components": 6}, {"y": AGE}, ["n_components=6", "1 to 5"]),
        ({"basis": "svd", "n_components": "two"}, {"y": AGE}, ["n_components='two'"]),
        ({"basis": "nmf", "n_components": 2}, {"y": AGE}, ["basis='nmf'", "negative"]),
        (
            {"basis": "svd", "features": "categorical"},
            {"y": AGE},
            ["basis='svd'", "features='numeric', not 'categorical'"],
        ),
        ({"features": "words"}, {"y": AGE}, ["features='words'"]),
        ({"solver": "magic"}, {"y": AGE}, ["solver='magic'"]),
        ({"min_correlation": 1}, {"y": AGE}, ["min_correlation=1"]),
        ({"min_correlation": None}, {"y": AGE}, ["min_correlation=None"]),
        ({"max_weight_ratio": 0.9}, {"y": AGE}, ["max_weight_ratio=0.9"]),
        ({"max_weight_ratio": np.nan}, {"y": AGE}, ["max_weight_ratio=nan"]),
        ({"pairs": "most"}, {"y": AGE}, ["pairs='most'"]),
        ({"pairs": 1}, {"y": AGE}, ["pairs=1"]),
        ({"pairs": 99}, {"y": Modality(AGE, distance=lambda a, b: 0.0)}, ["modalities[0]", "shape ()", "99 pairs"]),
        ({"pairs": 99}, {"y": Modality(AGE, kernel=lambda d: d * np.nan)}, ["modalities[0]", "NaN"]),
    ],
)
def test_bad_input_is_named(settings, arguments, words):
    with pytest.raises(InvalidInput) as caught:
        Schema(**settings).fit(X, **arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_no_cap_at_all_is_a_cap_of_infinity():
    for solver in ("exact", "grid"):
        endless, high = (Schema(max_weight_ratio=q, solver=solver).fit(X, AGE).weights_ for q in (np.inf, 1e6))
        np.testing.assert_array_equal(endless, high)
