"""Files of any sort whose rows are dealt out: the moments of the whole, control, stability, sample, weighted cells."""

import shutil
from types import SimpleNamespace

import anndata
import mudata
import numpy as np
import pandas as pd
import pytest
from own_cells import N, made

from own.asked import LABELS, in_full
from own.files import opened
from own.merged import answers, load
from own.plan import plan
from own.rows import Rows, rows_of, share
from own.sample import sampled
from own.split import split
from own.weighted import write
from running import InputError
from schema_core import Modality, Moments, Schema
from schema_core.redrawing import alike, shuffles

ASKED = {"age": "rna:obs/age", "atac": "atac:obsm/few", "type": "obs/type"}
FEATURES = "rna:obsm/X_pca"
PARAMS = SimpleNamespace(min_correlation=0.9, max_weight_ratio=1000, path=[0.5], shuffles=39, bootstraps=5, seed=0)


def both(cells_of_atac=N):
    """ATAC in an order of its own, and of some cells alone."""
    data = made()
    data["rna"].varm["PCs"] = np.random.default_rng(0).normal(size=(data["rna"].n_vars, 6))
    rates = np.random.default_rng(1).normal(size=(N, 3))
    data["atac"].obsm["few"] = rates + np.outer(data["rna"][data["atac"].obs_names].obs["age"], [2, 0, 0])
    with mudata.set_options(pull_on_update=False):
        found = mudata.MuData({"rna": data["rna"], "atac": data["atac"][:cells_of_atac].copy()})
    found.obs["type"] = data["rna"].obs["type"].reindex(found.obs_names)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    whole = both()
    whole.write_h5mu(folder / "cells.h5mu")
    whole.write_zarr(folder / "cells.zarr")
    both(60).write_h5mu(folder / "part.h5mu")
    return folder


@pytest.mark.parametrize("name", ["cells.h5mu", "cells.zarr", "part.h5mu"])
def test_rows_of_any_file_in_any_order_are_joined_by_name(files, name):
    data = both(60 if name == "part.h5mu" else N)
    cells = data["rna"].obs_names
    few = pd.DataFrame(data["atac"].obsm["few"], index=data["atac"].obs_names).reindex(cells)
    given = [Modality(data["rna"].obs["age"]), Modality(few.to_numpy()), Modality(data["rna"].obs["type"])]
    truth = Moments.from_arrays(data["rna"].obsm["X_pca"], given).covariances()
    asked = in_full(ASKED)
    assert plan(files / name, FEATURES, asked, 2)["rows"] == N
    parts = [rows_of(files / name, FEATURES, asked, *share(f"{i}-of-2", N), 31)[0] for i in (1, 2)]
    ours = (parts[0] + parts[1]).covariances()
    np.testing.assert_allclose(ours.modalities, truth.modalities, atol=1e-10)
    assert list(ours.modality_pairs) == list(truth.modality_pairs)


def saved(path, folder, batch=None):
    """The folders of two jobs."""
    for i in (1, 2):
        found = split(path, FEATURES, in_full(ASKED), batch, share(f"{i}-of-2", N), 40, 0)
        place = folder / f"{i}-of-2"
        place.mkdir()
        names = {family: list(groups) for family, groups in found.items()}
        (place / "names.json").write_text(pd.Series(names).to_json())
        for family, groups in found.items():
            for j, moments in enumerate(groups.values()):
                moments.save(place / f"{family}_{j}.npz")
    return load(folder.glob("*-of-2"))


@pytest.mark.parametrize("batch", [None, "rna:obs/batch"])
def test_all_is_answered_from_moments(files, tmp_path, batch):
    parts = saved(files / "cells.h5mu", tmp_path, batch)
    assert len(parts["blocks"]) == 20
    assert sum(part.n_observations for part in parts["blocks"]) == N
    assert [part.n_observations for part in parts["batches"]] == (
        [] if batch is None else both()["rna"].obs["batch"].value_counts().sort_index().tolist()
    )
    names = [f"X_pca[{i}]" for i in range(6)]
    found = answers(parts, names, in_full(ASKED), PARAMS)
    whole = rows_of(files / "cells.h5mu", FEATURES, in_full(ASKED), 0, N, N)[0]
    model = Schema(min_correlation=0.9).fit_moments(whole)
    np.testing.assert_allclose(found["weights"]["weight"], model.weights_, atol=1e-6)
    assert set(found["weights"].nlargest(2, "weight")["feature"]) == {"X_pca[1]", "X_pca[2]"}
    assert found["control"]["p_value"].iloc[0] == 1 / 40
    assert (found["stability"]["weight_se"] > 0).any()
    assert found["correlations"]["modality"].tolist() == list(ASKED)
    assert "X_pca[1]" in found["summary"]


