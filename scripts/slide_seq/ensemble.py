"""Schema on one puck: which factors go with density, given that they keep granule cells apart (paper: Methods).

Features are the factor loadings W; the constraint refers to the granule indicator; the objective agrees with density
(weight w) and disagrees with the indicators of the other large clusters. Sub-runs: each w at each share of the largest
feasible correlation. Gene scores of a sub-run are the softmax average of the factors' gene loadings over their standard
deviation, and the ensemble is the mean; cell loadings likewise.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import softmax

from schema_core import Covariances, Modality, Moments, Problem, solve
from schema_core.exact import largest_correlation


def covariances_of(
    W: np.ndarray, density: np.ndarray, cluster: np.ndarray, granule: int, others: list[int]
) -> Covariances:
    """Covariances over all pairs of beads: factors, density, one indicator per cluster of ``others``; the reference.

    A cluster of which a puck has no bead says nothing and is left out.
    """
    indicators = [cluster == number for number in others if (cluster == number).any()]
    modalities = [Modality(density), *(Modality(one.astype(int), "categorical") for one in indicators)]
    return Moments.from_arrays(W, modalities, Modality((cluster == granule).astype(int), "categorical")).covariances()


def sub_runs(
    covariances: Covariances, density_weights: list[float], shares: list[float], other_weight: float
) -> Iterator[tuple[dict, np.ndarray]]:
    """The settings of each sub-run with what came of it, and its weights (k,), mean 1.

    A share of 1 asks for the largest correlation that any weights reach. Only one vector of weights reaches it, so that
    the weight of density changes nothing there.
    """
    n_others, k = len(covariances.modality_sd) - 1, len(covariances.reference)
    granule_only = largest_correlation(Problem.from_covariances(covariances, np.zeros(n_others + 1), 0.0, k))
    most = granule_only.objective
    for w in density_weights:
        gamma = np.array([w, *[other_weight] * n_others])
        problem = Problem.from_covariances(covariances, gamma, 0.0, k)
        for share in shares:
            solution = granule_only
            if share < 1:
                solution = solve(covariances, gamma, min_correlation=share * most, max_weight_ratio=k)
            weights = solution.weights
            reached, modalities = covariances.correlations(weights)
            yield (
                {
                    "density_weight": w,
                    "share": share,
                    "largest_correlation": most,
                    "reached": reached,
                    "density_correlation": modalities[0],
                    "objective": problem.objective(weights),
                    "largest_weight": weights.max(),
                    "certificate": solution.certificate.kind,
                },
                weights,
            )


def softmax_scores(weights: np.ndarray, loadings: np.ndarray, cap: float | None) -> np.ndarray:
    """Average of ``loadings`` (k, m) with weights e^w, divided by its standard deviation over m.

    cap : w is cut there first (the released code: 20); None as in the text
    """
    capped = weights if cap is None else np.minimum(weights, cap)
    score = softmax(capped) @ loadings
    return score / score.std()


def averaged(all_weights: list[np.ndarray], loadings: np.ndarray, cap: float | None) -> np.ndarray:
    """The ensemble's score, (m,): the mean over sub-runs."""
    return np.mean([softmax_scores(weights, loadings, cap) for weights in all_weights], axis=0)
