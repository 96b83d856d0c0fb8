"""What is asked of a fitted estimator: path, refit, control, stability, summary, whitening and the way back."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.decomposition import NMF, PCA

from schema_core import InvalidInput, Modality, Moments, Schema, shuffling
from schema_core.merging import brought_to
from schema_core.resampling import combined

N, K = 300, 5
RNG = np.random.default_rng(3)
X = RNG.normal(size=(N, K)) * [1, 2, 0.5, 1, 3] + [0, 5, 0, 0, 0]
AGE = X[:, 0] + 0.5 * RNG.normal(size=N)
TYPE = np.where(X[:, 2] + 0.3 * RNG.normal(size=N) > 0, "neuron", "glia")
LABELS = RNG.choice(["A", "CA", "CAT"], size=(N, 4))
DONOR = RNG.integers(0, 6, N)
HOLED = np.where(RNG.random(N) < 0.8, AGE, np.nan)
GIVEN = [Modality(AGE, "numeric"), Modality(TYPE, "categorical", weight=0.5)]


@pytest.fixture(scope="module")
def model():
    return Schema(min_correlation=0.8).fit(X, GIVEN)


def test_a_path_is_a_table_of_refits_whose_objective_rises_as_s_falls(model):
    s = [0.99, 0.9, 0.7, 0.4, 0.0]
    table = model.path(s)
    assert table["s"].tolist() == s
    assert (table["certificate"] == "global").all()
    assert (np.diff(table["objective"]) >= -1e-9).all()
    assert table["objective"].iloc[-1] > table["objective"].iloc[0] + 0.1
    for row, fitted in zip(table.to_dict("records"), model.path(s, fitted=True).values(), strict=True):
        again = Schema(min_correlation=row["s"]).fit(X, GIVEN)
        assert row["objective"] == again.objective_ == model.refit(min_correlation=row["s"]).objective_
        assert [row[f"weight[x{i}]"] for i in range(K)] == again.weights_.tolist() == fitted.weights_.tolist()
        assert (row["kept"], row["after[1]"]) == (again.reference_correlation_, again.modality_correlations_[1][1])
        np.testing.assert_array_equal(fitted.transform(X[:3]), again.transform(X[:3]))
    assert model.min_correlation == 0.8
    with pytest.raises(InvalidInput, match="refit cannot change 'basis'"):
        model.refit(basis="pca")
    with pytest.raises(InvalidInput, match="min_correlation=2"):
        model.refit(min_correlation=2)


@pytest.mark.parametrize("features", ["numeric", "categorical"])
@pytest.mark.parametrize("weighted", [False, True])
def test_shuffled_covariances_are_those_of_shuffled_modalities(features, weighted):
    """The short way, which takes c alone anew, gives what moments of the shuffled table give."""
    data = X if features == "numeric" else LABELS
    given = [
        Modality(AGE), Modality(X[:, :2] + 9, "vector"), Modality(TYPE, "categorical"), Modality(HOLED),
        Modality(np.where(DONOR[:, None] > 0, LABELS[:, :2], None), "categories"),
    ]  # fmt: skip
    weight = RNG.integers(0, 3, N).astype(float) if weighted else None
    fitted = Schema(min_correlation=0.1, features=features).fit(data, given, sample_weight=weight)
    keys = 2 * np.isfinite(HOLED) + (DONOR > 0)
    (order,) = shuffling.orders_within(keys, 1, np.random.default_rng(0))
    assert (keys[order] == keys).all()
    assert (order != np.arange(N)).mean() > 0.9
    found = shuffling.shuffled(fitted._observed, fitted.covariances_, order)
    moved = [Modality(one.values[order], one.kind) for one in given]
    expected = Moments.from_arrays(data, moved, None, weight, features=features).covariances()
    np.testing.assert_allclose(found.modality_correlations, expected.modality_correlations, atol=1e-10)
    np.testing.assert_allclose(found.modality_sd, expected.modality_sd, rtol=1e-10)
    w = RNG.random(data.shape[1])
    np.testing.assert_allclose(found.correlations_within(w), expected.correlations_within(w), atol=1e-10)


def test_a_control_tells_a_gain_from_none(model):
    real = model.control(30)
    assert real.p_value == pytest.approx(1 / 31)
    assert real.gain > 3 * real.shuffled.max()
    noise = Schema(min_correlation=0.8).fit(X, RNG.normal(size=N)).control(30)
    assert noise.p_value > 0.05
    assert noise.gain >= 0
    assert noise.shuffled.min() >= -1e-9  # equal weights are among those to choose from


def test_a_gain_that_batches_explain_is_none_within_them():
    batch = np.repeat([0, 1], N // 2)
    data = RNG.normal(size=(N, 3)) + 3 * batch[:, None] * [1, 0, 0]
    fitted = Schema(min_correlation=0.5).fit(data, Modality(batch + 0.1 * RNG.normal(size=N)))
    assert fitted.control(20).p_value == pytest.approx(1 / 21)
    assert fitted.control(20, groups=batch).p_value > 0.05


def test_leaving_groups_out_is_fitting_without_them(model):
    found = model.stability(groups=DONOR)
    assert sorted(found.replicates.index) == list(range(6))
    for donor, row in found.replicates.iterrows():
        rows = donor != DONOR
        given = [Modality(one.values[rows], one.kind, one.weight) for one in GIVEN]
        again = Schema(min_correlation=0.8).fit(X[rows], given)
        assert row["objective"] == pytest.approx(again.objective_, rel=1e-9)
        np.testing.assert_allclose(row[1:].to_numpy(float), again.weights_, atol=1e-4)
    weights = found.replicates.iloc[:, 1:].to_numpy()
    spread = np.sqrt(5 / 6 * ((weights - weights.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(found.features["weight_se"], spread)
    assert found.features["rank"].tolist() == (-model.weights_).argsort().argsort().__add__(1).tolist()


def test_a_group_that_holds_nearly_all_that_varies_is_left_out_all_the_same():
    data = np.concatenate([RNG.normal(size=(50, 2)), 1e-4 * RNG.normal(size=(50, 2))])
    target = data[:, 0] + 1e-5 * RNG.normal(size=100)
    group = np.repeat(["wide", "narrow"], 50)
    found = Schema(min_correlation=0.5).fit(data, target).stability(group)
    again = Schema(min_correlation=0.5).fit(data[50:], target[50:])
    assert found.replicates.loc["wide", "objective"] == pytest.approx(again.objective_, rel=1e-9)


def test_blocks_add_up_to_all_rows_and_their_bootstrap_to_a_standard_error(model):
    observed, moments = model._observed, model.moments_
    parts = [brought_to(Moments.of(observed, np.flatnonzero(donor == DONOR)), moments) for donor in range(6)]
    whole = combined(parts, np.ones(6)).covariances()
    np.testing.assert_allclose(whole.features, model.covariances_.features, rtol=1e-9)
    twice = combined(parts, [2, 0, 0, 1, 0, 0]).covariances()
    rows = np.concatenate([np.flatnonzero(donor == DONOR) for donor in (0, 0, 3)])
    expected = Moments.from_arrays(X[rows], [Modality(one.values[rows], one.kind) for one in GIVEN]).covariances()
    np.testing.assert_allclose(twice.modalities, expected.modalities, rtol=1e-8, atol=1e-12)
    found = model.stability(n_boot=40)
    fresh = np.random.default_rng(8)
    again = []
    for _ in range(40):  # the truth: other samples of as many cells
        data = fresh.normal(size=(N, K)) * [1, 2, 0.5, 1, 3]
        age = data[:, 0] + 0.5 * fresh.normal(size=N)
        kind = np.where(data[:, 2] + 0.3 * fresh.normal(size=N) > 0, "neuron", "glia")
        again.append(
            Schema(min_correlation=0.8).fit(data, [Modality(age), Modality(kind, "categorical", 0.5)]).weights_
        )
    ratio = found.features["weight_se"].to_numpy()[[0, 4]] / np.std(again, axis=0)[[0, 4]]
    assert ((ratio > 0.4) & (ratio < 2.5)).all(), ratio
    assert len(found.replicates) == 40
    assert len(model.stability(DONOR, n_boot=3).replicates) == 3


def test_a_summary_says_all_on_one_screen(model):
    fitted = model.refit(min_correlation=0.7)
    assert "not made yet" in fitted.summary()
    fitted.control(5)
    text = fitted.summary()
    for word in ("≥ 0.7", "kept     0.7", "modalities[1] (weight 0.5)", "p = 0.167", "global: no weights", "x0 "):
        assert word in text, text
    assert len(text.splitlines()) < 24
    assert max(map(len, text.splitlines())) <= 200


def test_what_needs_the_data_says_so(model):
    for one in (pickle.loads(pickle.dumps(model)), Schema(min_correlation=0.8).fit_moments(model.moments_)):
        for ask in (one.control, lambda one=one: one.stability(DONOR)):
            with pytest.raises(InvalidInput, match="needs the data of fit"):
                ask()
    for ask, words in (
        (lambda: model.control(0), "n_shuffles=0"),
        (lambda: model.control(2, groups=DONOR[1:]), "299 labels, X has 300"),
        (lambda: model.stability(), "groups to leave out"),
        (lambda: model.stability(np.zeros(N)), "one group"),
        (lambda: model.stability(n_boot=1), "n_boot=1"),
        (lambda: model.control(2, random_state="a"), "random_state='a'"),
        (lambda: model.stability(np.where(DONOR[7] == DONOR, np.nan, DONOR)), "groups has a missing label at row"),
    ):
        with pytest.raises(InvalidInput, match=words):
            ask()


@pytest.mark.parametrize("basis", [None, PCA(3)])
def test_groups_go_by_the_names_of_rows(basis):
    """Never silently by position."""
    frame = pd.DataFrame(X, index=[f"cell {i}" for i in range(N)])
    donor = pd.Series(DONOR, frame.index)
    named = Schema(min_correlation=0.8, basis=basis).fit(frame, AGE)
    expected = named.stability(DONOR).replicates
    pd.testing.assert_frame_equal(named.stability(donor).replicates, expected)
    pd.testing.assert_frame_equal(named.stability(donor.reset_index(drop=True)).replicates, expected)
    for ask in (named.stability, lambda groups: named.control(2, groups=groups)):
        with pytest.raises(InvalidInput, match=r"row 0 is 'cell 0' in X and 'cell 299' in groups; .* another order"):
            ask(donor[::-1])


def test_a_fitted_basis_is_used_as_it_is():
    positive = np.abs(X)
    basis = NMF(3, init="nndsvda", max_iter=2000).fit(positive)
    components = basis.components_.copy()
    fitted = Schema(min_correlation=0.5, basis=basis).fit(positive[:200], AGE[:200])
    assert fitted.basis_ is basis
    np.testing.assert_array_equal(basis.components_, components)
    expected = Schema(min_correlation=0.5).fit(basis.transform(positive[:200]), AGE[:200])
    np.testing.assert_array_equal(fitted.weights_, expected.weights_)
    with pytest.raises(InvalidInput, match=r"basis .* failed with ValueError"):
        Schema(basis=basis).fit(positive[:, :4], AGE)


@pytest.mark.parametrize("basis", ["pca", "svd", "nmf"])
def test_whitened_components_have_one_spread_and_a_way_back(basis):
    data = np.abs(X)
    fitted, plain = (
        Schema(min_correlation=0.95, basis=basis, n_components=3, whiten=whiten).fit(data, AGE)
        for whiten in (True, False)
    )
    Z = fitted.basis_.transform(data)
    np.testing.assert_allclose((Z**2).mean(axis=0) if basis == "nmf" else Z.std(axis=0), 1.0, rtol=1e-9)
    assert np.abs(fitted.weights_ - plain.weights_).max() > 0.01
    assert (fitted.weights_ > 0).all()
    expected = plain.basis_.inverse_transform(plain.basis_.transform(data))
    np.testing.assert_allclose(fitted.inverse_transform(fitted.transform(data)), expected, atol=1e-6)
    if basis == "pca":
        same = Schema(min_correlation=0.95, basis=PCA(3, whiten=True, svd_solver="full")).fit(data, AGE)
        np.testing.assert_allclose(fitted.weights_, same.weights_, atol=1e-6)
    with pytest.raises(InvalidInput, match="whiten=True is for a basis by name"):
        Schema(basis=PCA(2), whiten=True).fit(data, AGE)


def test_the_way_back_and_a_score(model):
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), X, rtol=1e-12)
    back = model.inverse_transform(sparse.csr_matrix(model.transform(X)))
    np.testing.assert_allclose(back.toarray(), X, rtol=1e-12)
    assert model.score(X, GIVEN) == pytest.approx(model.objective_, rel=1e-12)
    half = [Modality(one.values[::2], one.kind, one.weight) for one in GIVEN]
    expected = Moments.from_arrays(X[::2], half).covariances().correlations(model.weights_)[1] @ [1, 0.5]
    assert model.score(X[::2], half) == pytest.approx(expected)
    with pytest.raises(InvalidInput, match="shape"):
        model.inverse_transform(X[:, :2])
    with pytest.raises(InvalidInput, match="no inverse_transform"):
        Schema(min_correlation=0.1, features="categorical").fit(LABELS, AGE).inverse_transform(LABELS)
    assert isinstance(model.path([0.5]), pd.DataFrame)
