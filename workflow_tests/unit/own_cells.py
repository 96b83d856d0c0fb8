"""Cells of one's own: three files of the same, and how they are read."""

from types import SimpleNamespace

import anndata
import mudata
import numpy as np
import pandas as pd
from scipy import sparse

from own.asked import in_full
from own.cells import cells_of

N, GENES, PEAKS = 150, 70, 80
ASKED = {"labels": "obs/type", "batch": "obs/batch", "representation": None, "components": 8}
PARAMS = {"min_correlation": 0.9, "max_weight_ratio": 1000, "path": [0.5, 0.99], "shuffles": 19, "bootstraps": 3}
PARAMS = SimpleNamespace(**PARAMS, seed=0)


def made() -> mudata.MuData:
    """RNA and ATAC of cells of three types, which rates of counts depend on; an age that follows two components."""
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 3, N)
    rna, atac = (rng.poisson(np.exp(rng.normal(0, 1, (3, width)))[kind]) for width in (GENES, PEAKS))
    cells = pd.Index([f"cell{i}" for i in range(N)])
    one = anndata.AnnData(sparse.csr_matrix(rna, dtype=np.float32), obs=pd.DataFrame(index=cells))
    one.var_names = [f"gene{i}" for i in range(GENES)]
    one.obsm["X_pca"] = rng.normal(size=(N, 6))
    one.obs["age"] = one.obsm["X_pca"][:, 1] + one.obsm["X_pca"][:, 2] + 0.5 * rng.normal(size=N)
    one.obs["type"] = pd.Categorical(np.array(["a", "b", "c"])[kind])
    one.obs["batch"] = pd.Categorical(rng.choice(["x", "y"], N))
    one.obs["same"], one.obs["nothing"], one.obs["word"] = 1.0, np.nan, [f"w{i % 7}" for i in range(N)]
    other = anndata.AnnData(sparse.csr_matrix(atac, dtype=np.float32), obs=pd.DataFrame(index=cells))
    other.var_names = [f"chr1:{i}00-{i}50" for i in range(PEAKS)]
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData({"rna": one, "atac": other[rng.permutation(N)].copy()})
    both.obs["type"], both.obs["batch"] = one.obs["type"], one.obs["batch"]
    return both


def written(folder):
    """The three files, in a folder."""
    both = made()
    both["rna"].write_h5ad(folder / "cells.h5ad")
    both["rna"].write_zarr(folder / "cells.zarr")
    both.write_h5mu(folder / "cells.h5mu")
    return folder


def read(path, use_rep="obsm/X_pca", modalities=None, **asked):
    return cells_of(path, use_rep, in_full(modalities or {"age": "obs/age"}), ASKED | asked)
