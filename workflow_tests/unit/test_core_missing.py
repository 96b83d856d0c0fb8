"""Observations that lack a modality, and weights of observations: against brute force over pairs."""

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from schema_core import InvalidInput, Modality, Moments, Schema, SchemaWarning, sampled_covariances

N, K = 40, 4
RNG = np.random.default_rng(7)
X = RNG.normal(size=(N, K)) * [0.1, 1, 5, 1] + [0, 3, -100, 0]
LABELS = RNG.integers(0, 3, size=(N, K))
AGE = X[:, 1] + RNG.normal(size=N)
VECTOR = RNG.normal(size=(N, 3)) + X[:, :3]
TYPE = np.where(X[:, 1] > 3, "b", "a").astype(object)
FIELDS = RNG.integers(0, 3, size=(N, 2)).astype(object)
KINDS = {"numeric": AGE, "vector": VECTOR, "categorical": TYPE, "categories": FIELDS}
HAS = RNG.random(N) < 0.7


def holed(values, has=HAS):
    """The same with nothing in some rows."""
    spoilt = values.copy()
    spoilt[~has] = np.nan if values.dtype.kind == "f" else None
    return spoilt


def distances(values, kind, first, second):
    a, b = (values[some].reshape(len(some), -1) for some in (first, second))
    return ((a != b) if kind.startswith("categor") else (a - b) ** 2).sum(axis=1).astype(float)


def covariance(columns, counts):
    """Covariances of columns (P, B) over pairs that count so often; self-pairs of a share below 1 count below 0."""
    centred = columns - counts @ columns / counts.sum()
    return (centred * counts[:, None]).T @ centred / counts.sum()


def brute(features, kind_of_features, modalities, weights):
    """S over all pairs; for each modality c over those that have it, their number, and the joint covariance there."""
    first, second = np.triu_indices(N)
    same = first == second
    counts = weights[first] * (weights[second] - same) / (1 + same)
    d = np.column_stack([distances(features[:, i], kind_of_features, first, second) for i in range(K)])
    found = []
    for values, kind, has in modalities:
        both = has[first] & has[second]
        rho = distances(values, kind, first[both], second[both])
        joint = covariance(np.column_stack([d[both], rho]), counts[both])
        found.append((joint[:K, K] / np.sqrt(joint[K, K]), counts[both].sum(), joint))
    return covariance(d, counts), found


@settings(deadline=None, max_examples=12)
@given(st.sampled_from(["numeric", "categorical"]), st.integers(0, 1000), st.sampled_from([None, "counts", "shares"]))
def test_missing_modalities_and_weights_equal_brute_force(features, seed, weighted):
    """Each modality over the pairs in which both have it, S over all; in one pass, in chunks, and pair by pair."""
    rng = np.random.default_rng(seed)
    has = {kind: rng.random(N) < rng.choice([0.4, 0.9, 1.0]) for kind in KINDS}
    weights = {None: np.ones(N), "counts": rng.integers(0, 4, N).astype(float), "shares": rng.random(N) + 0.1}[weighted]
    data = X if features == "numeric" else LABELS
    given = [Modality(holed(values, has[kind]), kind) for kind, values in KINDS.items()]
    S, expected = brute(data, features, [(KINDS[kind], kind, has[kind]) for kind in KINDS], weights)
    sample_weight = None if weighted is None else weights
    moments = Moments.from_arrays(data, given, None, sample_weight, features=features)
    halves = [
        (data[rows], [Modality(one.values[rows], one.kind) for one in given], None, weights[rows])
        for rows in (np.arange(N) < 11, np.arange(N) >= 11)
    ]
    visited = sampled_covariances(data, given, None, sample_weight, features=features, n_pairs=None)
    w = rng.random(K)
    for covariances in (
        moments.covariances(),
        Moments.from_chunks(halves, features=features).covariances(),
        visited,
    ):
        np.testing.assert_allclose(covariances.features, S, rtol=1e-9, atol=1e-9 * np.diag(S).min())
        c = covariances.modalities / covariances.modality_sd
        for j, (one, n_pairs, joint) in enumerate(expected):
            np.testing.assert_allclose(c[:, j], one, rtol=1e-8, atol=1e-9 * np.sqrt(np.diag(S)).min())
            assert covariances.modality_pairs[j] == pytest.approx(n_pairs, abs=0.5)
            within = w @ joint[:K, K] / np.sqrt(joint[K, K] * (w @ joint[:K, :K] @ w))
            assert covariances.correlations_within(w)[j] == pytest.approx(within, rel=1e-8)


