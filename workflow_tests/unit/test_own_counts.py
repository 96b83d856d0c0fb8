"""Whole counts for totalVI and MultiVI: found or named, of the compared cells, or refused in one line."""

import anndata
import numpy as np
import pytest
from own_cells import N, made

from own.counts import counts_of
from running import InputError

PLACES = ["rna:obs/age", "rna:obsm/protein", "atac:X"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    data = made()
    data["rna"].obsm["protein"] = np.random.default_rng(0).poisson(5, (N, 4)).astype(float)
    data["rna"].layers["log"] = data["rna"].X.log1p()
    path = tmp_path_factory.mktemp("counts") / "cells.h5mu"
    data.write_h5mu(path)
    return path


@pytest.fixture(scope="module")
def cells():
    return made()["rna"].obs_names[5:60]


def test_counts_are_those_of_the_compared_cells_by_name(path, cells, tmp_path):
    found = counts_of(path, cells, "rna:X", PLACES, {}, ["totalvi", "multivi"])
    truth = made()
    assert found.obs_names.equals(cells)
    assert (found.X != truth["rna"][cells].X).nnz == 0
    assert (found.obsm["peaks"] != truth["atac"][cells].X).nnz == 0
    assert found.obsm["protein"].shape == (len(cells), 4)
    found.write_h5ad(tmp_path / "counts.h5ad")
    assert anndata.read_h5ad(tmp_path / "counts.h5ad").obsm["peaks"].shape == (len(cells), 80)


@pytest.mark.parametrize(
    ("use_rep", "places", "named", "words"),
    [
        ("rna:obsm/X_pca", PLACES, {}, ["totalVI needs whole counts of genes, and rna:obsm/X_pca holds none"]),
        ("rna:X", ["rna:obs/age"], {}, ["counts of proteins, and no modality holds any", "own.counts.protein"]),
        ("rna:X", ["atac:X"], {}, ["counts of proteins, and no modality holds any"]),
        ("rna:X", PLACES, {"rna": "rna:layers/log"}, ["rna:layers/log holds none", "leave totalvi out of own.methods"]),
        ("rna:X", PLACES, {"protein": "rna:obsm/protien"}, ["the nearest is rna:obsm/protein"]),
    ],
)
def test_without_whole_counts_it_is_said_in_one_line(path, cells, use_rep, places, named, words):
    with pytest.raises(InputError) as caught:
        counts_of(path, cells, use_rep, places, named, ["totalvi"])
    assert [word for word in words if word not in str(caught.value)] == [], str(caught.value)
    assert "\n" not in str(caught.value)


def test_peaks_are_known_by_their_names(path, cells):
    with pytest.raises(InputError, match="MultiVI needs whole counts of peaks, and no modality holds any"):
        counts_of(path, cells, "rna:X", PLACES[:2], {}, ["multivi"])
    assert "peaks" in counts_of(path, cells, "rna:X", [], {"peaks": "atac:X"}, ["multivi"]).obsm
