"""The estimator: scikit-learn's contract, invariances, transform, every kind of input, bases, bad input."""

import doctest
import pickle
import warnings
from itertools import combinations

import joblib
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import pdist
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.decomposition import PCA, FastICA
from sklearn.preprocessing import MaxAbsScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from schema_core import InvalidInput, Modality, Moments, NoVariation, Schema, estimator, gene_scores

N, K = 120, 5
RNG = np.random.default_rng(2)
X = RNG.normal(size=(N, K)) * [1, 2, 0.5, 1, 3]
AGE = X[:, 0] + 0.4 * X[:, 1] + 0.5 * RNG.normal(size=N)
TYPE = np.where(X[:, 2] + 0.3 * RNG.normal(size=N) > 0, "neuron", "glia")
MODALITIES = [Modality(AGE, "numeric"), Modality(TYPE, "categorical", weight=0.5)]
LABELS = RNG.choice(["A", "CA", "CAT"], size=(N, 4))
BINDS = Modality(LABELS[:, 1], "categorical")


def assert_same_metric(weights, fitted):
    """Weights of problems that are the same on paper, up to the rule for ties.

    All weights within 1e-9 of the best objective are as good as each other. The objective is the cosine of an angle
    between distances, so this leaves an angle of sqrt(2e-9) = 4.5e-5, and of a few times that for two solutions.
    """
    S = fitted.covariances_.features
    one, other = (w / np.sqrt(w @ S @ w) for w in (weights, fitted.weights_))
    assert np.sqrt((one - other) @ S @ (one - other)) <= 3e-4


@parametrize_with_checks(
    [Schema(), Schema(solver="grid"), Schema(pairs=500), Schema(basis=PCA()), Schema(basis=MaxAbsScaler())]
)
def test_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


# --- what must not matter ---------------------------------------------------------------------------------------

quickly = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 10_000)
factors = st.floats(1e-6, 1e6)


