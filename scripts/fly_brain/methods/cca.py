"""CCA of expression and age."""

import numpy as np
from anndata import AnnData
from sklearn.cross_decomposition import CCA


def represent(factors: AnnData) -> np.ndarray:
    """Canonical scores of expression against age, (n, 1): with one number per cell there is one pair of variables.

    That one is the least-squares fit of age, up to its scale; the sign is that of age.
    """
    age = factors.obs["age"].to_numpy(dtype=float)[:, None]
    scores = CCA(n_components=1, scale=True).fit(factors.X, age).transform(factors.X)
    return scores * np.sign((scores * (age - age.mean())).sum())
