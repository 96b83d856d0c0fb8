"""TotalVI and MultiVI on the whole counts of the cells."""

from time import perf_counter

import anndata
import numpy as np

from baselines.deep import multivi_latent, prepare, totalvi_latent
from own.others import load, save

MOST_PEAKS = 30_000  # those that are open in most cells, for MultiVI


def place(out: str, cells: str, method: str, seed: int, settings: dict, factors: int) -> None:
    """Write the latent means of the cells; settings also has the path ``counts``, epochs and patience."""
    data, rows, _, _ = load(cells, [one["name"] for one in settings["modalities"]])
    counts = anndata.read_h5ad(settings["counts"])
    at = counts.obs_names.get_indexer(data.obs_names)
    rows, counts = rows[at >= 0], counts[at[at >= 0]]
    start = perf_counter()
    prepare(seed)
    if method == "totalvi":
        training = {"epochs": settings["epochs"], "patience": settings["patience"], "background": True}
        points = totalvi_latent(counts.X, np.asarray(counts.obsm["protein"]), **training)
    else:
        points = multivi_latent(counts.X, counts.obsm["peaks"], most_peaks=MOST_PEAKS, epochs=settings["epochs"])
    save(out, points, rows, perf_counter() - start)
