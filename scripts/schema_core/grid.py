"""The paper's own search: a grid of quadratic programs.

    maximise c'w - β w'Sw - λ‖w - 1‖²   subject to   g'w ≥ α g'1,   w ≥ 0

over α and β, with λ the least that meets the cap q; of the solutions that meet s and q, the best is kept (paper:
Methods, "Setting up the quadratic program" and the two paragraphs after it; there α stands for our β, and β for our
α g'1). The values searched are those of the released package, schema_learn 0.2, and so is the scale of the data:
distances over √P times their mean.
"""

from collections.abc import Iterator

import numpy as np
import quadprog
from scipy.optimize import brentq

from schema_core.problem import ZERO, Certificate, Problem, Solution

ALPHAS = np.arange(1, 11) / 10
BETAS = 1e6 * 0.5 ** np.arange(40)
LAMBDA_MOST, LAMBDA_LEAST = 1e10, 1e-9
LAMBDA_PRECISION = 1e-3
MOST_PAIRS = 2_000_000


def solve_grid(problem: Problem, *, ridge_always: bool = False) -> Solution | None:
    """The best grid point that meets s and q, or None if none does.

    ``ridge_always`` never sets λ to 0 (an option of the released package, used for the T cell receptors). A feature
    that does not vary over pairs takes part as it does in the paper: the ridge alone decides its weight, before the
    weights are brought to mean 1, and it counts in the cap. With such features and a binding cap this is a looser
    problem than the exact solver's, which leaves them out of the cap, so that either objective can be the larger.
    """
    grid = _Grid(problem, ridge_always)
    g = problem.g
    best, best_value, parameters = None, -np.inf, {}
    for beta in BETAS:
        reached = 0.0
        for alpha in ALPHAS:
            if alpha <= reached:  # the solution for a smaller α meets this α too, so that it is the solution here
                continue
            for w, ridge in grid.solutions(alpha, beta):
                reached = g @ w / g.sum()
                if problem.allows(w) and problem.objective(w) > best_value:
                    best, best_value = w, problem.objective(w)
                    parameters = {"alpha": float(alpha), "beta": float(beta), "lambda": float(ridge)}
    if best is None:
        return None
    details = parameters | {"programs": grid.n_programs, "not solved": grid.n_failures}
    return Solution(best / best.mean(), best_value, Certificate("none"), "grid", details)


class _Grid:
    """The scaled problem, the count of programs solved, and the last ridge that met the cap."""

    def __init__(self, problem: Problem, ridge_always: bool):
        self.log_q, self.ridge_always = np.log(problem.q), ridge_always
        root_pairs, mean = np.sqrt(min(problem.n_pairs, MOST_PAIRS)), problem.mean_distance
        self.sd, self.S = problem.sd, problem.S / mean**2
        # c in the unit of its largest γ: the answer does not depend on it, but the values searched do
        self.c, self.g = (root_pairs / mean / problem.gamma) * problem.c, (root_pairs / mean) * problem.g
        self.k = len(self.c)
        # quadprog wants constraints as columns: w ≥ 0, then g'w ≥ α g'1
        self.constraints = np.hstack([np.eye(self.k), self.g[:, None]])
        self.right = np.zeros(self.k + 1)
        self.n_programs = self.n_failures = 0
        self._last_ridge = 1.0

    def solutions(self, alpha: float, beta: float) -> Iterator[tuple[np.ndarray, float]]:
        """Weights for one (α, β), with no ridge where the cap holds without, else with the least that meets it."""
        self.right[-1] = alpha * self.g.sum()
        hessian = 2 * beta * self.S
        loose = self._program(hessian, LAMBDA_LEAST)
        if loose is not None and self._excess(loose) < 0:
            free = None if self.ridge_always else self._program(hessian, 0.0)
            yield (free, 0.0) if free is not None and self._excess(free) < 0 else (loose, LAMBDA_LEAST)
            return
        least = self._least_ridge(hessian)
        if least is not None:
            self._last_ridge = least[1]
            yield least

    def _least_ridge(self, hessian: np.ndarray) -> tuple[np.ndarray, float] | None:
        """The least λ whose weights meet the cap: bracketed from the last one found, then Brent's method."""
        tried: dict[float, np.ndarray | None] = {}

        def excess(log_ridge: float) -> float:
            tried[log_ridge] = self._program(hessian, np.exp(log_ridge))
            return self._excess(tried[log_ridge])

        lowest, highest = np.log(LAMBDA_LEAST), np.log(LAMBDA_MOST)
        low = high = np.log(self._last_ridge)
        step, rising = 0.5, excess(low) > 0
        while rising and excess(high := min(high + step, highest)) > 0:
            if high == highest:
                return None
            low, step = high, 2 * step
        while not rising and excess(low := max(low - step, lowest)) <= 0 and low > lowest:
            high, step = low, 2 * step
        if self._excess(tried.get(low)) > 0:
            brentq(excess, low, high, xtol=LAMBDA_PRECISION, rtol=LAMBDA_PRECISION, maxiter=60)
        allowed = {log_ridge: w for log_ridge, w in tried.items() if w is not None and self._excess(w) <= 0}
        return (allowed[min(allowed)], float(np.exp(min(allowed)))) if allowed else None

    def _excess(self, w: np.ndarray | None) -> float:
        """How far the largest weight is above the cap, as a log ratio; where there is no solution, far."""
        return np.log(w.max() / (w.sum() / self.k)) - self.log_q if w is not None else 10.0

    def _program(self, hessian: np.ndarray, ridge: float) -> np.ndarray | None:
        """One quadratic program. Rounding makes some with a tiny ridge indefinite: those are counted and left out."""
        self.n_programs += 1
        ridged = hessian.copy()
        ridged.flat[:: self.k + 1] += 2 * ridge
        try:
            w = quadprog.solve_qp(ridged, self.c + 2 * ridge, self.constraints, self.right)[0]
        except ValueError:
            self.n_failures += 1
            return None
        v = w * self.sd
        least = ZERO * (v.sum() / self.k)  # not mean(): that takes as long as a tenth of the program
        w = np.where((w < 0) | (v < least) & (self.sd > 0), 0.0, w)
        return w if w.any() and np.isfinite(w).all() else None
