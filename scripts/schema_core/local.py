"""The case that is not convex: no feasible weights agree, and the least disagreement is asked for.

Where c'w ≤ 0 for all feasible w, maximising c'w/√(w'Sw) is maximising a convex function, so no bound is known.
Each step here replaces √(w'Sw) by its tangent at w₀, which it never falls below: the linear program that results
can only raise the objective, and its optima are the corners where such problems have theirs. Starts at the best of many
random weights, at single features, and the paper's own grid guard against a poor corner. What all of it may cost is
bounded: a cone program takes time in proportion to k³, so that with more features there are fewer starts. It ends
before where further starts cannot pay: W different optima of n starts let expect W (n - 1)/(n - W - 2) in all (Boender
and Rinnooy Kan, Mathematical Programming 1987), and once that is below W + 1/2 all of them have been seen.
"""

import logging
from collections.abc import Callable

import numpy as np

from schema_core.cone import Cone
from schema_core.errors import SolverFailure
from schema_core.grid import solve_grid
from schema_core.problem import Certificate, Problem, Solution

MOST_STEPS = 50
# Cone programs for one problem: seconds for up to hundreds of features.
FEWEST_PROGRAMS, MOST_PROGRAMS, PROGRAMS_TIMES_CUBE = 5, 300, 5e8
DRAWN, BEST_DRAWN = 20_000, 8  # random numbers for each way to draw weights, and starts among them
LARGEST_GRID = 60  # features: the grid's time grows with their cube, too

SAME = 1e-7  # of the objective, which is in the unit of its best feature: optima that are no different

logger = logging.getLogger(__name__)


def best_local(
    problem: Problem,
    cone: Cone,
    feasible: Callable[[np.ndarray, Cone], np.ndarray],
    starts: list[np.ndarray],
    unit: float,
    programs: int | None = None,
) -> Solution:
    """The best of the paper's grid and of ascents from many starts: equal, random, each feature alone or up.

    feasible : makes weights of a solver's y; starts : weights to begin with; unit : of the objective, for the log
    programs : the most cone programs to solve, and no grid then
    """
    k = len(problem.a)
    left = programs or int(np.clip(PROGRAMS_TIMES_CUBE / k**3, FEWEST_PROGRAMS, MOST_PROGRAMS))
    grid = solve_grid(problem) if k <= LARGEST_GRID and programs is None else None
    candidates = [(grid.objective, grid.weights, "the grid")] if grid is not None else []
    everything, ended = [*starts, *_starts(problem, cone)], 0
    optima: list[float] = []
    for done, start in enumerate(everything):
        if left <= 0 or all_seen(len(optima), ended):
            break
        w, steps = _ascend(problem, cone, feasible, start, left)
        left -= steps
        if w is not None:
            candidates.append((problem.objective(w), w, "an ascent"))
            ended += 1
            if not any(abs(candidates[-1][0] - one) <= SAME for one in optima):
                optima.append(candidates[-1][0])
        if done % 10 == 0 and candidates:
            best = max(candidates, key=lambda candidate: candidate[0])[0]
            progress = (done, len(everything), best * unit)
            logger.info("no weights agree: local search from start %d of %d, best %.6g", *progress)
    candidates = [candidate for candidate in candidates if np.isfinite(candidate[0])]
    if not candidates:
        raise SolverFailure("neither the grid nor any local ascent found feasible weights; lower min_correlation")
    objective, w, origin = max(candidates, key=lambda candidate: candidate[0])
    return Solution(
        w / w.mean(),
        objective,
        Certificate("local"),
        f"local: best of {len(candidates)} candidates, from {origin}",
    )


def all_seen(n_optima: int, n_starts: int) -> bool:
    """Whether so many different optima of so many starts are likely all there are."""
    rest = n_starts - n_optima - 2
    return rest > 0 and n_optima * (n_starts - 1) / rest < n_optima + 0.5


def _starts(problem: Problem, cone: Cone) -> list[np.ndarray]:
    """Weights to climb from (mean 1), the most promising first."""
    k, rng = cone.k, np.random.default_rng(0)
    even = np.ones((1, k))
    single = np.vstack([np.eye(k) * k, 1 + (k - 1) * np.eye(k)])
    n = max(50, DRAWN // k)
    drawn = [rng.dirichlet(np.full(k, spread), n // 2) * k for spread in (0.1, 0.3, 1.0)]
    mixed = [share * y + (1 - share) * even for y in drawn for share in (1.0, rng.random((len(y), 1)))]
    w = np.vstack([even, single, *mixed]) / cone.spread
    w = np.vstack([even, w / w.mean(axis=1, keepdims=True)])
    v = w * problem.sd
    norms = np.linalg.norm(v @ problem.root.T, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        objective, correlation = v @ problem.a / norms, v @ problem.b / norms
    allowed = (correlation >= problem.s) & (w.max(axis=1) <= problem.q)
    order = np.argsort(-np.where(allowed, objective, -np.inf), kind="stable")
    best = order[: min(BEST_DRAWN, int(allowed.sum()))]
    return [w[0], *w[best], *w[1 : 2 + 2 * k]]


def _ascend(
    problem: Problem, cone: Cone, feasible: Callable, w: np.ndarray, most: int
) -> tuple[np.ndarray | None, int]:
    """Climb from w (which need not be feasible) until the objective stops rising; the weights, and steps taken."""
    best, best_value = (w, problem.objective(w)) if problem.allows(w, 1e-12) else (None, -np.inf)
    for step in range(min(MOST_STEPS, most)):
        v = w * problem.sd
        slope = min(problem.objective(w), 0.0)
        tangent = problem.root.T @ (problem.root @ v) / problem.norm(w)
        if not np.isfinite(slope) or not np.isfinite(tangent).all():
            return best, step
        try:
            corner = cone.best_corner((problem.a - slope * tangent) * cone.h)
        except SolverFailure:
            return best, step + 1
        candidate = feasible(corner * cone.spread, cone)
        if not problem.objective(candidate) > best_value + 1e-12:
            return best, step + 1
        best, best_value, w = candidate, problem.objective(candidate), candidate
    return best, min(MOST_STEPS, most)
