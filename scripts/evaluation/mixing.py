"""How well batches mix among the cells of a representation, and how much of it groups explain."""

import numpy as np
from scipy.stats import chi2
from sklearn.neighbors import NearestNeighbors

LEVEL = 0.05  # of the test of one neighbourhood


def explained(places: np.ndarray, groups: np.ndarray) -> float:
    """Share of the variance of ``places`` (n, d), all columns together, that lies between ``groups`` (n,); R²."""
    places = np.asarray(places, dtype=float)
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    centred = places - places.mean(axis=0)
    sums = np.zeros((len(sizes), centred.shape[1]))
    np.add.at(sums, codes, centred)
    total = (centred**2).sum()
    return round(float((sums**2 / sizes[:, None]).sum() / total), 10) if total > 0 else 0.0  # no 1e-12


def acceptance(places: np.ndarray, batches: np.ndarray, neighbours: int, cells: int, seed: int) -> float:
    """Share of neighbourhoods whose batches are as in the whole: 1 less kBET's rejection rate.

    The batches of a cell's ``neighbours`` nearest cells (itself among them) are held against the shares of all cells by
    a χ² test at 0.05 (Büttner et al. 2019, Nature Methods 16:43-49). Well mixed cells give about 0.95, separated ones
    0. Tested are at most ``cells`` cells, drawn with ``seed``; NaN for a single batch.

    places : (n, d); batches : (n,). Raises ValueError for fewer than ``neighbours`` cells.
    """
    names, codes, sizes = np.unique(batches, return_inverse=True, return_counts=True)
    if len(names) < 2:
        return float("nan")
    n = len(codes)
    tested = np.random.default_rng(seed).permutation(n)[:cells]
    near = NearestNeighbors(n_neighbors=neighbours).fit(places).kneighbors(places[tested], return_distance=False)
    found = (codes[near][:, :, None] == np.arange(len(names))).sum(axis=1)
    expected = neighbours * sizes / n
    statistic = ((found - expected) ** 2 / expected).sum(axis=1)
    return float((chi2.sf(statistic, len(names) - 1) >= LEVEL).mean())
