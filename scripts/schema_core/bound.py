"""A proof of how good the best weights can be, from the multipliers of a cone program."""

from dataclasses import replace

import numpy as np

from schema_core.cone import Cone, ConeSolution
from schema_core.covariances import STILL

# What a solver's z lacks is made up for by the first direction that costs no more than this share of the bound.
CHEAP = 1e-8


def upper_bound(cone: Cone, solution: ConeSolution) -> float:
    """An upper bound of a'y / ‖Qy‖ over all feasible weights.

    With μ ≥ 0 (reference) every feasible y has a'y ≤ (a + μ b)'y - μ s t. With a z whose (Q'z)'y is not below
    (a + μ b)'y for any weights under the cap, this is at most (‖z‖ - μ s) t. The solver's own z is short of that by its
    tolerance; a multiple of Qe, for an e whose (Q'Qe)'y is above 0 for all of them, makes up for it.
    """
    z, fixed = solution.z, cone.problem.s * solution.mu
    short = cone.a + solution.mu * cone.b - cone.root.T @ z
    least = np.linalg.norm(z) - fixed
    bound = _bound_along(cone, z, short, np.ones(cone.k)) - fixed
    if bound > least + CHEAP * abs(least):
        # under the cap, no other distance is in the opposite direction of the one that varies least
        y = Cone(replace(cone.problem, s=-1.0), cone.least_spread).least_varying()
        if np.linalg.norm(cone.root @ y) > STILL * np.linalg.norm(cone.h * y):
            bound = min(bound, _bound_along(cone, z, short, y) - fixed)
        else:  # it is constant, and a, b and Q are 0 along it but for rounding
            bound = least + max(0.0, short @ cone.corner(short)) * (solution.y / cone.spread).mean()
    return float(bound)


def _bound_along(cone: Cone, z: np.ndarray, short: np.ndarray, e: np.ndarray) -> float:
    """‖z‖ when enough of Qe is added to it; infinite where no amount is."""
    along = cone.root @ e
    up = cone.root.T @ along
    return float(np.linalg.norm(z + _lacking(cone, short, up) * along)) if up @ cone.corner(-up) > 0 else np.inf


def _lacking(cone: Cone, short: np.ndarray, up: np.ndarray) -> float:
    """The least δ ≥ 0 with (short - δ up)'y ≤ 0 for all weights under the cap: Newton's method, from below."""
    lacking = 0.0
    for _ in range(100):
        y = cone.corner(short - lacking * up)
        missing = (short - lacking * up) @ y
        if missing <= 0:
            break
        lacking += missing / (up @ y) * (1 + 1e-12)
    return lacking
