"""The first steps of the fly brain on small inputs: expression, cells and genes that are left, and factors."""

import numpy as np
import pytest
from fly_files import cells_of

from fly_brain.factors import factorise
from fly_brain.preprocess import preprocess
from running import InputError

NMF = {"solver": "cd", "max_iterations": 200, "tolerance": 1e-4, "batch": 64}


def test_expression_is_the_log_of_counts_per_ten_thousand():
    cells = cells_of([[3, 1, 0], [0, 2, 2], [5, 5, 10]], neuron=[True, True, False])
    found = preprocess(cells, which="neurons", normalise="log", min_cells=1)
    assert found.X.toarray() == pytest.approx(np.log1p(np.array([[7500, 2500, 0], [0, 5000, 5000]])), rel=1e-6)


def test_the_sum_is_over_all_genes_even_those_that_are_dropped():
    found = preprocess(cells_of([[3, 1], [0, 2]]), which="all", normalise="log", min_cells=2)
    assert found.var["symbol"].tolist() == ["g1"]
    assert found.X.toarray().ravel() == pytest.approx(np.log1p([2500, 10_000]), rel=1e-6)


def test_counts_are_left_as_they_are():
    found = preprocess(cells_of([[3, 1], [0, 2]]), which="all", normalise="counts", min_cells=1)
    assert found.X.toarray().tolist() == [[3, 1], [0, 2]]


@pytest.mark.parametrize(
    ("counts", "neuron", "min_cells", "words"),
    [
        ([[1, 0], [0, 1]], [True, False], 1, r"fly_brain\.not_neurons: leaves 1 of 2 cells"),
        ([[1, 0], [0, 1]], [True, True], 2, r"fly_brain\.min_cells: no gene is seen in 2 of 2 cells"),
        ([[1, 0], [0, 0]], [True, True], 1, "cell 'cell1' has no count"),
    ],
)
def test_nothing_left_is_an_error(counts, neuron, min_cells, words):
    with pytest.raises(InputError, match=words):
        preprocess(cells_of(counts, neuron), which="neurons", normalise="log", min_cells=min_cells)


# factors


@pytest.mark.parametrize("solver", ["cd", "minibatch"])
def test_factors_have_unit_variance_and_rebuild_the_data(solver):
    rng = np.random.default_rng(1)
    planted = rng.gamma(1, size=(200, 3)) @ rng.gamma(1, size=(3, 30))
    cells = cells_of(rng.poisson(planted))
    found = factorise(cells, components=3, settings=NMF | {"solver": solver}, seed=0)
    assert found.X.std(axis=0) == pytest.approx(1)
    error = np.linalg.norm(cells.X - found.X @ found.varm["loadings"]) / np.linalg.norm(cells.X.toarray())
    assert error < 0.45
    assert found.uns["reconstruction_error"] == pytest.approx(error, rel=0.05)
    assert (found.X >= 0).all()


class DeadFactor:
    """An NMF whose second factor no cell has."""

    components_, reconstruction_err_, n_iter_ = np.ones((2, 2)), 0.0, 1

    def __init__(self, *_, **__):
        pass

    def fit_transform(self, X):
        return np.column_stack([np.arange(X.shape[0]), np.zeros(X.shape[0])])


def test_a_factor_that_no_cell_has_stays_zero(monkeypatch):
    monkeypatch.setattr("fly_brain.factors.NMF", DeadFactor)
    found = factorise(cells_of([[1.0, 0], [2, 0], [3, 1], [5, 0]]), components=2, settings=NMF, seed=0)
    assert found.X[:, 1].tolist() == [0, 0, 0, 0]
    assert found.X[:, 0].std() == pytest.approx(1)


def test_more_components_than_cells_is_an_error():
    with pytest.raises(InputError, match=r"9 components of 4 cells × 2 genes; give 2 to 2"):
        factorise(cells_of(np.ones((4, 2))), components=9, settings=NMF, seed=0)
