"""An AnnData in every form of storage."""

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

N, K = 240, 6
MODALITIES = [
    {"values": "obs/age", "kind": "numeric", "weight": 1},
    {"values": "obs/type", "kind": "categorical", "weight": -0.5},
    {"values": "obsm/protein", "kind": "vector"},
]


def atlas() -> anndata.AnnData:
    """Every form of storage; labels are sorted, so that most ranges of rows lack most levels."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(N, K)).astype(np.float32) + 3
    types = np.sort(rng.choice(["a", "b", "c", "d"], N))
    obs = pd.DataFrame(
        {
            "age": X[:, 0] + rng.normal(size=N),
            "type": pd.Categorical(types, ["z_unused", *"dcba"]),
            "word": types.astype(object),
            "batch": rng.integers(0, 3, N),
            "whole": pd.array(rng.integers(0, 9, N), dtype="Int64"),
            "flag": rng.random(N) < 0.5,
        },
        index=[f"cell{i}" for i in range(N)],
    )
    counts = sparse.random(N, 8, 0.3, "csr", random_state=rng)
    table = pd.DataFrame({"one": obs["type"], "two": pd.Categorical(rng.choice(["x", "y"], N))}, index=obs.index)
    numbers = pd.DataFrame(rng.normal(size=(N, 2)), columns=["u", "v"], index=obs.index)
    protein = X[:, 1:3] + rng.normal(size=(N, 2))
    obsm = {"protein": protein, "pca": X[:, ::-1] * 2.0, "counts": counts, "labels": table, "numbers": numbers}
    csr = sparse.csr_matrix(np.where(X > 3, X, 0))
    var = pd.DataFrame(index=[f"gene{i}" for i in range(K)])
    return anndata.AnnData(X, obs=obs, var=var, obsm=obsm, layers={"csr": csr, "csc": csr.tocsc()})
