"""Clusters of points: Leiden communities of the graph of nearest neighbours (paper: Methods, sci-CAR)."""

import random
from collections.abc import Iterable

import igraph
import leidenalg
import numpy as np
from sklearn.neighbors import NearestNeighbors


def neighbour_graphs(points: np.ndarray, numbers: Iterable[int]) -> dict[int, igraph.Graph]:
    """By number k, the undirected graph with an edge from each point (n, d) to each of its k nearest, itself left out.

    As in the authors' released helper, two points that are each other's neighbours have two edges. At most n - 1
    neighbours are taken. All graphs come from one search.
    """
    n, numbers = len(points), list(numbers)
    search = NearestNeighbors(n_neighbors=min(max(numbers), n - 1)).fit(points)
    near = search.kneighbors(return_distance=False)
    ends = {k: near[:, :k] for k in numbers}
    return {k: igraph.Graph(n, np.column_stack([np.arange(n).repeat(e.shape[1]), e.ravel()])) for k, e in ends.items()}


def neighbour_graph(points: np.ndarray, n_neighbours: int = 30) -> igraph.Graph:
    """One of :func:`neighbour_graphs`."""
    return neighbour_graphs(points, [n_neighbours])[n_neighbours]


def leiden(graph: igraph.Graph, *, seed: int = 0) -> np.ndarray:
    """The cluster of each vertex (n,), numbered by falling size, as the paper has it: leidenalg's
    ModularityVertexPartition with its defaults, so plain modularity in two iterations.
    """
    return _by_size(leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, seed=seed).membership)


def fast_leiden(graph: igraph.Graph, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """The same by igraph's implementation, an order of magnitude faster, and with a resolution."""
    igraph.set_random_number_generator(random.Random(seed))
    return _by_size(graph.community_leiden("modularity", resolution=resolution, n_iterations=2).membership)


def _by_size(membership: list[int]) -> np.ndarray:
    _, clusters, sizes = np.unique(membership, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[clusters]