def test_whole_weights_are_repeated_rows():
    weights = RNG.integers(0, 4, N)
    rows = np.repeat(np.arange(N), weights)
    given = [Modality(holed(values), kind) for kind, values in KINDS.items()]
    repeated = [Modality(one.values[rows], one.kind) for one in given]
    weighed = Schema(min_correlation=0.8).fit(X, given, sample_weight=weights)
    plain = Schema(min_correlation=0.8).fit(X[rows], repeated)
    assert weighed.objective_ == pytest.approx(plain.objective_, rel=1e-9)
    np.testing.assert_allclose(weighed.modality_pairs_.astype(float), plain.modality_pairs_.astype(float))
    many = sampled_covariances(X, given, None, weights, n_pairs=400_000)
    np.testing.assert_allclose(many.modality_correlations, plain.covariances_.modality_correlations, atol=0.03)


MISSING = {
    "NaN": lambda: holed(AGE),
    "masked": lambda: np.ma.masked_array(np.where(HAS, AGE, 1e9), mask=~HAS),
    "masked integers": lambda: np.ma.masked_array(np.where(HAS, np.arange(N), 10**6), mask=~HAS),
    "objects": lambda: holed(AGE.astype(object)),
    "list": lambda: holed(AGE.astype(object)).tolist(),
    "Series": lambda: pd.Series(holed(AGE)),
    "Int64": lambda: pd.Series(np.arange(N), dtype="Int64").mask(~HAS),
    "dates": lambda: pd.Series(pd.date_range("2020", periods=N)).mask(~HAS),
    "sparse": lambda: sparse.csr_matrix(np.where(HAS[:, None], VECTOR, np.nan)),
    "frame": lambda: pd.DataFrame(holed(VECTOR)),
    "categories": lambda: pd.Series(pd.Categorical(holed(TYPE))),
    "text": lambda: Modality(holed(TYPE), "categorical"),
    "strings": lambda: Modality(pd.Series(holed(TYPE), dtype="string"), "categorical"),
    "list of labels": lambda: Modality(
        [t if h else float("nan") for t, h in zip(TYPE, HAS, strict=True)], "categorical"
    ),
}


@pytest.mark.parametrize("form", MISSING)
def test_any_sign_of_missing_is_missing_and_said(form, caplog):
    """The same as the rows that have it, for what concerns the modality alone; the count stands in the log."""
    given = MISSING[form]()
    one = given if isinstance(given, Modality) else Modality(given)
    values = (
        one.values if hasattr(one.values, "__array__") or sparse.issparse(one.values) else np.array(one.values, object)
    )
    values = values.iloc[HAS] if hasattr(values, "iloc") else values[HAS]
    with caplog.at_level(logging.INFO, logger="schema_core"):
        found = Moments.from_arrays(X, given).covariances()
    assert f"modalities[0]: {N - HAS.sum()} of {N} observations lack it" in caplog.text
    alone = Moments.from_arrays(X[HAS], Modality(values, one.kind)).covariances()
    np.testing.assert_allclose(found.modalities, alone.modalities, rtol=1e-9)
    np.testing.assert_allclose(found.modality_sd, alone.modality_sd, rtol=1e-12)
    np.testing.assert_allclose(found.features, Moments.from_arrays(X, AGE).covariances().features, rtol=1e-9)


