"""Leiden clusters of every method's cells, with several seeds (paper: Methods, sci-CAR).

All cells are clustered, those without a label too, which are left out of scores. Leiden is leidenalg's, as in the
paper; igraph's implementation, which the comparison of all settings uses, clusters the same graphs beside it.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.leiden import fast_leiden, leiden, neighbour_graph
from running import read_status, step, write_parquet, write_table
from sci_car.embedding import load_embedding

BY = {"cluster": leiden, "igraph": fast_leiden}  # the columns of clusters.parquet


def partitions(
    points: np.ndarray, cells: np.ndarray, *, neighbours: int, seeds: int
) -> Iterator[tuple[pd.DataFrame, dict[str, float]]]:
    """By seed, the clusters of each cell, (n,) in the columns of BY, and their modularity.

    A cell has the cluster of its unit, ``cells`` (n,), a row of ``points`` (u, d).
    """
    graph = neighbour_graph(points, neighbours)
    for seed in range(seeds):
        of_units = {name: method(graph, seed=seed) for name, method in BY.items()}
        modularity = {name: graph.modularity(found.tolist()) for name, found in of_units.items()}
        yield (
            pd.DataFrame({name: found[cells] for name, found in of_units.items()}).assign(leiden_seed=seed),
            modularity,
        )


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        found, modularities, ended = [], [], []
        for path, status in zip(inputs.embeddings, inputs.statuses, strict=True):
            run = {"method": Path(path).parent.name, "seed": int(Path(path).stem)}
            ended.append(run | read_status(status)._asdict())
            log.info("%s", ended[-1])
            if ended[-1]["state"] == "done":
                for seed, (clusters, modularity) in enumerate(partitions(*load_embedding(path), **params.settings)):
                    found.append(clusters.assign(**run))
                    modularities.append(run | {"leiden_seed": seed} | modularity)
        clusters = pd.concat(found, ignore_index=True).astype({"method": "category"} | dict.fromkeys(BY, "int16"))
        write_parquet(clusters, outputs.clusters)
        write_table(pd.DataFrame(modularities), outputs.modularity)
        write_table(pd.DataFrame(ended), outputs.statuses)
