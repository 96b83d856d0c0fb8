"""Read cells with spliced and unspliced counts, drop the shallowest, and find principal components of each layer.

Text S2 of the paper, and the authors' script: a cell is kept if its spliced counts and its genes exceed those of the
cell of rank max(10, 0.1 % of the cells), the lowest being of rank 1. Each layer by itself: log(1 + 1e6 × share of the
cell's counts), then principal components of the centred genes.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from scipy.sparse import csr_matrix
from sklearn.decomposition import PCA

from baselines.normalise import as_log
from formats import hdf5
from formats.published import check_shape, write_scope
from running import InputError, step, whole_file

LAYERS = ("spliced", "unspliced")
PER_CELL = 1e6  # counts of a cell after normalisation
LEAST_RANK, RANK_SHARE = 10, 0.001
LEAST_CELLS = 50
ONE_CLUSTER = "all cells"


def read_cells(
    path: Path | str, clusters: str | None, published: Mapping | None = None, *, nuclei: bool = False
) -> AnnData:
    """Cells with layers ``spliced`` and ``unspliced``, whole counts (n, genes), CSR float32; obs ``cluster``.

    path : an .h5ad; clusters : the column of obs with a label for each cell, "" where it is missing; None: no labels
    published : what the registry says of the file; nuclei : whether unspliced counts may outnumber spliced ones

    Raises InputError, one line, for a file of another kind, layers that are missing, equal, swapped or empty, numbers
    that are no counts, cells that come twice, and a column that is not there or names fewer than two clusters.
    """
    with hdf5.opened(path) as file:
        hdf5.self_contained(file)
        if {"matrix", "row_attrs", "col_attrs"} <= set(file):
            raise InputError(path, "is a loom file", "convert it: anndata.io.read_loom(path).write_h5ad(other)")
        layers = file.get("layers", ())
        if absent := [name for name in LAYERS if name not in layers]:
            problem = f"has no layer {' and no layer '.join(absent)}, but {', '.join(layers) or 'none'}"
            raise InputError(path, problem, "give an .h5ad with the layers spliced and unspliced, as velocyto counts")
        hdf5.readable(file)
    table = read_h5ad(path)
    if not table.obs_names.is_unique:
        twice = table.obs_names[table.obs_names.duplicated()][0]
        raise InputError(path, f"the cell {twice!r} is there twice", "make the names unique: obs_names_make_unique()")
    counts = {name: _counts(path, name, table) for name in LAYERS}
    sums = {name: int(layer.sum(dtype=np.float64)) for name, layer in counts.items()}
    for name in LAYERS:
        if not sums[name]:
            raise InputError(path, f"layers/{name} holds no count", "give the counts as velocyto or kb count them")
    if sums["spliced"] == sums["unspliced"] and (counts["spliced"] != counts["unspliced"]).nnz == 0:
        raise InputError(
            path, "layers/spliced and layers/unspliced are the same", "put the unspliced counts in their layer"
        )
    if sums["unspliced"] > sums["spliced"] and not nuclei:
        problem = f"layers/unspliced holds {sums['unspliced']:,} counts, layers/spliced only {sums['spliced']:,}"
        raise InputError(
            path, f"{problem}: swapped?", "rename the layers, or set dentate_gyrus.nuclei: true for nuclei"
        )
    check_shape(str(path), table.shape, published, ("cells", "genes"))
    obs = pd.DataFrame({"cluster": pd.Categorical(_clusters(path, clusters, table.obs))}, index=table.obs_names)
    genes = pd.DataFrame(index=table.var_names.astype(str))
    found = AnnData(counts["spliced"], obs=obs, var=genes, layers=counts)
    found.var_names_make_unique()
    return found


def _counts(path: Path | str, name: str, table: AnnData) -> csr_matrix:
    """A layer of whole counts; InputError with the first cell and gene that hold anything else."""
    matrix = csr_matrix(table.layers[name])
    matrix.sum_duplicates()
    if not np.issubdtype(matrix.dtype, np.number) or np.issubdtype(matrix.dtype, np.complexfloating):
        raise InputError(path, f"layers/{name} is of type {matrix.dtype}, no numbers", "put whole counts there")
    data = matrix.data.astype(np.float64)
    wrong = ~(np.isfinite(data) & (data >= 0) & (np.floor(data) == data))
    if wrong.any():
        first = int(wrong.argmax())
        cell = table.obs_names[int(np.searchsorted(matrix.indptr, first, side="right")) - 1]
        gene = table.var_names[matrix.indices[first]]
        problem = f"layers/{name} holds {matrix.data[first]:g} for gene {gene!r} of cell {cell!r}, which is no count"
        raise InputError(path, problem, "give whole counts, before normalisation and without imputation")
    matrix.eliminate_zeros()
    return matrix.astype(np.float32)


def _clusters(path: Path | str, column: str | None, obs: pd.DataFrame) -> np.ndarray:
    """A label a cell, "" where there is none."""
    if column is None:
        return np.full(len(obs), ONE_CLUSTER, dtype=object)
    if column not in obs:
        problem = f"obs has no column {column!r}, but {', '.join(map(str, obs.columns)) or 'none'}"
        raise InputError(
            path, problem, "name the column in dentate_gyrus.clusters, or set null where there are no labels"
        )
    found = obs[column].astype("string").fillna("").to_numpy(dtype=object)
    if len(set(found) - {""}) < 2:
        problem = f"the column {column!r} of obs names {len(set(found) - {''})} cluster of {len(obs)} cells"
        raise InputError(path, problem, "name the column of the clusters in dentate_gyrus.clusters, or set null")
    return found


def deep_enough(spliced: csr_matrix) -> np.ndarray:
    """Which cells, (n,) bool, have more counts and more genes than the cell of rank max(10, 0.1 % of n)."""
    rank = max(LEAST_RANK, int(RANK_SHARE * spliced.shape[0]))
    depth, genes = np.asarray(spliced.sum(axis=1)).ravel(), spliced.getnnz(axis=1)
    return np.logical_and(*(one > np.sort(one)[min(rank, len(one)) - 1] for one in (depth, genes)))


def principal_components(counts: csr_matrix, components: int, seed: int) -> np.ndarray:
    """Scores (n, components) of log-normalised counts on their principal components, the largest first."""
    found = PCA(components, svd_solver="arpack", random_state=seed).fit_transform(as_log(counts, PER_CELL))
    return found.astype(np.float64)


def prepared(cells: AnnData, components: int, seed: int) -> AnnData:
    """The cells that are deep enough, with obsm ``spliced`` and ``unspliced``: principal components of each layer.

    Raises InputError where too few cells are left, or not more of them, or of the genes of a layer, than components.
    """
    kept = cells[deep_enough(cells.layers["spliced"])].copy()
    if kept.n_obs < LEAST_CELLS:
        problem = f"{kept.n_obs} of {cells.n_obs} cells are left without the shallowest"
        raise InputError("the cells of dentate_gyrus", problem, f"give at least {LEAST_CELLS + LEAST_RANK} cells")
    for name in LAYERS:
        genes = int((kept.layers[name].getnnz(axis=0) > 0).sum())
        if components >= min(kept.n_obs, genes):
            problem = f"{components} components of {kept.n_obs} cells and {genes} genes with {name} counts"
            raise InputError("dentate_gyrus.components", problem, "give fewer components or more cells")
        kept.obsm[name] = principal_components(kept.layers[name], components, seed)
    return kept


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        cells = read_cells(params.file, params.clusters, params.published.get("cells"), nuclei=params.nuclei)
        kept = prepared(cells, params.components, params.seed)
        kept.uns["read"] = {"cells": cells.n_obs}
        log.info("%d of %d cells are deep enough; %d clusters", len(kept), len(cells), kept.obs["cluster"].nunique())
        with whole_file(outputs.cells) as part:
            kept.write_h5ad(part, compression="lzf")
        write_scope(outputs.scope)
