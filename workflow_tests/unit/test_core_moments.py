"""Covariances over pairs: closed forms against brute force, additivity, storage, sampling."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import pdist
from threadpoolctl import threadpool_info

from schema_core import InvalidInput, Modality, Moments, NoVariation, pairs_for_error, sampled_covariances

N = 60
RNG = np.random.default_rng(1)
NUMERIC = RNG.normal(size=(N, 5)) * [0.1, 1, 10, 1, 1] + [0, 3, -100, 0, 1e4]
LABELS = RNG.integers(0, 4, size=(N, 5)).astype(str)
MODALITIES = {
    "numeric": Modality(NUMERIC[:, 1] + RNG.normal(size=N), "numeric"),
    "vector": Modality(RNG.normal(size=(N, 3)) + 50, "vector"),
    "categorical": Modality(RNG.choice(["a", "b", "c"], N), "categorical"),
    "categories": Modality(RNG.integers(0, 3, size=(N, 4)), "categories"),
}


def brute_distance(values: np.ndarray, kind: str) -> np.ndarray:
    """Distances over all pairs as scipy's pdist has them, squared or counted."""
    columns = np.asarray(values).reshape(len(values), -1)
    if kind in ("numeric", "vector"):
        return pdist(columns.astype(float), "sqeuclidean")
    codes = np.stack([pd.factorize(column)[0] for column in columns.T], axis=1)
    return pdist(codes, "hamming") * codes.shape[1]


def brute_joint(X, features, modalities, reference):
    """Every feature's, modality's and the reference's distances over all pairs, (P, k + J + 1)."""
    kind = "numeric" if features == "numeric" else "categorical"
    distances = [brute_distance(X[:, i], kind) for i in range(X.shape[1])]
    reference_distance = sum(distances) if reference is None else brute_distance(reference.values, reference.kind)
    return np.stack([*distances, *(brute_distance(m.values, m.kind) for m in modalities), reference_distance], axis=1)


def assert_same_covariances(left, right, rtol=1e-9):
    for name in ("features", "modalities", "modality_sd", "reference", "reference_sd", "mean_distance", "n_pairs"):
        a, b = np.asarray(getattr(left, name)), np.asarray(getattr(right, name))
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.abs(b).max(), err_msg=name)


@pytest.mark.parametrize("features", ["numeric", "categorical"])
@pytest.mark.parametrize("kind", MODALITIES)
@pytest.mark.parametrize("reference", [None, "categorical", "vector"])
def test_covariances_equal_brute_force_over_all_pairs(features, kind, reference):
    X = NUMERIC if features == "numeric" else LABELS
    modality, reference = MODALITIES[kind], reference and MODALITIES[reference]
    ours = Moments.from_arrays(X, modality, reference, features=features).covariances()
    joint = brute_joint(X, features, [modality], reference)
    expected, sd = np.cov(joint.T, ddof=0), joint.std(axis=0)
    assert ours.n_pairs == N * (N - 1) // 2 == len(joint)
    np.testing.assert_allclose(ours.features, expected[:5, :5], rtol=1e-9, atol=1e-9 * sd[:5].min() ** 2)
    np.testing.assert_allclose(ours.modalities[:, 0], expected[:5, 5], rtol=1e-9, atol=1e-9 * sd[:5].min() * sd[5])
    np.testing.assert_allclose(ours.reference, expected[:5, 6], rtol=1e-9, atol=1e-9 * sd[:5].min() * sd[6])
    np.testing.assert_allclose([ours.modality_sd[0], ours.reference_sd], sd[5:], rtol=1e-9)
    np.testing.assert_allclose(ours.mean_distance, joint[:, :5].mean(axis=0), rtol=1e-9)


@pytest.mark.parametrize("features", ["numeric", "categorical"])
def test_correlations_of_weights_equal_brute_force(features):
    X = NUMERIC if features == "numeric" else LABELS
    modalities = list(MODALITIES.values())
    w = RNG.random(5)
    joint = brute_joint(X, features, modalities, None)
    weighted = joint[:, :5] @ w
    expected = [np.corrcoef(weighted, joint[:, j])[0, 1] for j in range(5, 10)]
    to_reference, to_modalities = Moments.from_arrays(X, modalities, features=features).covariances().correlations(w)
    np.testing.assert_allclose([*to_modalities, to_reference], expected, rtol=1e-9)


