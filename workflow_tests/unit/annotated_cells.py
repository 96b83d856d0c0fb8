"""A small AnnData and MuData for the tests of what takes them."""

import warnings

import mudata
import numpy as np
import pandas as pd
from anndata import AnnData
from mudata import MuData
from scipy import sparse

N, GENES = 80, [f"gene{i}" for i in range(6)]
CELLS = pd.Index([f"cell{i}" for i in range(N)])
KEEP = {"min_correlation": 0.3}


def cells(rows=slice(None)):
    rng = np.random.default_rng(5)
    counts = rng.poisson(3, size=(N, 6)).astype(np.float32)
    obs = pd.DataFrame({"age": counts[:, 0] + rng.normal(size=N), "type": np.where(counts[:, 1] > 3, "a", "b")}, CELLS)
    obs["weight"] = rng.random(N)
    data = AnnData(sparse.csr_matrix(counts), obs=obs, var=pd.DataFrame(index=GENES))
    data.layers["dense"] = counts
    data.obsm["X_pca"] = counts[:, :3] + rng.normal(size=(N, 3))
    data.obsm["letters"] = pd.DataFrame({"p": obs["type"], "q": rng.choice(list("xyz"), N)}, CELLS)
    data.varm["PCs"] = rng.normal(size=(6, 3))
    return data[rows].copy()


def both(rna=None, protein=None):
    with warnings.catch_warnings(), mudata.set_options(pull_on_update=False):
        warnings.simplefilter("ignore")  # names of genes are those of proteins
        data = MuData({"rna": cells() if rna is None else rna, "protein": cells() if protein is None else protein})
        data.obs["batch"] = pd.Categorical([f"batch{i % 3}" for i in range(data.n_obs)])
        return data


ASKED = {"age": "obs/age", "type": {"values": "obs/type", "weight": -0.5}}
