"""Diffusion pseudotime: closed forms, what scanpy has, pieces out of reach, lines of many cells, and roots."""

import numpy as np
import pytest
import scanpy
from anndata import AnnData
from scipy.stats import spearmanr

from fly_brain.pseudotime import diffusion_map, pseudotimes, scaled_times, targets_of, young_cells
from running import InputError


def test_pseudotime_orders_a_curve_from_either_end():
    angle = np.sort(np.random.default_rng(0).uniform(0, np.pi, 200))
    curve = np.column_stack([np.cos(angle), np.sin(angle)])
    for forth, back in pseudotimes(curve, [0, 199], 10, 0)[:2]:
        assert spearmanr(forth, angle).statistic > 0.99
        assert spearmanr(back, angle).statistic < -0.99
        assert forth[0] == back[199] == 0


def test_on_a_thread_of_many_cells_only_scaled_components_keep_the_order():
    """Scanpy's rule for eigenvalues from 0.9994 on: why the pseudotime of a single score loses what the score has."""
    thread = np.sort(np.random.default_rng(0).normal(size=1000))[:, None]
    found = pseudotimes(thread, [0], 15, 0)
    assert found.unscaled >= 3
    assert abs(spearmanr(found.scanpy[0], thread.ravel()).statistic) < 0.5
    assert spearmanr(found.scaled[0], thread.ravel()).statistic > 0.95


@pytest.mark.parametrize("columns", [1, 4])
def test_the_diffusion_map_is_scanpys(columns):
    graph = AnnData(np.random.default_rng(0).normal(size=(900, columns)).astype(np.float32))
    scanpy.pp.neighbors(graph, n_neighbors=15, use_rep="X", transformer="sklearn")
    theirs = graph.copy()
    diffusion_map(graph, 10, 0)
    scanpy.tl.diffmap(theirs, n_comps=10)
    assert graph.uns["diffmap_evals"] == pytest.approx(theirs.uns["diffmap_evals"], abs=1e-6)
    together = graph.obsm["X_diffmap"][:, :4].T @ theirs.obsm["X_diffmap"][:, :4]
    assert np.abs(together) == pytest.approx(np.eye(4), abs=1e-3)


def test_many_cells_on_a_line_are_put_in_order():
    """Also where it is one of several columns: the weights of the others may be 0."""
    line = np.sort(np.random.default_rng(0).normal(size=20_000))
    found = pseudotimes(np.column_stack([line, 0 * line]), [0], 15, 0)
    assert spearmanr(found.scaled[0], line).statistic > 0.95


def test_where_no_component_is_left_unscaled_both_pseudotimes_agree():
    found = pseudotimes(np.random.default_rng(0).normal(size=(200, 5)), [3, 9], 15, 0)
    assert found.unscaled == 0
    largest = found.scaled.max(axis=1, keepdims=True)
    assert found.scanpy == pytest.approx(found.scaled / largest, abs=2e-3)


def test_many_cells_have_a_pseudotime():
    """From 8,192 on scanpy takes other neighbours unless it is told which."""
    points = np.random.default_rng(0).normal(size=(8_200, 3)) * [5, 1, 1]
    found = pseudotimes(points, [int(points[:, 0].argmin())], 15, 0)
    assert spearmanr(found.scaled[0], points[:, 0]).statistic > 0.9


def test_another_piece_of_the_graph_is_out_of_reach():
    points = np.vstack(
        [np.random.default_rng(0).normal(size=(60, 3)), 500 + np.random.default_rng(1).normal(size=(60, 3))]
    )
    found = pseudotimes(points, [0, 60], 10, 0)
    for times in found[:2]:
        assert np.isfinite(times[0][:60]).all()
        assert np.isinf(times[0][60:]).all()
        assert np.isinf(times[1][:60]).all()


def test_scaled_times_are_the_formula():
    values, places = np.array([0.5, 0.2]), np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [9.0, 9.0]])
    times = scaled_times(values, places, np.array([0, 0, 0, 1]), [0])
    assert times.tolist() == [[0, 3, 1, np.inf]]


def test_roots_are_of_the_first_age_and_distinct():
    age = np.array([3, 0, 0, 30, 0, 0])
    roots = young_cells(age, 3, 0)
    assert (age[roots] == 0).all()
    assert len(set(roots)) == 3
    assert young_cells(age, 10, 0).tolist() == [1, 2, 4, 5]


def test_too_many_neighbours_is_an_error():
    with pytest.raises(InputError, match=r"fly_brain\.neighbours: 15 neighbours of 10 cells"):
        pseudotimes(np.zeros((10, 2)), [0], 15, 0)


def test_what_is_held_against_what():
    names = ["age", "shuffle_0", "shuffle_1"]
    assert targets_of("rna", "age", names) == names
    assert targets_of("schema", "age", names) == ["age"]
    assert targets_of("schema", "shuffle_1", names) == ["age", "shuffle_1"]
    assert targets_of("cca", "age", names) == ["age"]
