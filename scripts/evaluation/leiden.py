"""Clusters of points: Leiden communities of the graph of nearest neighbours (paper: Methods, sci-CAR)."""

import random

import igraph
import numpy as np
from sklearn.neighbors import NearestNeighbors


def neighbour_graph(points: np.ndarray, n_neighbours: int = 30) -> igraph.Graph:
    """The undirected graph with an edge from each point (n, d) to each of its nearest neighbours, itself left out.

    As in the authors' released helper, two points that are each other's neighbours have two edges. At most n - 1
    neighbours are taken.
    """
    n = len(points)
    near = NearestNeighbors(n_neighbors=min(n_neighbours, n - 1)).fit(points).kneighbors(return_distance=False)
    return igraph.Graph(n, np.column_stack([np.repeat(np.arange(n), near.shape[1]), near.ravel()]))


def leiden(graph: igraph.Graph, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """The cluster of each vertex (n,), numbered by falling size: modularity, in two iterations.

    Objective and iterations are those of leidenalg's ModularityVertexPartition with its defaults, which the paper used;
    igraph's own implementation finds partitions as good, an order of magnitude faster.
    """
    igraph.set_random_number_generator(random.Random(seed))
    found = graph.community_leiden("modularity", resolution=resolution, n_iterations=2).membership
    _, clusters, sizes = np.unique(found, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[clusters]
