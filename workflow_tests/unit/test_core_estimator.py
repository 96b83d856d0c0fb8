"""The estimator: the contract of scikit-learn, transform, and ways to give data."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from core_problems import assert_same_metric
from scipy import sparse
from scipy.spatial.distance import pdist
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import MaxAbsScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from schema_core import InvalidInput, Modality, Moments, Schema

N, K = 120, 5
RNG = np.random.default_rng(2)
X = RNG.normal(size=(N, K)) * [1, 2, 0.5, 1, 3]
AGE = X[:, 0] + 0.4 * X[:, 1] + 0.5 * RNG.normal(size=N)
TYPE = np.where(X[:, 2] + 0.3 * RNG.normal(size=N) > 0, "neuron", "glia")
MODALITIES = [Modality(AGE, "numeric"), Modality(TYPE, "categorical", weight=0.5)]
LABELS = RNG.choice(["A", "CA", "CAT"], size=(N, 4))
BINDS = Modality(LABELS[:, 1], "categorical")


def expected_to_fail(model):
    """A basis is fitted to rows, not to their weights; random pairs of the same rows given otherwise are others."""
    checks = [f"check_sample_weight_equivalence_on_{form}_data" for form in ("dense", "sparse")]
    return {} if model.basis is None and model.pairs == "all" else dict.fromkeys(checks, expected_to_fail.__doc__)


@parametrize_with_checks(
    [Schema(), Schema(solver="grid"), Schema(pairs=500), Schema(basis=PCA()), Schema(basis=MaxAbsScaler())],
    expected_failed_checks=expected_to_fail,
)
def test_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


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
    assert components.columns.tolist() == ["truncatedsvd0", "truncatedsvd1"]


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
