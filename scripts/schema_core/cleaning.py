"""From what a solver ends with to weights that meet every constraint, with zeros that are zeros."""

from collections.abc import Callable

import numpy as np

from schema_core.cone import Cone
from schema_core.problem import ZERO, Problem

# Weights with exact zeros may cost this share of the objective.
CLEAN = 1e-7
# Of relative rounding, what a constraint may lack.
ROUNDED = 1e-12


def feasible(problem: Problem, cone: Cone, y: np.ndarray, inside: Callable[[], np.ndarray]) -> np.ndarray:
    """Exact zeros, then as small a step inside as meets every constraint. Weights (k,), mean 1.

    The step keeps the zeros where it can, so that ranks of weights are never those of rounding.

    inside : gives weights away from the limits, where a step is needed
    """
    if not y.any():
        return inside()
    cleaned, raw = cone.weights(np.where(y < ZERO * y.mean(), 0.0, y)), cone.weights(y)
    if problem.allows(cleaned, ROUNDED):
        return cleaned
    enough, best, away = (1 - CLEAN) * problem.objective(raw), None, inside()
    for w, other in ((cleaned, away * (cleaned > 0)), (cleaned, away), (raw, away)):
        found = _stepped(problem, w, other)
        if found is not None and (best is None or problem.objective(found) > problem.objective(best)):
            best = found
            if problem.objective(best) >= enough:
                break
    return away if best is None else best


def mixed(problem: Problem, w: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Weights between two, each with a sum of v of 1."""
    return (1 - share) * w / (w @ problem.sd) + share * other / (other @ problem.sd)


def _stepped(problem: Problem, w: np.ndarray, inside: np.ndarray) -> np.ndarray | None:
    """The first feasible weights on the way from w to others, which are away from the limits; None without any."""
    if not inside.any():
        return None
    for decade in (0.0, *10.0 ** np.arange(-12, 1)):
        if problem.allows(mixed(problem, w, inside, decade), ROUNDED):
            steps = (mixed(problem, w, inside, decade * 10.0**step) for step in (-0.75, -0.5, -0.25, 0.0))
            found = next(one for one in steps if problem.allows(one, ROUNDED))
            return found / found.mean()
    return None
