"""Schema's weights of the components of RNA: how they move with the cells, and what they keep of distances in RNA.

Bootstraps of blocks of cells, as the core makes them. Control: the ATAC of other cells, dealt several times.
"""

from collections.abc import Iterator
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

from running import read_status, step, write_table
from schema_core import Modality, Moments, Schema
from sci_car.embedding import load_embedding
from sci_car.gains import ATAC, OTHER
from sci_car.methods.table import METHODS

ALL_CELLS = {"given": ATAC, "resample": 0}  # of the control, a resample is a way to deal the ATAC


def resampled(points: np.ndarray, atac: np.ndarray, limits: dict, *, bootstraps: int, seed: int) -> pd.DataFrame:
    """A row per resample, the first (0) being all cells: correlations of distances, and the weights w0, w1, ...

    points : (n, k), components that are weighted; atac : (n, q). Correlations are those over all pairs of all cells:
    ``reference`` with distances in RNA alone, ``modality`` with those in ATAC, and ``gain``, by how much the latter is
    above that of equal weights. A bootstrap whose problem has no answer is left out.
    """
    model = Schema(**limits).fit(points, Modality(atac, "vector"))
    weights = model.weights_[None]
    if bootstraps:
        replicates = model.stability(n_boot=bootstraps, random_state=seed).replicates
        weights = np.vstack([weights, replicates.drop(columns="objective")])
    _, (equal,) = model.covariances_.correlations(np.ones(points.shape[1]))
    found = []
    for resample, of_one in enumerate(weights):
        reference, (modality,) = model.covariances_.correlations(of_one)
        row = {"resample": resample, "reference": reference, "modality": modality, "gain": modality - equal}
        found.append(row | {f"w{i}": weight for i, weight in enumerate(of_one)})
    return pd.DataFrame(found)


def by_resample(table: pd.DataFrame, solver: str = "exact") -> Iterator[tuple[dict, np.ndarray]]:
    """The key of each row, as in ALL_CELLS, and its weights (k,)."""
    rows = table[table["solver"] == solver]
    yield from zip(rows[list(ALL_CELLS)].to_dict("records"), rows.filter(regex=r"^w\d+$").to_numpy(), strict=True)


def kept(points: np.ndarray, atac: np.ndarray, placed: np.ndarray) -> dict[str, float]:
    """The same two correlations of cells that were placed by weighted components, ``placed`` (n, k)."""
    weights = (placed**2).sum(axis=0) / np.maximum((points**2).sum(axis=0), np.finfo(float).tiny)
    covariances = Moments.from_arrays(points, Modality(atac, "vector")).covariances()
    reference, (modality,) = covariances.correlations(weights)
    return {"reference": reference, "modality": modality}


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params, table = snakemake.input, snakemake.params, anndata.read_h5ad(snakemake.input.reduced)
        points, atac = table.obsm["rna_svd"], table.obsm["atac_svd"]
        found, rng = [], np.random.default_rng(params.seed)
        for solver in ("exact", "grid"):
            limits = params.limits | {"solver": solver}
            rows = resampled(points, atac, limits, bootstraps=params.bootstraps, seed=params.seed)
            found.append(rows.assign(given=ATAC, solver=solver))
        for deal in range(params.shuffles):
            row = resampled(points, rng.permutation(atac), params.limits, bootstraps=0, seed=params.seed)
            found.append(row.assign(given=OTHER, solver="exact", resample=deal))
        write_table(pd.concat(found, ignore_index=True), snakemake.output.weights)
        rows = []
        for path, status in zip(inputs.embeddings, inputs.statuses, strict=True):
            method = Path(path).parent.name
            if not read_status(status).failed:
                of_method = table.obsm[METHODS[method].arguments["basis"]]
                placed, _ = load_embedding(path)
                rows.append({"method": method} | kept(of_method, table.obsm["atac_svd"], placed))
        write_table(pd.DataFrame(rows, columns=["method", "reference", "modality"]), snakemake.output.correlations)
