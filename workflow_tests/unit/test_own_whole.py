"""Schema on files that fit into memory: three formats, one answer; the planted truth; one line for what cannot work."""

import os
import shutil
from types import SimpleNamespace

import anndata
import h5py
import mudata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from own.asked import BATCH, LABELS, PRIMARY, in_full, rows_of_file
from own.cells import cells_of
from own.compare import scores
from own.fit import answers, in_words_of_the_file
from own.methods import place
from own.others import others
from own.page import draw, page
from own.representation import default, represented
from running import InputError
from schema_core import SchemaError, tl

N, GENES, PEAKS = 150, 70, 80
ASKED = {"labels": "obs/type", "batch": "obs/batch", "representation": None, "components": 8}
PARAMS = {"min_correlation": 0.9, "max_weight_ratio": 1000, "path": [0.5, 0.99], "shuffles": 19, "bootstraps": 3}
PARAMS = SimpleNamespace(**PARAMS, seed=0)


def made() -> mudata.MuData:
    """RNA and ATAC of cells of three types, which rates of counts depend on; an age that follows two components."""
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 3, N)
    rna, atac = (rng.poisson(np.exp(rng.normal(0, 1, (3, width)))[kind]) for width in (GENES, PEAKS))
    cells = pd.Index([f"cell{i}" for i in range(N)])
    one = anndata.AnnData(sparse.csr_matrix(rna, dtype=np.float32), obs=pd.DataFrame(index=cells))
    one.var_names = [f"gene{i}" for i in range(GENES)]
    one.obsm["X_pca"] = rng.normal(size=(N, 6))
    one.obs["age"] = one.obsm["X_pca"][:, 1] + one.obsm["X_pca"][:, 2] + 0.5 * rng.normal(size=N)
    one.obs["type"] = pd.Categorical(np.array(["a", "b", "c"])[kind])
    one.obs["batch"] = pd.Categorical(rng.choice(["x", "y"], N))
    one.obs["same"], one.obs["nothing"], one.obs["word"] = 1.0, np.nan, [f"w{i % 7}" for i in range(N)]
    other = anndata.AnnData(sparse.csr_matrix(atac, dtype=np.float32), obs=pd.DataFrame(index=cells))
    other.var_names = [f"chr1:{i}00-{i}50" for i in range(PEAKS)]
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData({"rna": one, "atac": other[rng.permutation(N)].copy()})
    both.obs["type"], both.obs["batch"] = one.obs["type"], one.obs["batch"]
    return both


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder, both = tmp_path_factory.mktemp("own"), made()
    both["rna"].write_h5ad(folder / "cells.h5ad")
    both["rna"].write_zarr(folder / "cells.zarr")
    both.write_h5mu(folder / "cells.h5mu")
    return folder


def read(path, use_rep="obsm/X_pca", modalities=None, **asked):
    return cells_of(path, use_rep, in_full(modalities or {"age": "obs/age"}), ASKED | asked)


def test_h5ad_zarr_and_h5mu_give_the_same_cells(files):
    one, other = (read(files / name) for name in ("cells.h5ad", "cells.zarr"))
    both = read(files / "cells.h5mu", "rna:obsm/X_pca", {"age": "rna:obs/age"})
    for found in (other, both):
        assert found.obs_names.equals(one.obs_names)
        np.testing.assert_array_equal(found.obsm[PRIMARY], one.obsm[PRIMARY])
        np.testing.assert_array_equal(found.obs["age"], one.obs["age"])
        for key in (LABELS, BATCH):
            assert found.obs[key].tolist() == one.obs[key].tolist()
    assert rows_of_file(str(files / "cells.h5ad")) == N
    assert rows_of_file(str(files / "cells.h5mu")) == rows_of_file(str(files / "cells.zarr")) == 0


def test_cells_of_modalities_are_joined_by_name_whatever_their_order(files):
    both = made()
    found = read(files / "cells.h5mu", "rna:X", {"atac": "atac:X"})
    expected = represented("tfidf_svd", both["atac"].X, 8)
    order = both["atac"].obs_names.get_indexer(found.obs_names)
    assert (order != np.arange(N)).any()
    np.testing.assert_allclose(found.obsm["atac"], expected[order])


