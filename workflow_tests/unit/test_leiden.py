"""Clusters: planted groups are found, as good a partition as leidenalg's, and the same again with the same seed."""

import leidenalg
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from evaluation.leiden import leiden, neighbour_graph


@pytest.fixture(scope="module")
def planted():
    """Points in five groups, and the groups."""
    rng = np.random.default_rng(0)
    groups = rng.choice(5, 600, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    return rng.normal(size=(5, 8))[groups] * 2 + rng.normal(size=(600, 8)), groups


def test_planted_groups_are_found(planted):
    points, groups = planted
    clusters = leiden(neighbour_graph(points))
    assert adjusted_rand_score(groups, clusters) > 0.9
    sizes = np.bincount(clusters)
    assert (np.diff(sizes) <= 0).all()


def test_every_point_has_its_nearest_neighbours_and_not_itself():
    points = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert sorted(map(sorted, neighbour_graph(points, 1).get_edgelist())) == [[0, 1], [0, 1], [1, 2], [2, 3]]
    assert neighbour_graph(points, 50).ecount() == 4 * 3


@pytest.mark.parametrize("resolution", [1.0, 2.0])
def test_as_good_as_leidenalg(planted, resolution):
    graph = neighbour_graph(planted[0])
    other = leidenalg.find_partition(
        graph, leidenalg.RBConfigurationVertexPartition, resolution_parameter=resolution, seed=0
    )
    ours, theirs = (
        graph.modularity(membership, resolution=resolution)
        for membership in (leiden(graph, resolution=resolution).tolist(), other.membership)
    )
    assert ours >= theirs - 0.005


def test_a_seed_gives_the_same_clusters_again():
    noise = neighbour_graph(np.random.default_rng(1).normal(size=(300, 10)))
    first = leiden(noise, seed=3)
    assert (leiden(noise, seed=3) == first).all()
    assert any((leiden(noise, seed=seed) != first).any() for seed in range(4, 8))
