"""A second co-assay, a user's .h5mu: what is taken of it, and every fault in one line."""

import anndata
import mudata
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from running import InputError
from sci_car.cells import APART, load_cells, write_cells
from sci_car.coassay import read_coassay
from sci_car.sensitivity import settings


def modality(names, features, seed):
    counts = np.random.default_rng(seed).poisson(2.0, (len(names), features)).astype(np.float32)
    return anndata.AnnData(
        csr_matrix(counts),
        obs=pd.DataFrame(index=names),
        var=pd.DataFrame(index=[f"{seed}.{i}" for i in range(features)]),
    )


@pytest.fixture
def given():
    """Six cells with RNA, five with ATAC in another order; one has no label, one the label of no type."""
    with mudata.set_options(**APART):
        table = mudata.MuData({"rna": modality(list("abcdef"), 4, 0), "atac": modality(list("fedcb"), 3, 1)})
    table["rna"].obs["label"] = ["x", "x", "y", "none", None, "y"]
    return table


@pytest.fixture
def read(given, tmp_path):
    def written(labels="label", leave_out=("none",)):
        with mudata.set_options(**APART):
            given.write(tmp_path / "own.h5mu")
        return read_coassay(tmp_path / "own.h5mu", labels, leave_out)

    return written


def test_cells_of_both_modalities_with_their_counts_and_labels(given, read, tmp_path):
    write_cells(read(), tmp_path / "cells.h5mu")
    cells = load_cells(tmp_path / "cells.h5mu")
    assert cells.obs_names.tolist() == ["b", "c", "e", "f"]
    assert cells.obs["cell_type"].astype(object).where(cells.obs["cell_type"].notna(), None).tolist() == [
        "x",
        "y",
        None,
        "y",
    ]
    for name in ("rna", "atac"):
        np.testing.assert_array_equal(cells[name].X.toarray(), given[name][cells.obs_names].X.toarray())


def test_labels_of_the_whole_come_before_those_of_rna(given, read):
    given.obs["label"] = "z"
    given.obs.loc[["b", "c"], "label"] = "w"
    assert read(leave_out=()).obs["cell_type"].tolist() == ["w", "w", "z", "z", "z"]


def change(given, fault):
    if fault == "no modality":
        del given.mod["atac"]
    elif fault == "no counts":
        given["atac"].X = given["atac"].X * 0.5
    elif fault == "twice":
        given["atac"].var_names = ["f0", "f0", "f1"]
    elif fault == "one label":
        given["rna"].obs["label"] = ["x"] * 5 + ["none"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no modality", "holds no modality atac"),
        ("no counts", "atac: X holds numbers that are no counts"),
        ("twice", "atac: the feature 'f0' is there twice"),
        ("one label", "have 1 labels in 'label'"),
    ],
)
def test_a_table_that_does_not_do_is_refused_in_one_line(given, read, fault, said):
    change(given, fault)
    with pytest.raises(InputError, match=said) as error:
        read()
    assert "\n" not in str(error.value)


def test_settings_that_name_nothing_are_refused(read):
    with pytest.raises(InputError, match="has no column 'type'"):
        read(labels="type")
    with pytest.raises(InputError, match="no cell is 'Mis'"):
        read(leave_out=["Mis"])


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no such file|does not exist|missing"), (b"<html>", "HTML"), (b"", "empty")]
)
def test_what_is_no_hdf5_is_refused(tmp_path, content, said):
    path = tmp_path / "own.h5mu"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_coassay(path, "label", [])


def test_the_grid_runs_on_it_as_on_the_kidney(tmp_path):
    """Two planted types that both modalities tell apart."""
    names = [f"c{i}" for i in range(60)]
    kind = np.arange(60) % 2
    table = {name: modality(names, 12, seed) for name, seed in (("rna", 0), ("atac", 1))}
    for one in table.values():
        one.X = csr_matrix(one.X.toarray() + 30 * (kind[:, None] == np.arange(12) % 2))
    with mudata.set_options(**APART):
        cells = mudata.MuData(table)
    cells.obs["label"] = np.array(["x", "y"])[kind]
    with mudata.set_options(**APART):
        cells.write(tmp_path / "own.h5mu")
    grid = {"rna": ["log"], "components": [3], "scaling": ["none"], "cells": ["all"], "atac": ["counts"], "seeds": 1}
    grid |= {"atac_components": 3, "min_correlations": [0.9], "neighbours": [20, 25], "resolutions": [1.0]}
    runs = pd.DataFrame(settings(read_coassay(tmp_path / "own.h5mu", "label", []), grid, 1000.0))
    assert len(runs) == 3 * 2  # RNA alone, ATAC, ATAC of other cells
    assert (runs["ari"] > 0.9).all()