@settings(deadline=None, max_examples=30)
@given(
    cuts=st.lists(st.integers(0, N), max_size=6),
    seed=st.integers(0, 1000),
    features=st.sampled_from(["numeric", "categorical"]),
)
def test_chunks_merged_in_any_order_equal_one_pass(cuts, seed, features):
    """Chunks see different levels and different means; the data are sorted so that they differ much."""
    X = NUMERIC if features == "numeric" else LABELS
    order = np.lexsort(X.T[::-1])
    edges = sorted({0, N, *cuts})
    parts = [order[a:b] for a, b in pairwise(edges)]
    np.random.default_rng(seed).shuffle(parts)

    def of(rows):
        take = [Modality(m.values[rows], m.kind) for m in MODALITIES.values()]
        return X[rows], take, Modality(MODALITIES["categorical"].values[rows], "categorical")

    whole = Moments.from_arrays(*of(np.arange(N)), features=features).covariances()
    merged = Moments.from_chunks((of(rows) for rows in parts), features=features)
    assert merged.n_observations == N
    assert_same_covariances(merged.covariances(), whole)
    pieces = [Moments.from_arrays(*of(rows), features=features) for rows in parts]
    while len(pieces) > 1:  # as a tree, from the other end
        pieces = [a + b for a, b in zip(pieces[1::2], pieces[::2], strict=False)] + (
            [pieces[-1]] if len(pieces) % 2 else []
        )
    assert_same_covariances(pieces[0].covariances(), whole)


def test_threads_change_nothing(monkeypatch):
    """Not even the last bit; and BLAS has its own threads again."""
    X = np.random.default_rng(0).normal(size=(5000, 20))
    given = [X[:, :3] ** 2, Modality(X[:, 4] > 0, "categorical")]
    monkeypatch.setattr("schema_core.gram.PIECE_BYTES", 100_000)
    alone = Moments.from_arrays(X, given)
    monkeypatch.setattr("schema_core.threads.WORTH_THREADS", 0)
    monkeypatch.setattr("schema_core.threads.n_threads", lambda: 3)
    before = threadpool_info()
    together = Moments.from_arrays(X, given)
    assert threadpool_info() == before
    for name in ("dense", "across"):
        np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))


def test_a_small_cache_changes_nothing(monkeypatch):
    whole = Moments.from_arrays(NUMERIC, list(MODALITIES.values())).covariances()
    monkeypatch.setattr("schema_core.gram.PIECE_BYTES", 4000)
    assert_same_covariances(Moments.from_arrays(NUMERIC, list(MODALITIES.values())).covariances(), whole)


def test_sparse_and_data_frame_equal_dense():
    X = np.where(NUMERIC > 0, NUMERIC, 0)
    dense = Moments.from_arrays(X, MODALITIES["vector"]).covariances()
    assert_same_covariances(Moments.from_arrays(sparse.csr_matrix(X), MODALITIES["vector"]).covariances(), dense)
    frame = pd.DataFrame(X, columns=list("abcde"))
    assert_same_covariances(Moments.from_arrays(frame, MODALITIES["vector"]).covariances(), dense)
    labels = pd.DataFrame(LABELS).astype("category")
    expected = Moments.from_arrays(LABELS, MODALITIES["vector"], features="categorical").covariances()
    assert_same_covariances(
        Moments.from_arrays(labels, MODALITIES["vector"], features="categorical").covariances(), expected
    )


def test_all_pairs_one_by_one_equal_the_closed_form():
    ours = Moments.from_arrays(LABELS, list(MODALITIES.values()), features="categorical").covariances()
    visited = sampled_covariances(LABELS, list(MODALITIES.values()), features="categorical", n_pairs=None)
    assert_same_covariances(visited, ours)


def test_a_distance_and_a_kernel_of_ones_own():
    values = NUMERIC[:, 1]
    own = Modality(values, distance=lambda a, b: np.abs(a - b), kernel=np.sqrt)
    ours = sampled_covariances(NUMERIC, own, n_pairs=None)
    joint = brute_joint(NUMERIC, "numeric", [], None)
    expected = np.sqrt(pdist(values[:, None], "cityblock"))
    np.testing.assert_allclose(ours.modality_sd, expected.std(), rtol=1e-9)
    np.testing.assert_allclose(
        ours.modalities[:, 0], [np.cov(joint[:, i], expected, ddof=0)[0, 1] for i in range(5)], rtol=1e-7
    )