def test_the_planted_components_are_weighted_up_and_all_is_told(files, tmp_path):
    data = read(files / "cells.h5ad")
    found = answers(data, in_full({"age": "obs/age"}), PARAMS)
    weights = found["weights"].set_index("feature")["weight"]
    assert set(weights.nlargest(2).index) == {"X_pca[1]", "X_pca[2]"}
    assert found["control"]["p_value"].iloc[0] == 1 / 20
    assert found["path"]["s"].tolist() == [0.5, 0.9, 0.99]
    assert (np.diff(found["path"]["after: age"]) <= 1e-9).all()  # less is gained as more is kept
    assert "X_pca[1]" in found["summary"]
    assert "modalities[" not in found["summary"]
    data.write_h5ad(tmp_path / "schema.h5ad")
    again = anndata.read_h5ad(tmp_path / "schema.h5ad")
    assert again.obsm["X_schema"].shape == (N, 6)
    np.testing.assert_allclose(tl.fitted(again).weights_, weights)
    table = {name: found[name] for name in ("weights", "path", "correlations", "control", "stability")}
    text = page("<mine>", found["summary"], "<svg></svg>", table)
    assert "&lt;mine&gt;" in text
    assert len(draw(table, 0.9).axes) == 4


def test_an_age_of_other_cells_is_no_gain(files):
    data = read(files / "cells.h5ad")
    data.obs["age"] = np.random.default_rng(0).permutation(data.obs["age"])
    assert answers(data, in_full({"age": "obs/age"}), PARAMS)["control"]["p_value"].iloc[0] > 0.05


def test_each_method_places_the_cells_and_types_are_found(files, tmp_path):
    asked = in_full({"atac": "atac:X", "age": "rna:obs/age"})
    data = read(files / "cells.h5mu", "rna:X", {"atac": "atac:X", "age": "rna:obs/age"})
    data.write_h5ad(tmp_path / "cells.h5ad")
    settings = {"modalities": asked, "min_correlation": 0.99, "max_weight_ratio": 1000}
    found = {}
    for name in ("primary", "modality", "schema", "schema_shuffled", "cca"):
        place(tmp_path / f"{name}.npz", tmp_path / "cells.h5ad", name, 0, settings, 3)
        found[name] = np.load(tmp_path / f"{name}.npz")["points"]
        assert len(found[name]) == N
    assert not np.allclose(found["schema"], found["schema_shuffled"])
    labels = data.obs[LABELS].astype(str).to_numpy()
    got = scores(found["schema"], labels, np.ones(N, bool), 15, 1.0, [0, 1])
    assert got["ari"] > 0.8
    by_chance = scores(found["schema"], np.random.default_rng(0).permutation(labels), np.ones(N, bool), 15, 1.0, [0])
    assert abs(by_chance["ari"]) < 0.1
    assert np.nanvar(others(data, ["atac"]), axis=0).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("place_of", "values", "columns", "expected"),
    [
        ("X", np.ones((3, 60)), ["g"] * 60, "log_svd"),
        ("rna:layers/spliced", np.ones((3, 40)), ["g"] * 40, "log"),
        ("atac:X", np.ones((3, 60)), ["chr1:1-2", "chrX-10-20", "GL000192.1_3_40"] * 20, "tfidf_svd"),
        ("X", np.full((3, 60), 0.5), ["g"] * 60, "as_is"),
        ("X", np.full((3, 1001), 0.5), ["g"] * 1001, "svd"),
        ("obsm/protein", np.ones((3, 60)), ["p"] * 60, "as_is"),
    ],
)
def test_the_default_representation(place_of, values, columns, expected):
    assert default(place_of, values, columns, 50) == expected


