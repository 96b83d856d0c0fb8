"""Second-order statistics of a marked point process, for many marks at once (Trendsceek: Edsgärd et al. 2018).

With K_r the weights of point pairs whose distance is about r (Epanechnikov kernel, translation edge correction, sum 1):

    E-mark        E(r) = sum_ij K_r m_i             mean mark of a point that has another at distance r
    V-mark        V(r) = sum_ij K_r m_i^2 - E(r)^2  variance of the same
    mark corr     k(r) = sum_ij K_r m_i m_j / mean(m)^2
    mark vario    g(r) = sum_ij K_r (m_i - m_j)^2 / 2

Places never change under permutation of marks, so that K_r is computed once, as sparse matrices.
"""

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

TESTS = ("emark", "vmark", "markcorr", "markvario")


def pair_weights(places: np.ndarray, radii: np.ndarray, bandwidth: float) -> list[sparse.csr_matrix]:
    """K_r for each radius, (n, n) symmetric with sum 1.

    places : (n, 2); bandwidth : the kernel's standard deviation, as spatstat counts it (half-width sqrt(5) of it). The
    window is the smallest rectangle that holds the places. Raises ValueError where no pair is at one of the distances.
    """
    half = np.sqrt(5) * bandwidth
    pairs = cKDTree(places).query_pairs(radii.max() + half, output_type="ndarray")
    gap = np.abs(places[pairs[:, 0]] - places[pairs[:, 1]])
    distance = np.hypot(*gap.T)
    sides = np.ptp(places, axis=0)
    edge = sides.prod() / np.maximum(sides - gap, 1e-9 * sides).prod(axis=1)
    weights, n = [], len(places)
    for radius in radii:
        kernel = np.maximum(1 - ((distance - radius) / half) ** 2, 0) * edge
        near = kernel > 0
        if not near.any():
            raise ValueError(f"no two points are {radius:.4g} apart, to within {half:.4g}")
        rows, columns = pairs[near].T
        upper = sparse.coo_matrix((kernel[near], (rows, columns)), shape=(n, n)).tocsr()
        weights.append((upper + upper.T) / (2 * kernel[near].sum()))
    return weights


def curves(weights: list[sparse.csr_matrix], marks: np.ndarray) -> dict[str, np.ndarray]:
    """The four statistics of marks (n, m) at each radius: by name (radii, m)."""
    first = np.stack([np.asarray(one.sum(axis=0)).ravel() for one in weights])
    mean, square = first @ marks, first @ marks**2
    product = np.stack([np.einsum("ij,ij->j", marks, one @ marks) for one in weights])
    return {
        "emark": mean,
        "vmark": square - mean**2,
        "markcorr": product / marks.mean(axis=0) ** 2,
        "markvario": square - product,
    }
