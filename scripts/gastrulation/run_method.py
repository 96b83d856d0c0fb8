"""Run one method on all cells, and on the replicates that are held out in turn.

It writes an AnnData without X. uns["fits"] has a row a fit: method, variant, s, shuffle, pair and half (-1 and 0 of
all cells), seconds, gigabytes (the most that the process had by then), place. obsm[place] is where a fit to all cells
places them. varm has a column a fit: "scores" of the genes, and "trends", their correlation with the ages that the fit
knew.
"""

import importlib
import logging
import time
from collections.abc import Mapping

import anndata
import numpy as np
import pandas as pd

from gastrulation.splits import splits
from running import InputError, baseline, step, whole_file
from running.usage import peak_gigabytes

logger = logging.getLogger(__name__)


def run(out: str, cells: str, method: str, module: str, settings: Mapping, seed: int) -> int:
    """Fit every split and write ``out``; gives the number of fits.

    settings : genes (the most variable ones that are used), pairs (of halves), and what the method needs
    """
    read = anndata.read_h5ad(cells)
    read = read[:, read.var["rank"].to_numpy() < settings["genes"]]
    used = anndata.AnnData(read.X.toarray(), obs=read.obs, var=read.var)
    fits = importlib.import_module(f"gastrulation.methods.{module}").fits
    rows, scores, trends, places = [], [], [], {}
    halves = list(splits(used.obs, settings["pairs"]))
    for number, split in enumerate(halves, start=1):
        logger.info("%s on %d cells: %d of %d", method, split.cells.sum(), number, len(halves))
        part = used if split.whole else used[split.cells].copy()
        start = time.perf_counter()
        for fit in fits(part, settings, split.whole, seed):
            if not (np.isfinite(fit.places).all() and np.isfinite(fit.scores).all()):
                raise InputError(out, f"{method} gave what is no number", "leave it out of gastrulation.methods")
            took = {"seconds": time.perf_counter() - start, "gigabytes": peak_gigabytes()}
            named = {"method": method, "variant": fit.variant, "s": fit.s, "shuffle": fit.shuffle}
            place = f"X_{len(places)}" if split.whole else ""
            rows.append(named | {"pair": split.pair, "half": split.half} | took | {"place": place})
            if place:
                places[place] = fit.places
            scores.append(fit.scores)
            trends.append(trend(part.X, fit.ages))
            start = time.perf_counter()
    made = anndata.AnnData(obs=used.obs, var=used.var, obsm=places, uns={"fits": pd.DataFrame(rows)})
    made.varm["scores"], made.varm["trends"] = np.array(scores).T, np.array(trends).T
    with whole_file(out) as path:
        made.write_h5ad(path, compression="lzf")
    return len(rows)


def trend(values: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each gene, values (n, genes), with the ages (n,); 0 for one that is constant."""
    centred = values - values.mean(axis=0)
    age = (ages - ages.mean()) / np.sqrt(((ages - ages.mean()) ** 2).sum())
    size = np.sqrt((centred**2).sum(axis=0))
    return (age @ centred) / np.where(size > 0, size, 1.0)


if __name__ == "__main__":
    with step(snakemake):
        params, outputs = snakemake.params, snakemake.output
        baseline(
            "gastrulation.run_method:run",
            outputs.fits,
            outputs.status,
            threads=snakemake.threads,
            cells=snakemake.input.cells,
            method=snakemake.wildcards.method,
            module=params.module,
            settings=params.settings,
            seed=params.seed,
        )