def test_gains_of_shuffles_drawn_from_moments_are_those_of_shuffled_cells():
    rng = np.random.default_rng(0)
    X = rng.gamma(1.0, size=(800, 6))
    y = np.column_stack([X[:, 0] + rng.normal(size=800), rng.exponential(size=800)])
    kind, group = np.digitize(X[:, 1], [0.5, 2]), rng.integers(0, 2, 800)
    model = Schema(min_correlation=0.9).fit(X, [Modality(y, "vector"), Modality(kind, "categorical")])
    shuffled = model.control(100, groups=group).shuffled
    parts = []
    for i in (0, 1):
        given = [Modality(y[group == i], "vector"), Modality(kind[group == i], "categorical")]
        parts.append(Moments.from_arrays(X[group == i], given))
    groups, gains = alike(parts, parts[0] + parts[1]), []
    for moments in shuffles(groups, 100, rng):
        one = Schema(min_correlation=0.9).fit_moments(moments)
        gains.append(one.objective_ - sum(one.modality_correlations_[0]))
    spread = shuffled.std()
    assert np.mean(gains) == pytest.approx(shuffled.mean(), abs=0.5 * spread)  # five standard errors
    assert np.std(gains) == pytest.approx(spread, rel=0.4)


@pytest.mark.parametrize("name", ["cells.h5mu", "cells.zarr"])
def test_a_sample_and_the_weighted_cells(files, tmp_path, name):
    data = both()["rna"]
    found = sampled(files / name, FEATURES, in_full(ASKED), "obs/type", "rna:obs/batch", 50, 0)
    assert found.n_obs == 50
    np.testing.assert_array_equal(found.obsm["primary"], data[found.obs_names].obsm["X_pca"])
    np.testing.assert_array_equal(found.obs["age"], data[found.obs_names].obs["age"])
    assert found.obs[LABELS].tolist() == data[found.obs_names].obs["type"].astype(str).tolist()
    found.write_h5ad(tmp_path / "cells.h5ad")
    weights = np.arange(6.0)
    genes = write(tmp_path / "schema.h5ad", files / name, FEATURES, weights, 40)
    again = anndata.read_h5ad(tmp_path / "schema.h5ad")
    np.testing.assert_allclose(again.obsm["X_schema"], data.obsm["X_pca"] * np.sqrt(weights), rtol=1e-6)
    assert again.obs_names.equals(data.obs_names)
    assert genes["gene"].iloc[0] == again.var["schema_score"].idxmax()


@pytest.mark.parametrize(
    ("features", "modality", "words"),
    [
        ("rna:obsm/X_pca", "atac:obsm/fewer", ["holds no atac:obsm/fewer", "atac:obsm/few"]),
        ("rna:obsm/X_pca", "atca:X", ["holds no atca:X", "atac:X"]),
        ("X", "obs/type", ["holds no X", "rna:X"]),
    ],
)
def test_a_mudata_is_refused_in_one_line(files, features, modality, words):
    with pytest.raises(InputError) as caught:
        plan(files / "cells.h5mu", features, in_full({"a": modality}), 2)
    assert [word for word in words if word not in str(caught.value)] == [], str(caught.value)


def test_a_name_twice_and_a_batch_missing(files, tmp_path):
    data = both()
    data["atac"].obs_names = ["same"] * N
    mudata.write_h5mu(tmp_path / "twice.h5mu", data)
    with (
        opened(tmp_path / "twice.h5mu") as top,
        pytest.raises(InputError, match=r"'same' stands more than once among its cells; call obs_names_make_unique"),
    ):
        Rows(top, tmp_path / "twice.h5mu", FEATURES, in_full(ASKED))
    data = made()["rna"]
    data.obs["batch"] = data.obs["batch"].where(np.arange(N) != 7)
    data.write_h5ad(tmp_path / "lacks.h5ad")
    with pytest.raises(InputError, match=r"row 7 \(counted from 0\): obs/batch is missing"):
        split(tmp_path / "lacks.h5ad", "obsm/X_pca", in_full({"age": "obs/age"}), "obs/batch", (0, N), 40, 0)


def test_a_batch_that_is_none_and_a_chunk_cut_off(files, tmp_path):
    with pytest.raises(InputError, match=r"own\.batch: is the same in all cells"):
        answers(saved(files / "cells.h5mu", tmp_path, "rna:obs/same"), list("abcdef"), in_full(ASKED), PARAMS)
    store = tmp_path / "cells.zarr"
    shutil.copytree(files / "cells.zarr", store)
    chunk = next(one for one in (store / "mod/rna/obs/age").rglob("*") if one.name[0] not in ".z" and one.is_file())
    chunk.write_bytes(b"xx")
    with pytest.raises(InputError, match="damaged"):
        rows_of(store, FEATURES, in_full(ASKED), 0, N, 40)


def test_names_of_weighted_cells_are_unique(tmp_path):
    data = made()["rna"]
    data.obs_names = ["same"] * N
    data.write_h5ad(tmp_path / "twice.h5ad")
    with pytest.raises(InputError, match="'same' stands more than once among its cells"):
        write(tmp_path / "schema.h5ad", tmp_path / "twice.h5ad", "obsm/X_pca", np.ones(6), 40)
