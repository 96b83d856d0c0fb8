"""The core scaled out: any split of the rows gives the answer of one pass, and bad input is named with its place."""

import json
from itertools import pairwise

import anndata
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_rows import MODALITIES, K, N, atlas

from benchmarks.own_one_pass import one_pass
from own.gather import gather
from own.plan import plan
from own.rows import as_input_error, rows_of, share
from own.simulate import LEVELS, planted, recovered, write
from own.weigh import weigh, without_nan
from schema_core import Modality, Moments, Schema, SchemaError


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "atlas.h5ad"
    atlas().write_h5ad(path)
    return path


@pytest.fixture(scope="module")
def whole(stored):
    """The fit with all rows in memory."""
    return one_pass(stored, "X", MODALITIES, 0.95, 1000)[0]


def fit(moments: Moments, modalities=MODALITIES, s=0.95):
    return weigh(moments, [str(i) for i in range(moments.layout.n_features)], modalities, s, 1000)


@given(
    cuts=st.sets(st.integers(1, N - 1), max_size=12),
    size=st.integers(1, N),
)
@settings(max_examples=25, deadline=None)
def test_any_split_of_the_rows_gives_the_weights_of_one_pass(stored, whole, cuts, size):
    edges = [0, *sorted(cuts), N]
    parts = [rows_of(stored, "X", MODALITIES, a, b, size)[0] for a, b in pairwise(edges)]
    total = sum(parts[1:], parts[0])
    ours, truth = total.covariances(), whole.covariances_
    for name in ("features", "modalities", "modality_sd", "reference", "mean_distance"):
        # a variance of 1 is the difference of sums over N rows: rounding, and nothing that the split adds
        np.testing.assert_allclose(getattr(ours, name), getattr(truth, name), rtol=1e-10, atol=1e-12)
    weights, found = fit(total)
    np.testing.assert_allclose(weights["weight"], whole.weights_, atol=1e-7)  # the solver's own tolerance
    assert found["certificate"]["kind"] == whole.certificate_.kind
    assert found["rows"] == N


@pytest.mark.parametrize("features", ["X", "layers/csr", "obsm/pca", "obsm/counts", "obsm/numbers"])
def test_rows_are_those_of_the_file_in_memory(stored, features):
    data = atlas()
    folder, _, key = features.partition("/")
    X = getattr(data, folder)[key] if key else data.X
    given = {
        "obs/age": ("numeric", data.obs["age"]),
        "obs/whole": ("numeric", data.obs["whole"].to_numpy(float)),
        "obs/flag": ("numeric", data.obs["flag"]),
        "obs/type": ("categorical", data.obs["type"]),
        "obs/word": ("categorical", data.obs["word"]),
        "obs/batch": ("categorical", data.obs["batch"]),
        "obsm/labels": ("categories", data.obsm["labels"]),
        "obsm/counts": ("vector", data.obsm["counts"]),
        "obsm/numbers": ("vector", data.obsm["numbers"]),
    }
    asked = [{"values": place, "kind": kind} for place, (kind, _) in given.items()]
    plan(stored, features, asked, 4)
    expected = Moments.from_arrays(X, [Modality(values, kind) for kind, values in given.values()])
    found, reading = rows_of(stored, features, asked, 0, N, 37)
    assert found.layout == expected.layout
    np.testing.assert_allclose(found.covariances().modalities, expected.covariances().modalities, rtol=1e-9, atol=1e-9)
    assert reading > 0


def same_bits(one: Moments, other: Moments) -> bool:
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("dense", "across"))
        and (one.together != other.together).nnz == 0
    )


def test_a_compressed_file_gives_the_same_bits(stored, tmp_path):
    atlas().write_h5ad(tmp_path / "small.h5ad", compression="gzip")
    ours, theirs = (rows_of(path, "layers/csr", MODALITIES, 3, N, 37)[0] for path in (tmp_path / "small.h5ad", stored))
    assert same_bits(ours, theirs)


def test_what_no_weights_can_do_is_said_in_the_words_of_the_file(stored):
    constant = Moments.from_arrays(atlas().X, [Modality(np.ones(N)), Modality(atlas().obs["age"])])
    with pytest.raises(SchemaError) as caught:
        fit(constant, MODALITIES[:2])
    said = str(as_input_error(caught.value, "mine.h5ad", ["X", "obs/ones", "obs/age"]))
    assert said == "mine.h5ad: obs/ones has the same distance for every pair; drop it"


