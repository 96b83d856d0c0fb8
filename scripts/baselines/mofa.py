"""MOFA+ (Argelaguet et al. 2020), by muon and mofapy2: common factors of several tables of the same cells."""

from collections.abc import Mapping
from tempfile import TemporaryDirectory

import anndata
import mudata
import muon
import numpy as np
import pandas as pd


def mofa_factors(views: Mapping[str, np.ndarray], cells: pd.Index, n_factors: int, seed: int) -> np.ndarray:
    """The factors (n, n_factors) of ``views``, dense (n, p) each, which are scaled to variance 1 as a whole."""
    held = {}
    for name, view in views.items():
        names = pd.Index([f"{name}{i}" for i in range(view.shape[1])])
        held[name] = anndata.AnnData(view, obs=pd.DataFrame(index=cells), var=pd.DataFrame(index=names))
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData(held)
    with TemporaryDirectory() as folder:
        muon.tl.mofa(
            both,
            n_factors=n_factors,
            scale_views=True,
            use_float32=True,
            seed=seed,
            gpu_mode=False,
            save_data=False,
            outfile=f"{folder}/model.hdf5",
        )
    return both.obsm["X_mofa"]
