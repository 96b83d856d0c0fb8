"""Methods of Figure 2: closed forms, what each promises, and that every one of them is wired."""

import importlib
import inspect

import anndata
import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from scipy import sparse
from sklearn.cross_decomposition import CCA

from baselines.cca import canonical_variates
from baselines.normalise import NORMALISATIONS
from configuration.strict_yaml import read_yaml
from running import InputError
from sci_car.cells import window_counts
from sci_car.embedding import load_embedding, save_embedding
from sci_car.methods.table import METHODS, seeds_of

CONFIG = read_yaml(REPOSITORY / "config" / "config.yaml")["sci_car"]
TRAINED = [name for name, method in METHODS.items() if method.group == "deep"]


def test_the_config_and_the_table_name_the_same_methods():
    assert CONFIG["methods"] == list(METHODS)


@pytest.mark.parametrize("name", [name for name in METHODS if name not in TRAINED])
def test_every_method_is_given_what_its_script_takes(name):
    """Deep models are run in the demo: to import them here would take longer than all these tests."""
    method = METHODS[name]
    given = {*method.arguments, *method.needs}
    taken = inspect.signature(importlib.import_module(f"sci_car.methods.{method.module}").embed).parameters
    assert list(taken)[:3] == ["out", method.reads, "seed"]
    needed = {
        key for key, about in taken.items() if about.default is about.empty and about.kind is not about.VAR_KEYWORD
    }
    assert needed - {"out", method.reads, "seed"} <= given
    assert given <= set(taken) or any(about.kind is about.VAR_KEYWORD for about in taken.values())
    assert set(method.needs) <= {*CONFIG, *CONFIG["deep"]}


def test_deep_methods_run_with_every_seed():
    block = {"deep": {"seeds": [3, 5]}, "shuffles": 3}
    assert seeds_of("totalvi", block) == [3, 5]
    assert seeds_of("schema", block) == [0]
    assert list(seeds_of("schema_shuffled", block)) == [0, 1, 2]


@pytest.fixture
def reduced(tmp_path):
    """A reduced.h5ad of 200 cells in which two of eight components follow ATAC."""
    rng = np.random.default_rng(0)
    table = anndata.AnnData(obs=pd.DataFrame(index=[f"cell{i}" for i in range(200)]))
    points = rng.normal(size=(200, 8))
    atac = points[:, :2] @ rng.normal(size=(2, 5)) + 0.3 * rng.normal(size=(200, 5))
    table.obsm = {"rna_svd": points, "rna_nmf": np.abs(points), "atac_svd": atac}
    table.write_h5ad(tmp_path / "reduced.h5ad")
    return table


def placed(tmp_path, name, **settings):
    out = tmp_path / f"{name}.parquet"
    method = METHODS[name]
    module = importlib.import_module(f"sci_car.methods.{method.module}")
    module.embed(str(out), str(tmp_path / "reduced.h5ad"), 0, **method.arguments, **settings)
    return load_embedding(out)


LIMITS = {"min_correlation": 0.8, "max_weight_ratio": 1000}


@pytest.mark.parametrize(
    ("name", "settings"), [("schema", {}), ("schema_grid", {}), ("schema_learn", {"schema_learn": {"pairs": 20_000}})]
)
def test_schema_weights_up_what_follows_atac(tmp_path, reduced, name, settings):
    points, _ = placed(tmp_path, name, **LIMITS, **settings)
    weight = (points / reduced.obsm["rna_svd"]) ** 2
    assert np.ptp(weight, axis=0).max() < 1e-6 * weight.max()
    assert weight[0, :2].min() > 2 * weight[0, 2:].max()


def test_with_atac_of_other_cells_schema_finds_less_to_weight(tmp_path, reduced):
    spread = {}
    for name in ("schema", "schema_shuffled"):
        points, _ = placed(tmp_path, name, **(LIMITS | {"min_correlation": 0.95}))
        weight = ((points / reduced.obsm["rna_svd"]) ** 2)[0]
        spread[name] = weight[:2].mean() / weight.mean()
    assert spread["schema"] > 1.5
    assert spread["schema_shuffled"] < 1.3


def test_canonical_variates_are_those_of_scikit_learn(reduced):
    one, other = reduced.obsm["rna_svd"], reduced.obsm["atac_svd"]
    ours, correlations = canonical_variates(one, other, 2)
    theirs = CCA(2, max_iter=5000, tol=1e-12).fit(one, other).transform(one)
    for i in range(2):
        assert abs(np.corrcoef(ours[:, i], theirs[:, i])[0, 1]) == pytest.approx(1, abs=1e-5)
    assert np.allclose(ours.T @ ours, np.eye(2))
    assert 0.9 < correlations[0] < 1


def test_pseudocells_share_a_place(tmp_path, reduced):
    points, cells = placed(tmp_path, "pseudocell_100")
    assert points.shape == (100, 5)
    assert len(np.unique(cells)) == 100
    members = np.flatnonzero(cells == cells[0])
    assert np.allclose(points[cells[0]], reduced.obsm["atac_svd"][members].mean(axis=0))


def test_an_embedding_with_nan_is_refused(tmp_path):
    with pytest.raises(InputError, match="NaN or infinity"):
        save_embedding(tmp_path / "x.parquet", pd.Index(["a", "b"]), np.array([[0.0], [np.nan]]))
    assert not (tmp_path / "x.parquet").exists()


COUNTS = sparse.csr_matrix(np.array([[1, 3, 0, 0], [0, 2, 0, 2], [5, 0, 0, 0]], dtype=np.int32))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("counts", [1, 3]),
        ("binary", [1, 1]),
        ("log", np.log1p([2500, 7500])),
        ("log-counts", np.log1p([1, 3])),
        ("tfidf", np.log1p([2500 * 3 / 2, 7500 * 3 / 2])),
    ],
)
def test_normalisations(name, first):
    found = NORMALISATIONS[name](COUNTS)
    assert found[0].data == pytest.approx(np.array(first, dtype=np.float32))
    assert (found.indices == COUNTS.indices).all()
    assert COUNTS.data.tolist() == [1, 3, 2, 2, 5]  # untouched


def test_a_cell_without_counts_stays_empty():
    empty = sparse.csr_matrix(np.array([[0, 0], [1, 1]]))
    for normalise in NORMALISATIONS.values():
        assert normalise(empty)[0].nnz == 0


def test_windows_add_up_peaks():
    peaks = pd.DataFrame({"chr": ["chr1", "chr1", "chr2", "chr1"], "start": [10, 999_999, 10, 1_000_000]})
    counts, names = window_counts(COUNTS, peaks, size=1_000_000, min_cells=1)
    assert names.tolist() == ["chr1:0", "chr1:1"]  # the third peak is in no cell
    assert counts.toarray().tolist() == [[4, 0], [2, 2], [5, 0]]
    counts, names = window_counts(COUNTS, peaks, size=1_000_000, min_cells=2)
    assert counts.toarray().tolist() == [[4], [2], [5]]
