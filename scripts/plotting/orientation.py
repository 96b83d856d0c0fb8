"""Turn an embedding such that it can be compared with another one of the same points."""

import numpy as np
from scipy.linalg import orthogonal_procrustes


def oriented(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """``points`` (n, 2) turned, mirrored, shifted and scaled as a whole to lie nearest to ``reference`` (n, 2).

    The least sum of squared differences over such moves (Procrustes). Distances keep their proportions, so that
    nothing but the view changes. Points that all coincide are put at the reference's centre.
    """
    centred, target = points - points.mean(axis=0), reference - reference.mean(axis=0)
    size = (centred**2).sum()
    if size == 0:
        return centred + reference.mean(axis=0)
    turn, fit = orthogonal_procrustes(centred, target)
    return centred @ turn * (fit / size) + reference.mean(axis=0)
