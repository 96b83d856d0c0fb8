"""scVelo's pseudotimes of the cells: of the velocity graph in its stochastic and dynamical modes, and latent time.

Paper: Text S2, scVelo (Bergen et al. 2020) as its tutorials run it: genes with 20 shared counts, the most variable of
them, 30 principal components and neighbours, moments, velocity, velocity graph, pseudotime. scVelo only asks which
cells are neighbours, so that the quick Gaussian kernel of scanpy does as well as UMAP's.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import numpy as np
import pandas as pd
import scanpy
import scvelo
from anndata import AnnData, read_h5ad
from scipy.sparse import linalg

from running import InputError, step, write_parquet

LEAST_GENES = 10


@contextmanager
def same_start(n: int, seed: int) -> Iterator[None]:
    """Let scipy's eigsh, which scVelo calls on n cells, start from the same numbers in every run: it takes no seed."""
    eigsh = linalg.eigsh
    linalg.eigsh = partial(eigsh, v0=np.random.default_rng(seed).random(n))
    try:
        yield
    finally:
        linalg.eigsh = eigsh


def chosen(cells: AnnData, settings: Mapping, seed: int) -> AnnData:
    """Normalised counts of the genes that scVelo sees, with moments over neighbours."""
    if settings["neighbours"] >= cells.n_obs:
        problem = f"{settings['neighbours']} for {cells.n_obs} cells"
        raise InputError("dentate_gyrus.velocity.neighbours", problem, "lower it, or give more cells")
    layers = {name: cells.layers[name].copy() for name in ("spliced", "unspliced")}
    found = AnnData(layers["spliced"].copy(), obs=cells.obs[[]].copy(), var=cells.var[[]].copy(), layers=layers)
    scvelo.pp.filter_genes(found, min_shared_counts=settings["shared_counts"])
    if found.n_vars < LEAST_GENES:
        problem = f"{found.n_vars} genes have {settings['shared_counts']} counts in cells that hold both layers"
        raise InputError("dentate_gyrus.velocity.shared_counts", problem, "lower it, or give deeper cells")
    scvelo.pp.normalize_per_cell(found)
    scanpy.pp.log1p(found)
    if found.n_vars > settings["genes"]:
        scanpy.pp.highly_variable_genes(found, n_top_genes=settings["genes"])
        found = found[:, found.var["highly_variable"]].copy()
    components = min(settings["components"], min(found.shape) - 1)
    scanpy.pp.pca(found, n_comps=components, random_state=seed)
    # exact for any number of cells
    scanpy.pp.neighbors(found, settings["neighbours"], use_rep="X_pca", method="gauss", transformer="sklearn")
    scvelo.pp.moments(found, n_pcs=None, n_neighbors=None)
    return found


def pseudotimes(cells: AnnData, settings: Mapping, seed: int) -> pd.DataFrame:
    """A column (n,) for each of ``settings["modes"]``, NaN for a cell without one; the dynamical mode gives two.

    Raises InputError where scVelo finds too few genes with a velocity.
    """
    scvelo.settings.verbosity = 1
    start, times = chosen(cells, settings, seed), {}
    for mode in settings["modes"]:
        found = start.copy()  # a mode leaves things behind that the next would take up
        if mode == "dynamical":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scvelo.tl.recover_dynamics(found, n_top_genes=settings["dynamical_genes"], show_progress_bar=False)
        scvelo.tl.velocity(found, mode=mode)
        if (n_genes := int(found.var["velocity_genes"].sum())) < LEAST_GENES:
            problem = f"{mode}: scVelo finds a velocity for {n_genes} of {found.n_vars} genes"
            raise InputError("dentate_gyrus.velocity", problem, "give more or deeper cells, or leave out this mode")
        scvelo.tl.velocity_graph(found, show_progress_bar=False, n_jobs=1)
        with same_start(found.n_obs, seed):
            scvelo.tl.velocity_pseudotime(found)
        times[mode] = found.obs["velocity_pseudotime"].to_numpy(dtype=float, copy=True)  # latent_time writes into it
        if mode == "dynamical":
            with same_start(found.n_obs, seed):
                scvelo.tl.latent_time(found)
            times["latent time"] = found.obs["latent_time"].to_numpy(dtype=float)
    return pd.DataFrame(times, index=cells.obs_names)


if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        table = pseudotimes(read_h5ad(snakemake.input.cells), params.settings, params.seed)
        log.info("pseudotimes of %d cells: %s", len(table), ", ".join(table))
        write_parquet(table.rename_axis("cell").reset_index(), snakemake.output[0], index=False)
