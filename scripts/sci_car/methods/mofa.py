"""MOFA+ (Argelaguet et al. 2020), which the paper does not have here: common factors of RNA and ATAC windows."""

from tempfile import TemporaryDirectory

import anndata
import mudata
import muon
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis

from sci_car.cells import load_cells, window_counts
from sci_car.embedding import save_embedding
from sci_car.normalise import as_log


def embed(out: str, cells: str, seed: int, *, windows: dict, mofa: dict) -> None:
    """The factors of log-normalised genes and windows, each view scaled to variance 1.

    ``mofa`` holds the number of factors, and that of the most variable genes and windows that are used: MOFA+ works on
    dense matrices, and its authors advise such a selection.
    """
    whole = load_cells(cells)
    counts, _ = window_counts(whole["atac"].X, whole["atac"].var, **windows)
    views = {}
    for name, matrix in (("rna", whole["rna"].X), ("atac", counts)):
        view = most_variable(as_log(matrix), mofa["features"])
        names = pd.Index([f"{name}{i}" for i in range(view.shape[1])])
        views[name] = anndata.AnnData(view, obs=whole.obs[[]], var=pd.DataFrame(index=names))
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData(views)
    with TemporaryDirectory() as folder:
        muon.tl.mofa(
            both,
            n_factors=mofa["factors"],
            scale_views=True,
            use_float32=True,
            seed=seed,
            gpu_mode=False,
            save_data=False,
            outfile=f"{folder}/model.hdf5",
        )
    save_embedding(out, whole.obs_names, both.obsm["X_mofa"])


def most_variable(matrix: sparse.csr_matrix, most: int) -> np.ndarray:
    """The columns of largest variance, in their order, dense."""
    _, variance = mean_variance_axis(matrix, axis=0)
    return matrix[:, np.sort(np.argsort(-variance, kind="stable")[:most])].toarray()
