"""Reading cells with spliced and unspliced counts: what is right is kept, what is wrong is one line."""

import h5py
import numpy as np
import pandas as pd
import pytest
from anndata import read_h5ad
from conftest import REPOSITORY
from scipy.sparse import csr_matrix
from velocity_files import SIZES, cells

from configuration.strict_yaml import read_yaml
from dentate_gyrus.load import deep_enough, prepared, read_cells
from dentate_gyrus.simulate.sources import kinetics, simulate
from running import InputError

PUBLISHED = {"file": "dentate_gyrus/10X43_1.h5ad", "shape": [2930, 13913], "verified": False}


def written(tmp_path, table):
    table.write_h5ad(tmp_path / "cells.h5ad")
    return tmp_path / "cells.h5ad"


def changed(layer, place, value):
    """A change of one number of a layer."""

    def change(table):
        dense = table.layers[layer].toarray()
        dense[place] = value
        table.layers[layer] = csr_matrix(dense)

    return change


def renamed(table):
    table.layers["spliced"], table.layers["unspliced"] = table.layers["unspliced"], table.layers["spliced"]


def without(*names):
    def change(table):
        for name in names:
            del table.layers[name]

    return change


def same(table):
    table.layers["unspliced"] = table.layers["spliced"].copy()


def empty(table):
    table.layers["unspliced"] = table.layers["unspliced"] * 0


def scaled(table):
    table.layers["unspliced"] = np.log1p(table.layers["unspliced"].toarray() / 3.0)


def twice(table):
    table.obs_names = ["c0", *table.obs_names[:-1]]


def one_cluster(table):
    table.obs["clusters"] = pd.Categorical(["one"] * table.n_obs)


def unlabelled(table):
    table.obs = table.obs[[]]