@pytest.mark.parametrize("pairs", ["all", 300])
def test_what_is_missing_in_part_or_altogether_is_refused(pairs):
    partly = VECTOR.copy()
    partly[7, 1] = np.nan
    for values in (partly, pd.DataFrame(partly), sparse.csr_matrix(partly), np.ma.masked_invalid(partly)):
        with pytest.raises(InvalidInput, match=r"modalities\[0\] is missing at row 7, column 1, but not in all"):
            Schema(pairs=pairs).fit(X, values)
    with pytest.raises(InvalidInput, match=r"modalities\[1\] is (missing for every observation|known for no pair)"):
        Schema(pairs=pairs).fit(X, [AGE, np.full(N, np.nan)])
    with pytest.raises(InvalidInput, match=r"modalities\[0\] is (missing for all but one|known for no pair)"):
        Schema(pairs=pairs).fit(X, np.where(np.arange(N) == 3, AGE, np.nan))
    with pytest.raises(InvalidInput, match=r"reference is missing at row 7"):
        Schema(pairs=pairs).fit(X, AGE, np.where(np.arange(N) == 7, np.nan, AGE))


def test_a_biased_subset_is_said():
    """Those that have the modality differ little from each other, so that covariance over them is small beside S."""
    rng = np.random.default_rng(0)
    spread = np.where(np.arange(400) < 200, 0.2, 1.0)[:, None]
    data = rng.normal(size=(400, 3)) * spread
    age = np.where(np.arange(400) < 200, data[:, 0] + 0.01 * rng.normal(size=400), np.nan)
    with pytest.warns(SchemaWarning, match=r"modalities\[0\].*0\.\d+ over all pairs.*over the 19900 pairs"):
        model = Schema(min_correlation=0.8).fit(data, age)
    assert model.modality_pairs_.tolist() == [199 * 100]
    assert model.covariances_.correlations_within(model.weights_)[0] > model.modality_correlations_[1][0] + 0.05


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(N - 1), "shape"),
        (np.where(np.arange(N) == 3, -1.0, 1), "-1 at row 3"),
        (np.where(np.arange(N) == 3, np.nan, 1), "nan at row 3"),
        (["a"] * N, "no array of numbers"),
        (np.full(N, 0.5 / N), "need at least 2"),
        (np.zeros(N), "zero weight"),
    ],
)
def test_weights_that_are_none_are_refused(weights, words):
    with pytest.raises(InvalidInput, match=words):
        Schema().fit(X, AGE, sample_weight=weights)


def test_moments_with_missing_modalities_are_saved_and_taken_apart(tmp_path):
    given = [Modality(holed(values), kind) for kind, values in KINDS.items()]
    whole = Moments.from_arrays(X, given, AGE)
    whole.save(tmp_path / "moments.npz")
    again = Moments.load(tmp_path / "moments.npz")
    np.testing.assert_array_equal(again.covariances().modalities, whole.covariances().modalities)
    assert again.covariances().modality_pairs.tolist() == whole.covariances().modality_pairs.tolist()
    rows = np.arange(N) % 3 == 0
    part, rest = (
        Moments.from_arrays(X[some], [Modality(one.values[some], one.kind) for one in given], AGE[some])
        for some in (rows, ~rows)
    )
    left = (whole - part).covariances()
    expected = rest.covariances()
    for name in ("features", "modalities", "reference", "modality_sd", "mean_distance"):
        a, b = getattr(left, name), getattr(expected, name)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(b).max(), err_msg=name)
    assert left.modality_pairs.tolist() == expected.modality_pairs.tolist()
    with pytest.raises(InvalidInput, match="not among those"):
        part - whole


def test_a_group_of_nearly_all_that_varies_is_not_taken_away():
    far = np.concatenate([RNG.normal(size=(50, 2)), 1e-4 * RNG.normal(size=(50, 2))])
    target = far[:, 0] + RNG.normal(size=100)
    whole, group = Moments.from_arrays(far, target), Moments.from_arrays(far[:50], target[:50])
    with pytest.raises(InvalidInput, match="add up the moments of the rest"):
        whole - group
    near = RNG.normal(size=(100, 2)) + np.array([1.0, 0])
    near[:50] *= 10
    whole, group, rest = (Moments.from_arrays(near[i], target[i]) for i in (slice(None), slice(50), slice(50, None)))
    np.testing.assert_allclose((whole - group).covariances().features, rest.covariances().features, rtol=1e-9)