def drawn(seed):
    """Numbers (80, 4), and a modality (80, 2) that depends on the first two columns."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, 4)) * rng.uniform(0.3, 3, 4)
    return X, X[:, :2] + rng.normal(size=(80, 2)), rng


@quickly
@given(seeds, factors, factors, st.floats(-1e3, 1e3))
def test_units_and_origins_do_not_matter(seed, of_x, of_y, shift):
    X, Y, _ = drawn(seed)
    plain = Schema(min_correlation=0.8).fit(X, Y)
    moved = Schema(min_correlation=0.8).fit((X + shift) * of_x, (Y - shift) * of_y)
    assert_same_metric(moved.weights_, plain)
    assert moved.objective_ == pytest.approx(plain.objective_, abs=1e-8)


@quickly
@given(seeds)
def test_the_order_of_rows_does_not_matter_and_that_of_features_carries_over(seed):
    X, Y, rng = drawn(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(X.shape[1])
    plain = Schema(min_correlation=0.8).fit(X, Y)
    assert_same_metric(Schema(min_correlation=0.8).fit(X[rows], Y[rows]).weights_, plain)
    permuted = Schema(min_correlation=0.8).fit(X[:, columns], Y)
    assert_same_metric(permuted.weights_[np.argsort(columns)], plain)
    assert permuted.objective_ == pytest.approx(plain.objective_, abs=1e-8)


@quickly
@given(seeds, st.floats(0.2, 5))
def test_a_feature_scaled_by_f_gets_its_weight_over_f_squared(seed, f):
    """The reference is given, so that it does not change with X (even at s = 0 it can bind)."""
    X, Y, _ = drawn(seed)
    scaled = X * [f, 1, 1, 1]
    plain, other = (Schema(min_correlation=0.0).fit(data, Y, reference=X) for data in (X, scaled))
    expected = plain.weights_ / [f**2, 1, 1, 1]
    assert_same_metric(expected / expected.mean(), other)
    assert other.objective_ == pytest.approx(plain.objective_, abs=1e-8)


@quickly
@given(seeds, st.integers(1, 5))
def test_copies_of_a_modality_are_one_of_their_summed_weight(seed, times):
    X, Y, _ = drawn(seed)
    copies = Schema(min_correlation=0.9).fit(X, [Modality(Y, "vector")] * times)
    once = Schema(min_correlation=0.9).fit(X, Modality(Y, "vector", weight=times))
    assert_same_metric(copies.weights_, once)
    assert copies.objective_ == pytest.approx(once.objective_, rel=1e-8)


# --- transform --------------------------------------------------------------------------------------------------


def weighted_distances(columns, weights, differ):
    return [
        sum(w * differ(a, b) for w, a, b in zip(weights, columns[n], columns[m], strict=True))
        for n, m in combinations(range(len(columns)), 2)
    ]


@pytest.mark.parametrize("rows", [slice(0, 40), slice(60, 100)], ids=["seen", "unseen"])
def test_distances_after_transform_are_the_weighted_ones(rows):
    fitted = Schema(min_correlation=0.5).fit(X[:60], AGE[:60])
    expected = weighted_distances(X[rows], fitted.weights_, lambda a, b: (a - b) ** 2)
    np.testing.assert_allclose(pdist(fitted.transform(X[rows]), "sqeuclidean"), expected, rtol=1e-9)


@pytest.mark.parametrize("pairs", ["all", 2000])
@pytest.mark.parametrize("as_given", [np.asarray, pd.DataFrame, lambda labels: labels.astype(object)])
def test_distances_of_transformed_labels_are_the_weighted_mismatches(pairs, as_given):
    fitted = Schema(min_correlation=0.5, features="categorical", pairs=pairs).fit(as_given(LABELS[:60]), AGE[:60])
    expected = weighted_distances(LABELS[60:90], fitted.weights_, lambda a, b: a != b)
    after = pdist(fitted.transform(as_given(LABELS[60:90])), "sqeuclidean")
    np.testing.assert_allclose(after, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("pairs", ["all", 2000])
@pytest.mark.parametrize(("label", "named"), [("G", "'G'"), ("C", "'C'"), ("CATTLE", "'CATTLE'"), (3, "3")])
def test_an_unseen_label_is_named(pairs, label, named):
    """Also one that is the beginning of a label that was seen, or longer, or of another type."""
    fitted = Schema(min_correlation=0.5, features="categorical", pairs=pairs).fit(LABELS, BINDS)
    with pytest.raises(InvalidInput, match=f"{named} in column 0"):
        fitted.transform(np.array([[label] * 4]))


@pytest.mark.parametrize("pairs", ["all", 2000])
def test_labels_of_mixed_types_are_labels(pairs):
    mixed = pd.DataFrame({"a": [1, "one", 2.5, 1] * 10, "b": ["u", "v"] * 20})
    fitted = Schema(min_correlation=0.5, features="categorical", pairs=pairs).fit(mixed, mixed.index % 3)
    assert fitted.transform(mixed.iloc[::-1]).shape == (40, 5)
    assert fitted.get_feature_names_out().tolist() == ["a=1", "a=2.5", "a=one", "b=u", "b=v"]


def test_sparse_in_sparse_out_equals_dense():
    dense = np.where(X > 0.5, X, 0.0)
    for make in (sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array):
        fitted = Schema().fit(make(dense), MODALITIES)
        transformed = fitted.transform(make(dense))
        assert sparse.issparse(transformed)
        plain = Schema().fit(dense, MODALITIES)
        assert_same_metric(fitted.weights_, plain)
        np.testing.assert_allclose(transformed.toarray(), dense * np.sqrt(fitted.weights_), rtol=1e-12)
    assert_same_metric(Schema().fit(X, sparse.csr_matrix(dense)).weights_, Schema().fit(X, dense))


# --- kinds of input ---------------------------------------------------------------------------------------------


def test_ways_to_pass_modalities_are_the_same():
    weights = [
        Schema().fit(X, MODALITIES).weights_,
        Schema().fit(X, y=MODALITIES).weights_,
        Schema().fit(X, modalities=MODALITIES).weights_,
        Schema().fit(X, modalities=tuple(MODALITIES)).weights_,
    ]
    assert all((one == weights[0]).all() for one in weights)
    one_way = [
        Schema().fit(X, given).weights_
        for given in (AGE, Modality(AGE), [AGE], [Modality(AGE)], AGE[:, None], pd.Series(AGE), AGE.tolist())
    ]
    assert all((one == one_way[0]).all() for one in one_way)
    pair = np.stack([AGE, X[:, 3]], axis=1)
    assert (Schema().fit(X, pair).weights_ == Schema().fit(X, pd.DataFrame(pair)).weights_).all()
    assert (Schema().fit(X, pair).weights_ == Schema().fit(X, Modality(pair, "vector")).weights_).all()


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_anndata_is_its_matrix(make):
    counts = make(np.abs(X))
    cells = AnnData(counts, obs=pd.DataFrame({"age": AGE}, index=[f"cell{i}" for i in range(N)]))
    fitted = Schema().fit(cells, cells.obs["age"])
    np.testing.assert_array_equal(fitted.weights_, Schema().fit(counts, AGE).weights_)
    difference = fitted.transform(cells) - fitted.transform(counts)
    assert abs(difference).max() == 0


def test_data_frames_keep_their_names():
    frame = pd.DataFrame(X, columns=list("abcde"))
    fitted = Schema().fit(frame, AGE)
    assert fitted.feature_names_in_.tolist() == fitted.get_feature_names_out().tolist() == list("abcde")
    assert Schema().fit(X, AGE).get_feature_names_out().tolist() == [f"x{i}" for i in range(K)]
    out = clone(fitted).set_output(transform="pandas").fit(frame, AGE).transform(frame[::2])
    assert out.columns.tolist() == list("abcde")
    assert out.index.tolist() == list(range(0, N, 2))
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.transform(frame[list("edcba")])
    with pytest.raises(ValueError, match="input_features"):
        fitted.get_feature_names_out(list("edcba"))
    components = Schema(basis="svd", n_components=2).set_output(transform="pandas").fit(frame, AGE).transform(frame)
    assert components.columns.tolist() == ["component0", "component1"]


@pytest.mark.parametrize("features", ["numeric", "categorical"])
@pytest.mark.parametrize("solver", ["exact", "grid"])
def test_moments_are_enough_to_fit(features, solver):
    data, given = (X, MODALITIES) if features == "numeric" else (LABELS, [BINDS, Modality(AGE, weight=-0.5)])
    settings = {"min_correlation": 0.9, "features": features, "solver": solver}
    whole = Schema(**settings).fit(data, given)
    fitted = Schema(**settings).fit_moments(whole.moments_, [one.weight for one in given])
    assert (fitted.weights_ == whole.weights_).all()
    assert fitted.objective_ == whole.objective_
    np.testing.assert_array_equal(fitted.transform(data[:9]), whole.transform(data[:9]))
    halves = [Moments.from_arrays(data[rows], take(given, rows), features=features) for rows in HALVES]
    merged = Schema(**settings).fit_moments(halves[0] + halves[1], [one.weight for one in given])
    assert_same_metric(merged.weights_, whole)
    assert merged.objective_ == pytest.approx(whole.objective_, rel=1e-8)


HALVES = (np.arange(N) % 2 == 0, np.arange(N) % 2 == 1)


def take(modalities, rows):
    return [Modality(one.values[rows], one.kind, one.weight) for one in modalities]


def test_moments_of_the_other_kind_of_features_are_refused():
    with pytest.raises(InvalidInput, match="features='numeric', but the moments are of categorical"):
        Schema().fit_moments(Moments.from_arrays(LABELS, BINDS, features="categorical"))


def test_an_ensemble_equals_refits():
    model = Schema(min_correlation=0.9).fit(X, MODALITIES)
    before = model.weights_.copy()
    ensemble = model.ensemble([0.9, 0.99], [2.0, 1000.0])
    assert list(ensemble) == [(0.9, 2.0), (0.9, 1000.0), (0.99, 2.0), (0.99, 1000.0)]
    for (s, q), solution in ensemble.items():
        refit = Schema(min_correlation=s, max_weight_ratio=q).fit(X, MODALITIES)
        assert (solution.weights == refit.weights_).all()
    assert list(model.ensemble([0.5])) == [(0.5, 1000.0)]
    assert (model.weights_ == before).all()


def test_what_is_reported_is_what_the_weights_do():
    reference = X[:, 0] + X[:, 2]
    model = Schema(min_correlation=0.5).fit(X, MODALITIES, reference)
    before, after = model.modality_correlations_
    target = [pdist(AGE[:, None], "sqeuclidean"), pdist((TYPE == "glia")[:, None].astype(float), "cityblock")]
    for correlations, data in ((before, X), (after, model.transform(X))):
        distances = pdist(data, "sqeuclidean")
        np.testing.assert_allclose(correlations, [np.corrcoef(distances, one)[0, 1] for one in target], rtol=1e-9)
    assert model.objective_ == pytest.approx(after @ [1.0, 0.5])
    kept = np.corrcoef(pdist(model.transform(X), "sqeuclidean"), pdist(reference[:, None], "sqeuclidean"))[0, 1]
    assert model.reference_correlation_ == pytest.approx(kept, rel=1e-9)
    assert model.reference_correlation_ >= 0.5 - 1e-9
    assert model.certificate_.kind == "global"
    assert (model.weights_.mean(), model.weights_.min() >= 0) == (pytest.approx(1), True)


# --- bases ------------------------------------------------------------------------------------------------------

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


# --- distances of one's own -------------------------------------------------------------------------------------


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


# --- constants, negatives, copies, side effects -----------------------------------------------------------------


def test_a_constant_feature_gets_weight_one():
    padded = np.column_stack([np.full(N, 3.3), X])
    model = Schema(min_correlation=0.9).fit(padded, MODALITIES)
    assert model.weights_[0] == 1
    assert_same_metric(model.weights_[1:], Schema(min_correlation=0.9).fit(X, MODALITIES))
    with pytest.raises(NoVariation, match="X has no feature"):
        Schema().fit(np.ones((N, 2)), AGE)


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


# --- bad input --------------------------------------------------------------------------------------------------


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
