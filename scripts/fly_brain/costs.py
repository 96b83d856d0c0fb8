"""What following age costs: how much of the structure of expression is left at each s.

Neighbours kept: the share of a cell's nearest neighbours in RNA that still are. Cell types: adjusted Rand index of
Leiden clusters with the published annotation, and its silhouette.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.neighbors import NearestNeighbors

from evaluation.leiden import fast_leiden, neighbour_graph
from fly_brain.representations import read_places, representations
from running import InputError, read_table, step, write_table


def nearest(points: np.ndarray, neighbours: int) -> np.ndarray:
    """The nearest neighbours of each point (n, d), itself left out, (n, neighbours)."""
    search = NearestNeighbors(n_neighbors=min(neighbours, len(points) - 1), algorithm="brute").fit(points)
    return search.kneighbors(return_distance=False)


def neighbours_kept(one: np.ndarray, other: np.ndarray) -> float:
    """The mean share of each row's members that are in the same row of ``other``; both (n, m), distinct in a row."""
    n = len(one)
    keys = np.arange(n)[:, None] * n
    return float(np.isin(one + keys, other + keys).mean())


def cost_rows(
    factors: AnnData, weights: pd.DataFrame, places: Mapping[str, np.ndarray], *, settings: dict, seed: int
) -> Iterator[dict]:
    """One row per representation and seed: method, ages, min_correlation, seed, metric, value.

    settings : neighbours (of which the kept are counted), cluster_neighbours, resolution, seeds (of Leiden),
    silhouette_cells (sampled, since silhouettes cost the square of their number)
    """
    types = factors.obs["annotation"].astype(str).to_numpy()
    if not 1 < len(set(types)) < len(types):
        problem = (
            f"column 'annotation' has {len(set(types))} types for {len(types)} cells, so that none has a silhouette"
        )
        raise InputError("the metadata of the cells", problem, "give cells of several types, some of the same")
    before = nearest(factors.X, settings["neighbours"])
    for one in representations(factors, weights, places, controls=False):
        kept = neighbours_kept(before, nearest(one.points, settings["neighbours"]))
        yield one.labels | {"seed": seed, "metric": "neighbours kept", "value": kept}
        sampled = min(settings["silhouette_cells"], len(types))
        width = silhouette_score(one.points, types, sample_size=sampled, random_state=seed)
        yield one.labels | {"seed": seed, "metric": "silhouette", "value": width}
        graph = neighbour_graph(one.points, settings["cluster_neighbours"])
        for start in range(settings["seeds"]):
            clusters = fast_leiden(graph, resolution=settings["resolution"], seed=seed + start)
            agreement = adjusted_rand_score(types, clusters)
            yield one.labels | {"seed": seed + start, "metric": "ARI", "value": agreement}


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        given = read_h5ad(inputs.factors), read_table(inputs.weights), read_places(inputs.places)
        table = pd.DataFrame(cost_rows(*given, settings=params.settings, seed=params.seed))
        log.info("%d values of %s", len(table), sorted(table["metric"].unique()))
        write_table(table, snakemake.output[0])
