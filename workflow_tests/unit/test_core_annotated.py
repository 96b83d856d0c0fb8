"""Schema for AnnData and MuData: what is written, kept in files and read back; views, files, and bad input."""

import anndata
import mudata
import numpy as np
import pandas as pd
import pytest
from annotated_cells import ASKED, CELLS, GENES, KEEP, N, both, cells
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.decomposition import PCA

from schema_core import InvalidInput, Modality, Schema, annotated, tl

WAYS = {
    "obsm": {"use_rep": "X_pca", "sample_weight": "obs/weight"},
    "X": {"use_rep": "X"},
    "layer and NMF": {"use_rep": "layers/dense", "basis": "nmf", "n_components": 2, "dtype": "float32"},
    "PCA of one's own": {"use_rep": "X", "basis": PCA(2, svd_solver="arpack", random_state=0)},
    "reference": {"use_rep": "X", "basis": "svd", "n_components": 2, "reference": "obs/age", "min_correlation": 0.01},
    "whitened NMF": {"use_rep": "X", "basis": "nmf", "n_components": 2, "whiten": True},
    "labels": {"use_rep": "letters", "features": "categorical"},
}


def test_it_is_the_estimator_with_names():
    data = cells()
    assert tl.schema(data, "X_pca", ASKED, **KEEP) is None
    plain = Schema(**KEEP)
    plain.fit(data.obsm["X_pca"], [data.obs["age"], Modality(data.obs["type"], "categorical", weight=-0.5)])
    np.testing.assert_array_equal(data.obsm["X_schema"], plain.transform(data.obsm["X_pca"]))
    found = data.uns["schema"]["modalities"]
    assert found[["values", "kind", "weight"]].to_numpy().tolist() == [
        ["obs/age", "numeric", 1.0],
        ["obs/type", "categorical", -0.5],
    ]
    np.testing.assert_array_equal(found[["before", "after"]].to_numpy().T, plain.modality_correlations_)
    assert data.uns["schema"]["weights"].index.tolist() == ["X_pca[0]", "X_pca[1]", "X_pca[2]"]
    assert data.var["schema_score"].shape == (6,)  # from the loadings that scanpy keeps


def test_kinds_are_logged(caplog):
    caplog.set_level("INFO", "schema_core.tl")
    tl.schema(cells(), "X_pca", {"age": "obs/age", "lsi": "obsm/X_pca", "type": {"values": "obs/type"}}, **KEEP)
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "age (obs/age): float64, compared as numeric (give kind for another)"
    assert [line.split(",")[1].split("(")[0].strip() for line in said] == [
        "compared as numeric",
        "compared as vector",
        "compared as categorical",
    ]


@pytest.mark.parametrize("suffix", ["h5ad", "zarr"])
@pytest.mark.parametrize("way", WAYS)
def test_a_file_holds_all_that_is_needed(tmp_path, way, suffix):
    data, path = cells(), tmp_path / f"cells.{suffix}"
    tl.schema(data, modalities=ASKED, **KEEP | WAYS[way])
    getattr(data, f"write_{suffix}")(path)
    read = getattr(anndata, f"read_{suffix}")(path)
    expected = data.obsm["X_schema"]
    expected = expected.toarray() if sparse.issparse(expected) else expected
    assert expected.dtype == WAYS[way].get("dtype", "float64")
    model = tl.fitted(read)
    np.testing.assert_array_equal(model.weights_, data.uns["schema"]["weights"]["weight"])
    assert model.certificate_.kind == "global"
    assert len(model.path([0.01])) == 1
    assert model.summary() == tl.fitted(data).summary()
    other = cells(slice(10, 30))
    tl.transform(other, read)
    found = other.obsm["X_schema"]
    found = found.toarray() if sparse.issparse(found) else found
    np.testing.assert_allclose(found, expected[10:30], rtol=2e-5, atol=1e-5)
    again = cells()
    tl.schema(again, **tl.arguments(read))
    pd.testing.assert_frame_equal(again.uns["schema"]["modalities"], data.uns["schema"]["modalities"])
    pd.testing.assert_frame_equal(again.uns["schema"]["weights"], data.uns["schema"]["weights"])