WRONG = {
    r"has no layer unspliced, but spliced; give an \.h5ad with the layers": without("unspliced"),
    r"has no layer spliced and no layer unspliced, but none": without("spliced", "unspliced"),
    r"layers/unspliced holds [\d,]+ counts, layers/spliced only [\d,]+: swapped\?; rename the layers, or set "
    r"dentate_gyrus\.nuclei": renamed,
    r"layers/spliced and layers/unspliced are the same": same,
    r"layers/unspliced holds no count": empty,
    r"layers/unspliced holds 0\.\d+ for gene 'g\d+' of cell 'c0', which is no count; give whole counts": scaled,
    r"layers/spliced holds 2\.5 for gene 'g7' of cell 'c3'": changed("spliced", (3, 7), 2.5),
    r"layers/spliced holds -1 for gene 'g0' of cell 'c79'": changed("spliced", (79, 0), -1),
    r"layers/unspliced holds nan for gene 'g39' of cell 'c1'": changed("unspliced", (1, 39), np.nan),
    r"layers/unspliced holds inf for gene 'g1'": changed("unspliced", (5, 1), np.inf),
    r"the cell 'c0' is there twice": twice,
    r"the column 'clusters' of obs names 1 cluster of 80 cells": one_cluster,
    r"obs has no column 'clusters', but none; name the column in dentate_gyrus\.clusters, or set null": unlabelled,
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_wrong_is_one_line(tmp_path, message):
    table = cells()
    WRONG[message](table)
    path = written(tmp_path, table)
    with pytest.raises(InputError, match=message) as error:
        read_cells(path, "clusters")
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_other_files_are_one_line(tmp_path):
    (tmp_path / "page.h5ad").write_text("<html>not found</html>")
    with h5py.File(tmp_path / "cells.loom", "w") as loom:
        for name in ("matrix", "row_attrs", "col_attrs", "layers"):
            loom.create_group(name)
    whole = written(tmp_path, cells()).read_bytes()
    (tmp_path / "cut.h5ad").write_bytes(whole[: len(whole) // 2])
    for name, message in {
        "page.h5ad": "is a page of HTML",
        "cells.loom": "is a loom file; convert it",
        "cut.h5ad": "is cut off",
        "absent.h5ad": "no such file",
    }.items():
        with pytest.raises(InputError, match=message):
            read_cells(tmp_path / name, "clusters")


def test_counts_clusters_and_names_are_kept(tmp_path):
    table = cells()
    table.layers["unspliced"] = table.layers["unspliced"].toarray()  # dense does as well
    table.layers["ambiguous"] = table.layers["spliced"].copy()
    table.var_names = ["twice", "twice", *table.var_names[2:]]
    table.obs["clusters"] = table.obs["clusters"].where(table.obs_names != "c0")
    read = read_cells(written(tmp_path, table), "clusters")
    assert (read.layers["spliced"] != table.layers["spliced"]).nnz == 0
    assert (read.layers["unspliced"].toarray() == table.layers["unspliced"]).all()
    assert read.obs["cluster"].astype(str).tolist()[:3] == ["", "two", "one"]
    assert read.var_names.is_unique
    assert read.obs_names.equals(table.obs_names)


def test_nuclei_may_hold_more_unspliced_counts(tmp_path):
    table = cells()
    renamed(table)
    read = read_cells(written(tmp_path, table), None, nuclei=True)
    assert read.layers["unspliced"].sum() > read.layers["spliced"].sum()
    assert set(read.obs["cluster"]) == {"all cells"}


def test_more_cells_than_published_are_refused(tmp_path):
    path = written(tmp_path, cells())
    read_cells(path, "clusters", PUBLISHED)
    with pytest.raises(InputError, match="holds 80 cells x 40 genes, where its publisher's has 79 x 40"):
        read_cells(path, "clusters", PUBLISHED | {"shape": [79, 40]})


def test_the_shallowest_cells_are_dropped():
    """Those at or below the cell of rank 10 in counts, or in genes; 0.1 % where that is more."""
    counts = np.zeros((40, 60))
    for i in range(40):
        counts[i, : i + 1] = 1  # cell i has i + 1 counts, and as many genes
    assert np.flatnonzero(deep_enough(csr_matrix(counts))).tolist() == list(range(10, 40))
    counts[39] = 0
    counts[39, 0] = 100  # deep, and of one gene
    assert 39 not in np.flatnonzero(deep_enough(csr_matrix(counts)))
    many = np.zeros((20_000, 1))
    many[:, 0] = np.arange(20_000) + 1
    wide = csr_matrix(np.hstack([many, many > 20]))
    assert deep_enough(wide).sum() == 20_000 - 20


def test_too_few_cells_and_too_many_components_are_one_line(tmp_path):
    read = read_cells(written(tmp_path, cells()), "clusters")
    with pytest.raises(InputError, match=r"dentate_gyrus\.components: 40 components of \d+ cells and 40 genes"):
        prepared(read, 40, 0)
    with pytest.raises(InputError, match=r"\d+ of 30 cells are left without the shallowest; give at least 60"):
        prepared(read[:30].copy(), 5, 0)


def test_kinetics_solve_their_equations():
    """du/dt = α - βu, ds/dt = βu - γs by small steps, and the steady state before the switch."""
    rates = [np.array([value]) for value in (1.0, 5.0, 0.2, 0.6, 9.0, 6.0)]  # basal, switched, start, stop, β, γ
    time = np.linspace(0, 1, 100_001)
    u, s = (one[:, 0] for one in kinetics(time, *rates))
    assert np.allclose([u[0], s[0]], [1 / 9, 1 / 6])
    assert np.allclose([u[20_000], s[20_000]], [1 / 9, 1 / 6])
    alpha = np.where((time > 0.2) & (time < 0.6), 5.0, 1.0)[1:-1]
    inside = np.abs(time[1:-1, None] - [0.2, 0.6]).min(axis=1) > 1e-4
    for change, slope in (
        (alpha - 9 * u[1:-1], np.gradient(u, time)),
        (9 * u[1:-1] - 6 * s[1:-1], np.gradient(s, time)),
    ):
        assert np.allclose(change[inside], slope[1:-1][inside], atol=1e-3)
    assert u.argmax() < s.argmax()  # unspliced counts run ahead


def test_simulated_cells_are_as_deep_as_the_published_and_repeat_themselves(tmp_path):
    shipped = read_yaml(REPOSITORY / "config/config.yaml")["simulate"]["dentate_gyrus"]
    truths = [simulate(tmp_path / f"{i}.h5ad", tmp_path / f"{i}.json", 3, shipped) for i in (0, 1)]
    assert truths[0] == truths[1]
    one, other = (read_h5ad(tmp_path / f"{i}.h5ad") for i in (0, 1))
    assert all((one.layers[name] != other.layers[name]).nnz == 0 for name in one.layers)
    spliced, unspliced = (one.layers[name].sum(axis=1).A1 for name in ("spliced", "unspliced"))
    assert np.median(spliced) == pytest.approx(2279, rel=0.1)
    assert np.median(unspliced / spliced) == pytest.approx(0.114, rel=0.1)
    assert set(truths[0]["time"]) == set(one.obs_names)
    with pytest.raises(InputError, match=r"simulate\.dentate_gyrus\.genes: 100 genes cannot hold what is planted"):
        simulate(tmp_path / "few.h5ad", tmp_path / "few.json", 0, SIZES | {"genes": 100})
