"""A proof of how good the best weights can be, from the multipliers of a cone program."""

from dataclasses import replace

import numpy as np

from schema_core.cone import Cone, ConeSolution

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
    least, bound = np.linalg.norm(z) - fixed, np.inf
    for direction in (np.ones, lambda _: _least_varying(cone)):
        along = cone.root @ direction(cone.k)
        up = cone.root.T @ along
        if up @ cone.corner(-up) > 0:
            bound = min(bound, np.linalg.norm(z + _lacking(cone, short, up) * along) - fixed)
        if bound <= least + CHEAP * abs(least):
            break
    if np.isinf(bound):  # some weighted distance is constant, and a, b and Q are 0 along it but for rounding
        bound = least + max(0.0, short @ cone.corner(short)) * (solution.y / cone.spread).mean()
    return float(bound)


def _least_varying(cone: Cone) -> np.ndarray:
    """The y under the cap for which the distance varies least: no other can be in the opposite direction."""
    return Cone(replace(cone.problem, s=-1.0), cone.least_spread).least_varying()


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
