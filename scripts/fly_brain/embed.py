"""UMAP and t-SNE of RNA alone, of Schema for each s, and of CCA, in one orientation.

Each is computed on its own, from the same seed; then it is turned to lie nearest to the embedding of RNA alone, so that
panels can be compared. (Paper: Fig 3 a to d, S6; the released script for t-SNE and 15 neighbours.)
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from sklearn.manifold import TSNE
from umap import UMAP

from fly_brain.features import representations
from plotting.orientation import oriented
from running import step, whole_file


def umap(points: np.ndarray, neighbours: int, seed: int) -> np.ndarray:
    """UMAP of points (n, d), (n, 2). With a seed umap-learn runs on one thread and repeats itself."""
    return UMAP(n_neighbors=neighbours, random_state=seed, n_jobs=1).fit_transform(points)


def tsne(points: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    """t-SNE of points (n, d), (n, 2), started from their principal components (at random for one column)."""
    start = "pca" if points.shape[1] > 1 else "random"
    return TSNE(perplexity=perplexity, init=start, random_state=seed).fit_transform(points)


def embeddings(
    factors: AnnData, weights: pd.DataFrame, *, neighbours: int, perplexity: float, seed: int
) -> Iterator[pd.DataFrame]:
    """Per embedding a table: method, min_correlation, embedding ("umap" or "tsne"), cell, x, y, age."""
    first: dict[str, np.ndarray] = {}
    for one in representations(factors, weights, controls=False):
        for name, function, option in (("umap", umap, neighbours), ("tsne", tsne, perplexity)):
            points = np.asarray(function(one.points, option, seed), dtype=float)
            reference = first.setdefault(name, points)
            x, y = oriented(points, reference).T
            yield pd.DataFrame(
                {
                    "method": one.method,
                    "min_correlation": one.min_correlation,
                    "embedding": name,
                    "cell": factors.obs_names,
                    "x": x,
                    "y": y,
                    "age": factors.obs["age"].to_numpy(),
                }
            )


if __name__ == "__main__":
    with step(snakemake) as log:  # noqa: F821
        inputs, params = snakemake.input, snakemake.params  # noqa: F821
        factors, weights = read_h5ad(inputs.factors), pd.read_csv(inputs.weights, sep="\t")
        options = {"neighbours": params.neighbours, "perplexity": params.perplexity, "seed": params.seed}
        tables = []
        for table in embeddings(factors, weights, **options):
            log.info("%s of %s, s = %s", *table.loc[0, ["embedding", "method", "min_correlation"]])
            tables.append(table)
        with whole_file(snakemake.output[0]) as part:  # noqa: F821
            pd.concat(tables, ignore_index=True).to_parquet(part, index=False)
