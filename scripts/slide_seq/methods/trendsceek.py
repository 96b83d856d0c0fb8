"""Trendsceek's four tests (Edsgärd et al. 2018) on a declared subset; adapted as in the paper's Methods.

They are second-order statistics of a marked point process, a gene's expression being the mark of a bead. With K_r the
weights of point pairs whose distance is about r (Epanechnikov kernel, translation edge correction, sum 1):

    E-mark        E(r) = sum_ij K_r m_i             mean mark of a point that has another at distance r
    V-mark        V(r) = sum_ij K_r m_i^2 - E(r)^2  variance of the same
    mark corr     k(r) = sum_ij K_r m_i m_j / mean(m)^2
    mark vario    g(r) = sum_ij K_r (m_i - m_j)^2 / 2

A gene's curve over distance is held against those of permuted marks: its largest absolute deviation from their mean, in
units of their standard deviation at that distance (without which the few close pairs decide). All genes share a
permutation, which leaves each gene's null distribution as it is. Places never change under permutation, so that K_r is
computed once, as sparse matrices. The R package does not run on current spatstat; the curves are checked against
spatstat's own in the tests.
"""

import anndata
import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from slide_seq.expression import log_normalised
from slide_seq.ranking import write_rankings

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


RADII = 15
REACH = 0.25  # the largest distance, as a share of the shorter side, as spatstat's own rule has it
BANDWIDTH = 0.5  # of the distance between two radii


def deviations(
    places: np.ndarray, marks: np.ndarray, permutations: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """By test the largest standardised deviation of marks (n, m), then of each permutation, (1 + permutations, m)."""
    radii = np.ptp(places, axis=0).min() * REACH * np.arange(1, RADII + 1) / RADII
    weights = pair_weights(places, radii, BANDWIDTH * radii[0])
    orders = [np.arange(len(marks)), *(rng.permutation(len(marks)) for _ in range(permutations))]
    every = [curves(weights, marks[order]) for order in orders]
    found = {}
    for test in TESTS:
        values = np.stack([one[test] for one in every])
        found[test] = np.abs((values - values[1:].mean(axis=0)) / values[1:].std(axis=0)).max(axis=1)
    return found


def trend_scores(places: np.ndarray, marks: np.ndarray, permutations: int, rng: np.random.Generator) -> np.ndarray:
    """The largest over the four tests of a gene's standardised deviation, (m,).

    It orders genes as the smallest p-value would with many permutations, and does not tie with few.
    """
    standardised = [
        (found[0] - found[1:].mean(axis=0)) / found[1:].std(axis=0)
        for found in deviations(places, marks, permutations, rng).values()
    ]
    return np.max(standardised, axis=0)


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the rankings of one puck to ``out``; settings["permutations"] is the number of permutations."""

    def score(group: anndata.AnnData, places: np.ndarray) -> np.ndarray:
        marks = log_normalised(group.X).toarray()
        varies = np.ptp(marks, axis=0) > 0
        found = np.full(group.n_vars, np.nan)
        rng = np.random.default_rng(seed)
        found[varies] = trend_scores(places, marks[:, varies], settings["permutations"], rng)
        return found

    write_rankings(out, "trendsceek", beads, settings, seed, score)