@pytest.mark.parametrize("suffix", ["h5mu", "zarr"])
def test_a_mudata_too(tmp_path, suffix):
    data, path = both(protein=cells(slice(60, None, -1))), tmp_path / f"cells.{suffix}"
    tl.schema(data, "rna:X", {"p": "protein:X_pca", "batch": "obs/batch"}, **KEEP)
    (data.write if suffix == "h5mu" else data.write_zarr)(path)
    read = mudata.read_h5mu(path) if suffix == "h5mu" else mudata.read_zarr(path)
    model = tl.fitted(read)
    assert model.modality_pairs_.tolist() == [61 * 60 // 2, N * (N - 1) // 2]
    tl.transform(read, data)
    np.testing.assert_array_equal(read.obsm["X_schema"].toarray(), data.obsm["X_schema"].toarray())
    assert "schema_score" in data["rna"].var


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(N)), st.permutations(range(N)), st.integers(N // 2, N))
def test_modalities_are_joined_by_the_names_of_cells(one, other, many):
    """In any order, and where one lacks cells; as a data frame that is reindexed."""
    rna, protein = cells(), cells()
    data = both(rna[list(one)].copy(), protein[list(other)[:many]].copy())
    tl.schema(data, "rna:X_pca", {"p": "protein:X_pca", "age": "protein:obs/age"}, **KEEP)
    lacks = ~CELLS.isin(data["protein"].obs_names)
    table = pd.DataFrame(protein.obsm["X_pca"], CELLS).loc[~lacks].reindex(CELLS)
    plain = Schema(**KEEP).fit(rna.obsm["X_pca"], [table, protein.obs["age"].mask(lacks)])
    np.testing.assert_allclose(tl.fitted(data).weights_, plain.weights_, atol=1e-6)
    found = pd.DataFrame(data.obsm["X_schema"], data.obs_names).loc[CELLS]
    np.testing.assert_allclose(found, plain.transform(rna.obsm["X_pca"]), atol=1e-5)


def test_cells_without_the_trusted_table_have_nan():
    data = both(rna=cells(slice(0, 50)))
    tl.schema(data, "rna:X", {"p": "protein:X_pca"}, **KEEP)
    assert np.isnan(data.obsm["X_schema"]).all(axis=1).tolist() == [False] * 50 + [True] * 30


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_matrix, np.asarray])
def test_a_file_is_read_in_pieces(tmp_path, monkeypatch, make):
    data = cells()
    data.X = make(data.X.toarray())
    data.write_h5ad(tmp_path / "cells.h5ad")
    monkeypatch.setattr(annotated, "CHUNK_BYTES", 8 * 6 * 7)  # seven rows
    backed = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    asked = {"use_rep": "X", "modalities": ASKED, "sample_weight": "obs/weight", **KEEP}
    tl.schema(backed, **asked)
    tl.schema(data, **asked)
    np.testing.assert_allclose(*(tl.fitted(one).weights_ for one in (backed, data)), atol=1e-6)
    found, expected = (one.obsm["X_schema"] for one in (backed, data))
    np.testing.assert_allclose(np.asarray((found - expected).sum(axis=0)), 0, atol=1e-4)
    assert tl.fitted(backed).get_feature_names_out().tolist() == GENES
    with pytest.raises(InvalidInput, match=r"basis='pca' needs all cells at once, which are in a file; .*to_memory"):
        tl.schema(backed, basis="pca", n_components=2, **asked)
    for one, copy in ((backed[:40], False), (backed, True)):
        with pytest.raises(InvalidInput, match=r"data are in a file, and .*to_memory"):
            tl.schema(one, copy=copy, **asked)
    backed.file.close()


def test_a_view_becomes_a_copy_and_a_copy_leaves_the_data():
    data, alone = cells(), cells(slice(0, 60))
    view = data[:60]
    with pytest.warns(anndata.ImplicitModificationWarning):
        tl.schema(view, "X", ASKED, **KEEP)
    copied = tl.schema(alone, "X", ASKED, copy=True, key_added="mine", **KEEP)
    assert "X_schema" not in data.obsm
    assert not set(alone.obsm) & {"X_mine"}
    np.testing.assert_array_equal(copied.obsm["X_mine"].toarray(), view.obsm["X_schema"].toarray())
