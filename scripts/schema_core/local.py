"""The case that is not convex: no feasible weights agree, and the least disagreement is asked for.

Where c'w ≤ 0 for all feasible w, maximising c'w/√(w'Sw) is maximising a convex function, so no bound is known.
Each step here replaces √(w'Sw) by its tangent at w₀, which it never falls below: the linear program that results
can only raise the objective, and its optima are the corners where such problems have theirs. Many starts, and the
paper's own grid, guard against a poor corner.
"""

from collections.abc import Callable

import numpy as np

from schema_core.cone import Cone
from schema_core.errors import SolverFailure
from schema_core.grid import solve_grid
from schema_core.problem import Certificate, Problem, Solution

RANDOM_STARTS = 20
MOST_STEPS = 50


def best_local(
    problem: Problem,
    cone: Cone,
    feasible: Callable[[np.ndarray], np.ndarray | None],
    starts: list[np.ndarray],
) -> Solution:
    """The best of the paper's grid and of ascents from many starts: equal, each feature up or alone, random."""
    k = len(problem.c)
    rng = np.random.default_rng(0)
    up = [np.ones(k) + (k - 1) * unit for unit in np.eye(k)]
    down = [np.maximum(np.ones(k) - unit, 0.0) for unit in np.eye(k)]
    random = list(rng.dirichlet(np.full(k, 0.5), RANDOM_STARTS) * k)
    grid = solve_grid(problem)
    candidates = [(grid.objective, grid.weights, "the grid")] if grid is not None else []
    for start in [np.ones(k), *starts, *up, *down, *random]:
        w = _ascend(problem, cone, feasible, start)
        if w is not None:
            candidates.append((problem.objective(w), w, "an ascent"))
    if not candidates:
        raise SolverFailure("neither the grid nor any local ascent found feasible weights")
    objective, w, origin = max(candidates, key=lambda candidate: candidate[0])
    return Solution(
        w / w.mean(),
        objective,
        Certificate("local"),
        f"local: best of {len(candidates)} candidates, from {origin}",
    )


def _ascend(problem: Problem, cone: Cone, feasible: Callable, w: np.ndarray) -> np.ndarray | None:
    """Climb from w (which need not be feasible) until the objective stops rising."""
    best, best_value = None, -np.inf
    for _ in range(MOST_STEPS):
        slope = min(problem.objective(w), 0.0) if best is None else min(best_value, 0.0)
        tangent = problem.S @ w / problem.norm(w)
        try:
            candidate = feasible(cone.best_corner(problem.c - slope * tangent))
        except SolverFailure:
            break
        if candidate is None or problem.objective(candidate) <= best_value + 1e-12:
            break
        best, best_value, w = candidate, problem.objective(candidate), candidate
    return best
