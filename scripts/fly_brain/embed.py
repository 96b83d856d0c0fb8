"""UMAP or t-SNE of RNA alone, of Schema for each s, and of CCA, in one orientation.

Each is computed on its own, from the same seed; then it is turned to lie nearest to the embedding of RNA alone, so that
panels can be compared. (Paper: Fig 3 a to d, S6; the released script for t-SNE and 15 neighbours.)
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from openTSNE import TSNE
from sklearn.neighbors import NearestNeighbors
from umap import UMAP

from fly_brain.representations import read_places, representations
from plotting.cells import oriented
from running import InputError, read_table, step, write_parquet

EXAGGERATED = 250  # of the steps of t-SNE, as usual


def umap(points: np.ndarray, neighbours: int, steps: int | None, seed: int) -> np.ndarray:
    """UMAP of points (n, d), (n, 2). With a seed umap-learn runs on one thread and repeats itself.

    A point is the first of its neighbours. They are exact, and scikit-learn's, since umap-learn takes longer to find
    those of a few cells than for all else.
    """
    distances, near = NearestNeighbors(n_neighbors=neighbours).fit(points).kneighbors(points)
    options = {"n_neighbors": neighbours, "n_epochs": steps, "random_state": seed, "n_jobs": 1}
    varying = points[:, points.std(axis=0) > 0]
    if varying.shape[1] == 1:  # of 24,016 on a line its own start, from the graph's spectrum, took over 8 minutes
        options["init"] = np.column_stack([varying, np.random.default_rng(seed).normal(size=len(points))])
    return UMAP(precomputed_knn=(near, distances.astype(np.float32)), **options).fit_transform(points)


def tsne(points: np.ndarray, perplexity: float, steps: int | None, seed: int) -> np.ndarray:
    """t-SNE of points (n, d), (n, 2), started from their principal components (at random for one column)."""
    start = "pca" if points.shape[1] > 1 else "random"
    given = {} if steps is None else {"n_iter": steps - EXAGGERATED}
    options = {"initialization": start, "neighbors": "exact", "random_state": seed}
    return TSNE(perplexity=perplexity, early_exaggeration_iter=EXAGGERATED, **options, **given).fit(points)


def embeddings(
    factors: AnnData,
    weights: pd.DataFrame,
    places: Mapping[str, np.ndarray],
    kind: Literal["umap", "tsne"],
    option: float,
    seed: int,
    *,
    steps: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Per representation a table: method, min_correlation, embedding (the kind), cell, x, y, age.

    option : neighbours of UMAP, perplexity of t-SNE; InputError where there are not more cells
    steps : of the optimisation; None leaves their number to the library
    """
    if option >= factors.n_obs:
        name = {"umap": "neighbours", "tsne": "perplexity"}[kind]
        raise InputError(f"fly_brain.{name}", f"{option} for {factors.n_obs} cells", "lower it, or give more cells")
    function, reference = {"umap": umap, "tsne": tsne}[kind], None
    for one in representations(factors, weights, places, controls=False):
        points = np.asarray(function(one.points, option, steps, seed), dtype=float)
        reference = points if reference is None else reference
        x, y = oriented(points, reference).T
        labels = {"method": one.method, "min_correlation": one.min_correlation, "embedding": kind}
        age = factors.obs["age"].to_numpy()
        yield pd.DataFrame({**labels, "cell": factors.obs_names, "x": x, "y": y, "age": age})


if __name__ == "__main__":
    with step(snakemake) as log:
        logging.getLogger("openTSNE").setLevel(logging.WARNING)  # it says twice for each what it takes by default
        inputs, params = snakemake.input, snakemake.params
        given = read_h5ad(inputs.factors), read_table(inputs.weights), read_places(inputs.places)
        tables = []
        for table in embeddings(*given, params.kind, params.option, params.seed, steps=params.steps):
            log.info("%s of %s, s = %s", *table.loc[0, ["embedding", "method", "min_correlation"]])
            tables.append(table)
        write_parquet(pd.concat(tables, ignore_index=True), snakemake.output[0], index=False)