def test_names_are_those_of_the_columns(stored):
    names = [plan(stored, place, MODALITIES, 1)["features"] for place in ("layers/csr", "obsm/numbers", "obsm/protein")]
    assert names == [[f"gene{i}" for i in range(K)], ["u", "v"], ["protein[0]", "protein[1]"]]


@pytest.mark.parametrize(("n", "jobs"), [(10, 3), (5_000_000, 7), (4, 4)])
def test_shares_are_all_rows_once(n, jobs):
    shares = [share(f"{i}-of-{jobs}", n) for i in range(1, jobs + 1)]
    assert [row for first, last in shares for row in (first, last)] == sorted(edge for one in shares for edge in one)
    assert (shares[0][0], shares[-1][1], sum(last - first for first, last in shares)) == (0, n, n)
    assert all(a[1] == b[0] for a, b in pairwise(shares))


def test_the_sum_is_in_the_order_of_rows_to_the_bit(stored, tmp_path):
    paths = []
    for i in range(1, 12):
        paths.append(tmp_path / f"{i}-of-11.npz")
        rows_of(stored, "X", MODALITIES, *share(f"{i}-of-11", N), 10)[0].save(paths[-1])
    totals = [gather(order) for order in (paths, paths[::-1], sorted(paths))]
    assert all(same_bits(one, totals[0]) for one in totals)
    assert totals[0].n_observations == N


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    path = tmp_path_factory.mktemp("simulated") / "made_up.h5ad"
    write(path, rows=5_000, k=20, seed=3)
    return path


def test_the_simulated_file_is_an_anndata_with_a_planted_truth(simulated, monkeypatch, tmp_path):
    data = anndata.read_h5ad(simulated)
    assert data.shape == (5_000, 20)
    assert data.X.dtype == np.float32
    assert list(data.obs_names[[0, -1]]) == ["0", "4999"]
    assert list(data.obs["cell_type"].cat.categories) == list(LEVELS)
    assert set(data.obs["cell_type"][:-50]) == set(LEVELS[:-1])  # the last level is late
    assert "late" in set(data.obs["cell_type"][-50:])
    assert data.var["planted"].tolist() == planted(20).tolist()
    monkeypatch.setattr("own.simulate.BLOCK", 999)
    write(tmp_path / "blocks.h5ad", rows=5_000, k=20, seed=3)
    blocks = anndata.read_h5ad(tmp_path / "blocks.h5ad")
    assert abs(np.corrcoef(blocks.X[1000:2000, 0], blocks.X[2000:3000, 0])[0, 1]) < 0.15  # a block is not the next


def test_the_planted_features_are_weighted_up(simulated):
    modalities = [
        {"values": "obs/age", "kind": "numeric"},
        {"values": "obs/cell_type", "kind": "categorical"},
        {"values": "obsm/protein", "kind": "vector"},
    ]
    model, taken = one_pass(simulated, "X", modalities, 0.95, 1000)
    weights, found = fit(rows_of(simulated, "X", modalities, 0, 5_000, 700)[0], modalities)
    assert recovered(weights["weight"]) == 1.0
    assert recovered(-weights["weight"]) == 0.0
    np.testing.assert_allclose(weights["weight"], model.weights_, atol=1e-7)
    before, after = (sum(one[f"correlation_{when}"] for one in found["modalities"]) for when in ("before", "after"))
    assert after == pytest.approx(found["objective"])
    assert after > before + 0.05
    assert json.loads(json.dumps(without_nan(found), allow_nan=False))["rows"] == 5_000
    assert taken["read_seconds"] < taken["seconds"]


def test_a_local_certificate_is_written_without_nan():
    assert without_nan({"certificate": {"kind": "local", "bound": float("nan")}}) == {
        "certificate": {"kind": "local", "bound": None}
    }


def test_the_estimator_takes_the_sum(stored, whole):
    moments, _ = rows_of(stored, "X", MODALITIES, 0, N, 50)
    model = Schema(min_correlation=0.95).fit_moments(moments, [1.0, -0.5, 1.0])
    np.testing.assert_allclose(model.weights_, whole.weights_, atol=1e-7)