def spoilt(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


def cut(file, place_of, values):
    kept = dict(file[place_of].attrs)
    del file[place_of]
    file[place_of] = values
    file[place_of].attrs.update(kept)


FAULTS = {  # what is asked, what is done to the file, what the one line says
    "no such key": ({"modalities": {"age": "obs/agee"}}, None, ["holds no obs/agee", "the nearest is obs/age"]),
    "no such modality": ({"modalities": {"a": "atac:X"}}, None, ["holds no atac:X", "X"]),
    "all missing": ({"modalities": {"a": "obs/nothing"}}, None, ["obs/nothing has no value in any cell"]),
    "negative": ({"representation": "log"}, None, ["obsm/X_pca holds numbers below 0"]),
    "one label": ({"labels": "obs/same"}, None, ["obs/same has fewer than two values"]),
    "a batch missing": (
        {"batch": "obs/type"},
        lambda file: file["obs/type/codes"].__setitem__(3, -1),
        ["obs/type is missing in 1 of 150 cells"],
    ),
    "of words": (
        {"modalities": {"a": {"values": "obs/word", "representation": "log"}}},
        None,
        ["obs/word holds no numbers"],
    ),
    "wrong length": ({}, lambda file: cut(file, "obs/age", np.ones(3)), ["obs/age has 3 rows, obs has 150"]),
    "a name twice": (
        {},
        lambda file: cut(file, "obs/_index", np.array(["cell0"] * N, dtype=object)),
        ["'cell0' stands more than once", "obs_names_make_unique()"],
    ),
    "a newer anndata": (
        {},
        lambda file: file["obs/age"].attrs.__setitem__("encoding-version", "0.9.0"),
        ["obs/age cannot be read by anndata"],
    ),
    "data elsewhere": (
        {},
        lambda file: file.__setitem__("obsm/secret", h5py.ExternalLink("other.h5ad", "X")),
        ["takes data from other files, at obsm/secret"],
    ),
}


@pytest.mark.parametrize(("asked", "change", "words"), FAULTS.values(), ids=FAULTS)
def test_bad_input_is_one_line(files, tmp_path, asked, change, words):
    path = tmp_path / "cells.h5ad"
    shutil.copy(files / "cells.h5ad", path)
    if change:
        spoilt(path, change)
    with pytest.raises(InputError) as caught:
        read(path, **asked)
    said = str(caught.value)
    assert [word for word in [str(path), *words] if word not in said] == [], said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("modality", "words"),
    [
        ({"values": "obs/same", "kind": "numeric"}, ["a (obs/same)", "same distance"]),
        ({"values": "obs/word", "kind": "numeric"}, ["a (obs/word)", "not numeric"]),
    ],
)
def test_what_the_core_refuses_is_said_in_the_words_of_the_file(files, modality, words):
    asked = in_full({"a": modality})
    data = read(files / "cells.h5ad", modalities={"a": modality})
    with pytest.raises(SchemaError) as caught:
        answers(data, asked, PARAMS)
    said = str(in_words_of_the_file(caught.value, "mine.h5ad", "obsm/X_pca", asked))
    assert said.startswith("mine.h5ad: ")
    assert [word for word in words if word not in said] == [], said


def chunk_of(store, place_of):
    """The files of the chunks of an array, in both formats of zarr."""
    return [
        path for path in (store / place_of).rglob("*") if path.is_file() and not path.name.startswith(("zarr", ".z"))
    ]


@pytest.mark.parametrize("place_of", ["obsm/X_pca", "obs/age", "obs/_index"])
def test_a_zarr_store_half_written_is_refused(files, tmp_path, place_of):
    shutil.copytree(files / "cells.zarr", tmp_path / "cells.zarr")
    chunk_of(tmp_path / "cells.zarr", place_of)[0].unlink()
    with pytest.raises(InputError, match=r"lacks 1 of 1 chunks: its writing was broken off; write it again"):
        read(tmp_path / "cells.zarr")


def test_a_zarr_store_without_its_root_with_broken_metadata_or_links(files, tmp_path):
    store = tmp_path / "cells.zarr"
    shutil.copytree(files / "cells.zarr", store)
    os.symlink(files / "cells.h5ad", store / "obs" / "secret")
    with pytest.raises(InputError, match=r"takes data from other files, at obs/secret"):
        read(store)
    (store / "obs" / "secret").unlink()
    root = next(path for path in (store / ".zgroup", store / "zarr.json") if path.exists())
    root.write_text('{"zarr')
    with pytest.raises(InputError, match=r"is damaged"):
        read(store)
    root.unlink()
    with pytest.raises(InputError, match=r"is no zarr store, or one whose writing was broken off"):
        read(store)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.h5mu")


def test_a_cell_that_lacks_a_modality_is_missing_there(files, tmp_path):
    both = made()
    with mudata.set_options(pull_on_update=False):
        part = mudata.MuData({"rna": both["rna"], "atac": both["atac"][:100].copy()})
    part.obs["type"], part.obs["batch"] = both["rna"].obs["type"], both["rna"].obs["batch"]
    part.write_h5mu(tmp_path / "part.h5mu")
    found = read(tmp_path / "part.h5mu", "rna:X", {"atac": "atac:X"})
    assert np.isnan(found.obsm["atac"]).all(axis=1).sum() == N - 100
    assert answers(found, in_full({"atac": "atac:X"}), PARAMS)["correlations"]["pairs"].iloc[0] == 100 * 99 / 2
