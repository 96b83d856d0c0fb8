"""RNA alone: the factors as they are."""

import numpy as np
from anndata import AnnData


def represent(factors: AnnData) -> np.ndarray:
    """The factors, (n, k)."""
    return factors.X
