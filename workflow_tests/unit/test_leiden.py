"""Clusters: both implementations find planted groups, as good a partition as the other, and the same with one seed."""

import leidenalg
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from evaluation.leiden import fast_leiden, leiden, neighbour_graph, neighbour_graphs

BOTH = pytest.mark.parametrize("method", [leiden, fast_leiden])


@pytest.fixture(scope="module")
def planted():
    """Points in five groups, and the groups."""
    rng = np.random.default_rng(0)
    groups = rng.choice(5, 600, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    return rng.normal(size=(5, 8))[groups] * 2 + rng.normal(size=(600, 8)), groups


@BOTH
def test_planted_groups_are_found(planted, method):
    points, groups = planted
    clusters = method(neighbour_graph(points))
    assert adjusted_rand_score(groups, clusters) > 0.9
    sizes = np.bincount(clusters)
    assert (np.diff(sizes) <= 0).all()


def test_every_point_has_its_nearest_neighbours_and_not_itself():
    points = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert sorted(map(sorted, neighbour_graph(points, 1).get_edgelist())) == [[0, 1], [0, 1], [1, 2], [2, 3]]
    assert neighbour_graph(points, 50).ecount() == 4 * 3


def test_graphs_of_one_search_are_those_of_searches_of_their_own(planted):
    for number, graph in neighbour_graphs(planted[0], (5, 17)).items():
        assert graph.get_edgelist() == neighbour_graph(planted[0], number).get_edgelist()


@pytest.mark.parametrize("resolution", [1.0, 2.0])
def test_igraphs_partition_is_as_good_as_leidenalgs(planted, resolution):
    graph = neighbour_graph(planted[0])
    other = leidenalg.find_partition(
        graph, leidenalg.RBConfigurationVertexPartition, resolution_parameter=resolution, seed=0
    ).membership
    if resolution == 1:  # the same objective: what the paper calls modularity
        assert graph.modularity(leiden(graph).tolist()) == pytest.approx(graph.modularity(other), abs=0.005)
    fast = fast_leiden(graph, resolution=resolution).tolist()
    assert graph.modularity(fast, resolution=resolution) >= graph.modularity(other, resolution=resolution) - 0.005


@BOTH
def test_a_seed_gives_the_same_clusters_again(method):
    noise = neighbour_graph(np.random.default_rng(1).normal(size=(300, 10)))
    first = method(noise, seed=3)
    assert (method(noise, seed=3) == first).all()
    assert any((method(noise, seed=seed) != first).any() for seed in range(4, 8))
