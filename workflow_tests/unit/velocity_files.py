"""Small files with spliced and unspliced counts, for tests of the dentate gyrus part."""

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy.sparse import csr_matrix

SIZES = {"cells": 200, "genes": 200, "spliced": 3000, "unspliced": 0.5}
SETTINGS = {
    "methods": ["spliced", "unspliced", "schema", "schema_shuffled", "cca"],
    "min_correlations": [0.99, 0.9],
    "shown": [0.99],
    "max_weight_ratio": 1000,
    "shuffles": 3,
    "cca_components": 5,
    "tsne": {"perplexity": 20, "steps": 250, "starts": 2, "draws": 4, "shuffles": 1},
}
VELOCITY = {
    "shared_counts": 20,
    "genes": 150,
    "components": 10,
    "neighbours": 20,
    "modes": ["stochastic", "dynamical"],
    "dynamical_genes": 20,
}


def cells(n: int = 80, genes: int = 40, seed: int = 0) -> AnnData:
    """Poisson counts in both layers, four spliced for each unspliced one; two clusters."""
    rng = np.random.default_rng(seed)
    layers = {
        name: csr_matrix(rng.poisson(mean, (n, genes)).astype("float32"))
        for name, mean in (("spliced", 4), ("unspliced", 1))
    }
    obs = pd.DataFrame({"clusters": pd.Categorical(["one", "two"] * (n // 2))}, index=[f"c{i}" for i in range(n)])
    var = pd.DataFrame(index=[f"g{i}" for i in range(genes)])
    return AnnData(layers["spliced"].copy(), obs=obs, var=var, layers=layers)