def test_enough_pairs_for_an_error_are_enough():
    """The bound of Text S5 holds in at least its share of repeats (bounded distances, so that it applies)."""
    X, label = LABELS, MODALITIES["categorical"]
    exact = Moments.from_arrays(X, label, features="categorical").covariances()
    largest = max(
        ((1 - m) / sd if m < 0.5 else m / sd) for m, sd in zip(exact.mean_distance, exact.feature_sd, strict=True)
    )
    n_pairs = pairs_for_error(0.05, 0.9, max(largest, 2.0), n_estimates=5)
    errors = []
    for seed in range(20):
        some = sampled_covariances(X, label, features="categorical", n_pairs=n_pairs, random_state=seed)
        difference = some.modalities[:, 0] / (some.feature_sd * some.modality_sd) - exact.modalities[:, 0] / (
            exact.feature_sd * exact.modality_sd
        )
        errors.append(np.abs(difference).max())
    assert np.mean(np.array(errors) <= 0.05) >= 0.9
    assert pairs_for_error(0.05, 0.99, 3) < 2 * pairs_for_error(0.05, 0.9, 3)  # logarithmic in the confidence
    assert pairs_for_error(0.025, 0.9, 3) == pytest.approx(4 * pairs_for_error(0.05, 0.9, 3), rel=1e-3)


def test_agreement_is_the_mirror_of_disagreement():
    moments = Moments.from_arrays(LABELS, MODALITIES["categorical"], features="categorical")
    agree = moments.covariances().as_agreement()
    matches = 1 - brute_joint(LABELS, "categorical", [], None)[:, :5]
    label = brute_distance(MODALITIES["categorical"].values, "categorical")
    np.testing.assert_allclose(agree.features, np.cov(matches.T, ddof=0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        agree.modalities[:, 0], [np.cov(m, label, ddof=0)[0, 1] for m in matches.T], rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(agree.mean_distance, matches.mean(axis=0), rtol=1e-9)


@pytest.mark.parametrize("features", ["numeric", "categorical"])
@pytest.mark.parametrize("constant", [0.1, 1e8, 0.0])
def test_a_constant_feature_has_no_variance_at_all(features, constant):
    X = np.column_stack([np.full(1000, constant), np.random.default_rng(0).integers(0, 3, 1000)])
    covariances = Moments.from_arrays(X, X[:, 1], features=features).covariances()
    assert covariances.varies.tolist() == [False, True]
    assert covariances.features[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((NUMERIC, np.where(np.arange(N) == 1, np.inf, 1.0)), ["modalities[0]", "inf", "row 1"]),
        ((np.where(NUMERIC > 1e4, np.inf, NUMERIC), MODALITIES["vector"]), ["X", "inf", "column 4"]),
        ((NUMERIC, np.ones(N - 1)), [str(N), str(N - 1), "one row per observation"]),
        ((NUMERIC, Modality(NUMERIC, "numeric")), ["modalities[0]", "5 columns", "vector"]),
        ((NUMERIC, Modality(LABELS, "categorical")), ["modalities[0]", "5 columns", "categories"]),
        ((LABELS, np.ones(N)), ["X", "text"]),  # digits as text are labels, whatever NumPy makes of them
        ((np.array([["a"]] * N), np.ones(N)), ["X", "not numeric"]),
        ((NUMERIC, Modality(np.ones(N), kernel=np.sqrt)), ["closed form", "pairs"]),
    ],
)
def test_bad_input_names_the_argument_and_the_value(arguments, words):
    with pytest.raises(InvalidInput) as caught:
        Moments.from_arrays(*arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_moments_of_different_things_do_not_add():
    with pytest.raises(InvalidInput, match="cannot be added"):
        Moments.from_arrays(NUMERIC, np.ones(N)) + Moments.from_arrays(NUMERIC[:, :4], np.ones(N))


def test_one_observation_has_no_pairs():
    with pytest.raises(InvalidInput, match="n_samples = 1"):
        Moments.from_arrays(NUMERIC[:1], np.ones(1)).covariances()


def test_no_variation_is_an_error_of_its_own():
    for X, modality, reference, word in [
        (np.ones((N, 2)), NUMERIC[:, 0], None, "X has no feature"),
        (NUMERIC, np.ones(N), None, "modalities"),
        (NUMERIC, NUMERIC[:, 0], np.ones(N), "reference"),
    ]:
        with pytest.raises(NoVariation, match=word):
            Moments.from_arrays(X, modality, reference).covariances().check()
