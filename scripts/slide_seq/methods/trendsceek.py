"""Trendsceek's four tests (Edsgärd et al. 2018) on a declared subset; adapted as in the paper's Methods.

A gene's curve over distance is held against those of permuted marks: its largest absolute deviation from their mean, in
units of their standard deviation at that distance (without which the few close pairs decide). All genes share a
permutation, which leaves each gene's null distribution as it is. The R package does not run on current spatstat; the
curves are checked against spatstat's own in the tests.
"""

import anndata
import numpy as np

from slide_seq.expression import log_normalised
from slide_seq.group_rankings import write_rankings
from slide_seq.marks import TESTS, curves, pair_weights

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


def p_values(deviation: np.ndarray) -> np.ndarray:
    """Monte Carlo p-value (m,) of deviations (1 + permutations, m), the observed ones first."""
    return (deviation >= deviation[0]).mean(axis=0)


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
