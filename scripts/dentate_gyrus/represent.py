"""What each method makes of the cells: pseudotime, weights of components, and t-SNE from several starts."""

from collections.abc import Iterator, Mapping
from importlib import import_module

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from dentate_gyrus.methods.table import CHANGE, FIRST, METHODS, Placed, in_order
from running import InputError, step, write_parquet, write_table

WEIGHTS = ["method", "min_correlation", "repeat", "component", "weight", "before", "after", "reference"]


def represented(cells: AnnData, settings: Mapping, seed: int) -> Iterator[tuple[str, Placed]]:
    """Every method of ``settings["methods"]`` in the order of METHODS; InputError where its places are no numbers."""
    for method in in_order(settings["methods"]):
        module = import_module(f"dentate_gyrus.methods.{METHODS[method].module}")
        for one in module.represent(cells, settings, np.random.default_rng(seed)):
            if one.points.shape[:1] != (cells.n_obs,) or not np.isfinite(one.points).all():
                problem = (
                    f"gave places of shape {one.points.shape} for {cells.n_obs} cells, or some that are not finite"
                )
                raise InputError(f"the method {method!r}", problem, "leave it out of dentate_gyrus.methods")
            yield method, one


def labels(method: str, one: Placed) -> dict:
    """A representation's columns in all tables: method, min_correlation (s or NaN), repeat (of a control)."""
    return {"method": method, "min_correlation": one.min_correlation, "repeat": one.repeat}


def pseudotime(one: Placed) -> tuple[str, np.ndarray]:
    """A pseudotime (n,) and what it lies along: the method's own, else the first principal component of its points.

    Schema weights components that are uncorrelated, so that its first component is that of the spliced counts.
    """
    if one.time is None:
        return FIRST, PCA(1, svd_solver="full").fit_transform(one.points)[:, 0]
    return CHANGE, one.time


def weight_rows(method: str, one: Placed) -> pd.DataFrame:
    """component, weight (mean 1), and the correlations of squared distances: before, after, reference."""
    table = pd.DataFrame({"component": range(len(one.weights)), "weight": one.weights})
    return table.assign(**labels(method, one), **one.correlations)


def embedded(points: np.ndarray, perplexity: float, steps: int | None, start: int, seed: int) -> np.ndarray:
    """t-SNE of points (n, d), (n, 2); start 0 is the first principal components, each other one is random."""
    given = {} if steps is None else {"max_iter": steps}
    init = "random" if start else "pca"
    return TSNE(perplexity=perplexity, init=init, random_state=seed + start, **given).fit_transform(points)


def embeddings(cells: AnnData, method: str, one: Placed, settings: Mapping, seed: int) -> Iterator[pd.DataFrame]:
    """For each start a table: the labels, start, cell, x, y. InputError where perplexity is not below n."""
    asked = settings["tsne"]
    if asked["perplexity"] >= cells.n_obs:
        problem = f"{asked['perplexity']} for {cells.n_obs} cells"
        raise InputError("dentate_gyrus.tsne.perplexity", problem, "lower it, or give more cells")
    for start in range(asked["starts"]):
        x, y = np.asarray(embedded(one.points, asked["perplexity"], asked["steps"], start, seed), dtype=float).T
        yield pd.DataFrame({**labels(method, one), "start": start, "cell": cells.obs_names, "x": x, "y": y})


def is_embedded(one: Placed, settings: Mapping) -> bool:
    """Whether t-SNE is made of it: without s or at one that is shown, and of a control the first few shuffles."""
    at = np.isnan(one.min_correlation) or np.isclose(one.min_correlation, settings["shown"]).any()
    return bool(at and one.repeat < settings["tsne"]["shuffles"])


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        settings, seed = params.settings, params.seed
        cells = read_h5ad(snakemake.input.cells)
        found, weights, places = [], [], []
        for method, one in represented(cells, settings, seed):
            along, time = pseudotime(one)
            found.append(pd.DataFrame({**labels(method, one), "along": along, "cell": cells.obs_names, "time": time}))
            if one.weights is not None:
                weights.append(weight_rows(method, one))
            if is_embedded(one, settings):
                places += embeddings(cells, method, one, settings, seed)
            log.info("%s, s = %s, %d", *labels(method, one).values())
        write_parquet(pd.concat(found, ignore_index=True), outputs.pseudotime, index=False)
        write_table(pd.concat([pd.DataFrame(columns=WEIGHTS), *weights]), outputs.weights, digits=10)
        write_parquet(pd.concat(places, ignore_index=True), outputs.embeddings, index=False)
