"""Schema on files that fit into memory: three formats, one answer; the planted truth."""

import anndata
import mudata
import numpy as np
import pytest
from own_cells import PARAMS, N, made, read, written

from own.asked import BATCH, LABELS, PRIMARY, in_full, rows_of_file
from own.compare import scores
from own.fit import answers
from own.methods import place
from own.others import others
from own.page import draw, leading, page
from own.representation import default, represented
from schema_core import tl


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return written(tmp_path_factory.mktemp("own"))


def test_h5ad_zarr_and_h5mu_give_the_same_cells(files):
    one, other = (read(files / name) for name in ("cells.h5ad", "cells.zarr"))
    both = read(files / "cells.h5mu", "rna:obsm/X_pca", {"age": "rna:obs/age"})
    for found in (other, both):
        assert found.obs_names.equals(one.obs_names)
        np.testing.assert_array_equal(found.obsm[PRIMARY], one.obsm[PRIMARY])
        np.testing.assert_array_equal(found.obs["age"], one.obs["age"])
        for key in (LABELS, BATCH):
            assert found.obs[key].tolist() == one.obs[key].tolist()
    places = {"cells.h5ad": "X", "cells.zarr": "X", "cells.h5mu": "rna:X"}
    assert [rows_of_file(str(files / name), place) for name, place in places.items()] == [N] * 3


def test_cells_of_modalities_are_joined_by_name_whatever_their_order(files):
    both = made()
    found = read(files / "cells.h5mu", "rna:X", {"atac": "atac:X"})
    expected = represented("tfidf_svd", both["atac"].X, 8)[0]
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
    text = page("<mine>", leading(table, 0.9, False), found["summary"], "<svg></svg>", {"path": table["path"]})
    assert "beyond what chance gives" in text
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


def test_a_cell_that_lacks_a_modality_is_missing_there(files, tmp_path):
    both = made()
    with mudata.set_options(pull_on_update=False):
        part = mudata.MuData({"rna": both["rna"], "atac": both["atac"][:100].copy()})
    part.obs["type"], part.obs["batch"] = both["rna"].obs["type"], both["rna"].obs["batch"]
    part.write_h5mu(tmp_path / "part.h5mu")
    found = read(tmp_path / "part.h5mu", "rna:X", {"atac": "atac:X"})
    assert np.isnan(found.obsm["atac"]).all(axis=1).sum() == N - 100
    assert answers(found, in_full({"atac": "atac:X"}), PARAMS)["correlations"]["pairs"].iloc[0] == 100 * 99 / 2
