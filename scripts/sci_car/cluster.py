"""Leiden clusters of every method's cells, with several seeds (paper: Methods, sci-CAR).

All cells are clustered, those without a label too, which are left out of scores.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.leiden import leiden, neighbour_graph
from running import read_status, step, write_parquet, write_table
from sci_car.embedding import load_embedding


def clusters_of(
    points: np.ndarray, cells: np.ndarray, *, neighbours: int, resolution: float, seeds: Iterable[int]
) -> dict[int, np.ndarray]:
    """By seed, the cluster of each cell (n,): that of its unit, a row of ``points`` (u, d)."""
    graph = neighbour_graph(points, neighbours)
    return {seed: leiden(graph, resolution=resolution, seed=seed)[cells] for seed in seeds}


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        found, ended = [], []
        for path, status in zip(inputs.embeddings, inputs.statuses, strict=True):
            run = {"method": Path(path).parent.name, "seed": int(Path(path).stem)}
            ended.append(run | read_status(status)._asdict())
            log.info("%s", ended[-1])
            if ended[-1]["state"] == "done":
                by_seed = clusters_of(*load_embedding(path), **params.settings)
                found += [pd.DataFrame(run | {"leiden_seed": s, "cluster": c}) for s, c in by_seed.items()]
        clusters = pd.concat(found, ignore_index=True)
        write_parquet(clusters.astype({"method": "category", "cluster": "int16"}), outputs.clusters)
        write_table(pd.DataFrame(ended), outputs.statuses)
