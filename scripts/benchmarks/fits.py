"""One fit of one method, timed, with its weights judged on all pairs.

Both of our solvers work on the exact moments. The released package, schema_learn 0.2, samples pairs of its own. It
compares labels by agreement where we compare by disagreement; with modality weight -1 its problem is ours, and
agreement and disagreement have the same correlations up to that sign.
"""

from time import perf_counter

import numpy as np

from benchmarks.cases import Data, load
from running.usage import peak_gigabytes
from schema_core import Problem, solve

METHODS = ("schema_learn", "grid", "exact")
# weights that miss a constraint by less than this are rounded, not wrong
TOLERANCE = 1e-6


def measured_fit(case: dict, method: str, s: float, q: float, pairs: int) -> dict:
    """Time, peak memory (of the whole process, data included) and quality of one fit. Runs in a fresh process."""
    data = load(case)
    weights, times = released(data, s, q, pairs) if method == "schema_learn" else ours(data, s, q, method)
    measured = times | {"peak_gb": peak_gigabytes()}
    n, k = data.features.shape
    return {"n": n, "k": k} | measured | quality(data, weights, s, q)


def ours(data: Data, s: float, q: float, solver: str) -> tuple[np.ndarray, dict]:
    """Weights (k,) and seconds, of the moments and of the solve."""
    start = perf_counter()
    covariances = data.covariances()
    middle = perf_counter()
    # for labels the authors never set the grid's ridge to 0
    ridge_always = solver == "grid" and data.labels
    solution = solve(
        covariances, [1.0], min_correlation=s, max_weight_ratio=q, solver=solver, ridge_always=ridge_always
    )
    end = perf_counter()
    times = {"seconds": end - start, "moments_seconds": middle - start, "solve_seconds": end - middle}
    return solution.weights, times


def released(data: Data, s: float, q: float, pairs: int) -> tuple[np.ndarray, dict]:
    """Weights (k,) and seconds of the released package on a sample of ``pairs``."""
    # imported here: it is part of this method's memory, not of ours
    from baselines.schema_learn import run_schema_learn

    options = {"min_correlation": s, "max_weight_ratio": q, "pairs": pairs, "labels": data.labels}
    kind, weight = ("categorical", -1) if data.labels else ("feature_vector", 1)
    start = perf_counter()
    model = run_schema_learn(
        data.features, [data.modality], [kind], [weight], require_nonzero_lambda=int(data.labels), **options
    )
    return model.feature_weights(), {"seconds": perf_counter() - start}


def quality(data: Data, weights: np.ndarray, s: float, q: float) -> dict:
    """Objective, correlation with the reference and largest weight over mean weight, over all pairs."""
    problem = Problem.from_covariances(data.covariances(), [1.0], s, q)
    return {
        "objective": problem.objective(weights),
        "reference_correlation": problem.correlation(weights),
        "weight_ratio": problem.ratio(weights),
        "meets_constraints": problem.allows(weights, TOLERANCE),
    }
