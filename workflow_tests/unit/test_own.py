"""The core scaled out: any split of the rows gives the answer of one pass, and bad input is named with its place."""

import json
from itertools import pairwise

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.own_one_pass import one_pass
from own.gather import gather
from own.plan import plan
from own.rows import Rows, as_input_error, rows_of, share
from own.simulate import LEVELS, planted, recovered, write
from own.weigh import weigh, without_nan
from running import InputError
from schema_core import Modality, Moments, Schema, SchemaError

N, K = 240, 6
MODALITIES = [
    {"values": "obs/age", "kind": "numeric", "weight": 1},
    {"values": "obs/type", "kind": "categorical", "weight": -0.5},
    {"values": "obsm/protein", "kind": "vector"},
]


def atlas() -> anndata.AnnData:
    """Every form of storage; labels are sorted, so that most ranges of rows lack most levels."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(N, K)).astype(np.float32) + 3
    types = np.sort(rng.choice(["a", "b", "c", "d"], N))
    obs = pd.DataFrame(
        {
            "age": X[:, 0] + rng.normal(size=N),
            "type": pd.Categorical(types, ["z_unused", *"dcba"]),
            "word": types.astype(object),
            "batch": rng.integers(0, 3, N),
            "whole": pd.array(rng.integers(0, 9, N), dtype="Int64"),
            "flag": rng.random(N) < 0.5,
        },
        index=[f"cell{i}" for i in range(N)],
    )
    counts = sparse.random(N, 8, 0.3, "csr", random_state=rng)
    table = pd.DataFrame({"one": obs["type"], "two": pd.Categorical(rng.choice(["x", "y"], N))}, index=obs.index)
    numbers = pd.DataFrame(rng.normal(size=(N, 2)), columns=["u", "v"], index=obs.index)
    protein = X[:, 1:3] + rng.normal(size=(N, 2))
    obsm = {"protein": protein, "pca": X[:, ::-1] * 2.0, "counts": counts, "labels": table, "numbers": numbers}
    csr = sparse.csr_matrix(np.where(X > 3, X, 0))
    var = pd.DataFrame(index=[f"gene{i}" for i in range(K)])
    return anndata.AnnData(X, obs=obs, var=var, obsm=obsm, layers={"csr": csr, "csc": csr.tocsc()})


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


HOSTILE = [  # features, modality, what the one line says
    ("X", {"values": "obs/agee"}, ["obs/agee", "age, batch"]),
    ("obsm/nothing", {"values": "obs/age"}, ["obsm/nothing", "protein"]),
    ("layers/csc", {"values": "obs/age"}, ["layers/csc", "CSC", "tocsr"]),
    ("X", {"values": "layers/csc", "kind": "vector"}, ["layers/csc", "CSC"]),
    ("X", {"values": "obsm/protein"}, ["obsm/protein has 2 columns", "'vector'"]),
    ("X", {"values": "obs/type"}, ["obs/type holds labels", "categorical"]),
    ("obsm/labels", {"values": "obs/age"}, ["obsm/labels holds labels", "own.use_rep"]),
    ("X", {"values": "obsm/counts", "kind": "categories"}, ["obsm/counts is sparse", "'vector'"]),
]


@pytest.mark.parametrize(("features", "modality", "words"), HOSTILE)
def test_what_cannot_work_is_said_before_rows_are_read(stored, features, modality, words):
    with pytest.raises(InputError) as caught:
        plan(stored, features, [{"kind": "numeric"} | modality], 2)
    assert all(word in str(caught.value) for word in [str(stored), *words]), str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_columns_are_refused(stored, monkeypatch):
    monkeypatch.setattr("own.plan.MOST_COLUMNS", K)
    plan(stored, "X", MODALITIES, 1)
    with pytest.raises(InputError, match=r"obsm/counts has 8 columns.*at most 6.*obsm"):
        plan(stored, "obsm/counts", MODALITIES, 1)


def test_too_few_rows(stored):
    with pytest.raises(InputError, match=r"240 row.*too few.*241 jobs.*own\.jobs"):
        plan(stored, "X", MODALITIES, N + 1)


def spoilt(place, row):
    """The atlas with one value missing or infinite."""
    data = atlas()
    if place == "X":
        data.X[row, 2] = np.inf
    elif place == "layers/csr":
        data.layers["csr"].data[data.layers["csr"].indptr[row]] = np.nan
    elif place == "obsm/protein":
        data.obsm["protein"][row, 1] = np.nan
    else:
        data.obs[place.removeprefix("obs/")] = data.obs[place.removeprefix("obs/")].where(np.arange(N) != row)
    return data


@pytest.mark.parametrize("place", ["X", "layers/csr", "obsm/protein"])
def test_a_missing_or_infinite_value_is_named_with_its_row(tmp_path, place):
    spoilt(place, 171).write_h5ad(tmp_path / "spoilt.h5ad")
    kind = {"obs/type": "categorical", "obsm/protein": "vector"}.get(place, "numeric")
    features, values = (place, "obs/age") if place in ("X", "layers/csr") else ("X", place)
    asked = [{"values": values, "kind": kind if features == "X" else "numeric"}]
    with pytest.raises(InputError) as caught:
        rows_of(tmp_path / "spoilt.h5ad", features, asked, 100, N, 50)
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'spoilt.h5ad'}: row 171 (counted from 0): {place}"), said
    assert "at row" not in said
    assert "; " in said


def test_damage_in_the_middle_of_a_file_is_named_with_its_rows(tmp_path):
    atlas().write_h5ad(tmp_path / "damaged.h5ad", compression="gzip")
    with h5py.File(tmp_path / "damaged.h5ad") as file:
        chunk = file["X"].id.get_chunk_info(0)
    with (tmp_path / "damaged.h5ad").open("r+b") as file:
        file.seek(chunk.byte_offset)
        file.write(b"\xff" * chunk.size)
    with pytest.raises(InputError, match=r"damaged\.h5ad: rows 0 to 49 cannot be read .*; the file is damaged"):
        rows_of(tmp_path / "damaged.h5ad", "X", MODALITIES, 0, N, 50)


def test_a_name_per_cell_is_no_category(stored, monkeypatch, tmp_path):
    data = atlas()
    data.obs["name"] = data.obs_names
    data.write_h5ad(tmp_path / "names.h5ad")
    monkeypatch.setattr("own.rows.MOST_LEVELS", 50)
    asked = [{"values": "obs/name", "kind": "categorical"}]
    for size in (N, 20):  # within a chunk, and only over chunks
        with pytest.raises(InputError, match=r"obs/name has \d+ levels in rows 0 to \d+.*merge them to at most 50"):
            rows_of(tmp_path / "names.h5ad", "X", asked, 0, N, size)


def test_labels_given_as_numbers_are_refused_in_the_words_of_the_file(stored):
    with h5py.File(stored) as file, pytest.raises(InputError, match="obs/word is not numeric"):
        Rows(file, "X", [{"values": "obs/word", "kind": "numeric"}]).moments(0, 10)


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
