"""The exact solver: one cone program, its proof, a rule for ties, and what to do where nothing agrees."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from schema_core.cone import Cone, ConeSolution
from schema_core.errors import InfeasibleCorrelation, SolverFailure
from schema_core.local import best_local
from schema_core.problem import ZERO, Certificate, Problem, Solution

# Of all weights within this relative distance of the best objective, the ones nearest to equal are taken.
TIE = 1e-9
# An objective below this is no agreement: the cone program only shrinks towards 0 there.
NO_AGREEMENT = 1e-6


def solve_exact(problem: Problem) -> Solution:
    """Solve a problem to a proven optimum, or to a local one where no feasible weight agrees.

    A feature that does not vary over pairs changes no distance, so any weight is optimal for it: it gets 1, the
    mean of the others, and takes no part in the cap.

    Raises
    ------
    InfeasibleCorrelation : where s is above what any weights reach
    """
    # the rule for ties weighs w against 1 inside the cone program, which must not depend on the unit of X
    solution = ExactSolver(problem.varying().scaled()).solve()
    weights = np.ones(len(problem.c))
    weights[problem.varies] = solution.weights
    return replace(solution, weights=weights)


def largest_correlation(problem: Problem) -> tuple[float, np.ndarray]:
    """The largest correlation with the reference under the cap, and the weights (k,) that reach it."""
    # every correlation is at least -1, so that this s asks for nothing
    solution = solve_exact(replace(problem, c=problem.g, s=-1.0))
    return solution.objective, solution.weights


class ExactSolver:
    """Steps of one exact solve, over features that all vary; :func:`solve_exact` is the door."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.cone = Cone(problem)

    def solve(self) -> Solution:
        """See :func:`solve_exact`."""
        problem = self.problem
        if len(problem.c) == 1:
            return self._finish(np.ones(1), abs(problem.objective(np.ones(1))), "only one feature varies")
        self._check_feasible()
        first = self.cone.maximise(problem.c)
        w = self._feasible(first.w)
        if w is None or problem.objective(w) < NO_AGREEMENT:
            return best_local(problem, self.cone, self._feasible, starts=[] if w is None else [w])
        if problem.has_ties:
            w = self._nearest_to_equal(w)
        return self._finish(w, self._bound(first), first.status)

    def _finish(self, w: np.ndarray, bound: float, status: str) -> Solution:
        objective = self.problem.objective(w)
        gap = max(bound - objective, 0.0)
        return Solution(w / w.mean(), objective, Certificate("global", objective + gap, gap), status)

    def _check_feasible(self) -> None:
        """Equal weights are feasible unless the reference is of its own; then ask for the largest correlation."""
        if not self.problem.allows(np.ones(self.cone.k)):
            maximum, _ = largest_correlation(self.problem)
            if self.problem.s > maximum + 1e-9:
                raise InfeasibleCorrelation(self.problem.s, maximum)

    @cached_property
    def _inside(self) -> np.ndarray:
        """A point away from the limits: equal weights, or else as near to them as keeps half of the room above s."""
        problem, equal = self.problem, np.ones(self.cone.k)
        if problem.correlation(equal) > problem.s + 1e-6:
            return equal
        maximum, most_faithful = largest_correlation(problem)
        for share in 10.0 ** np.arange(-1, -10, -1):
            mixed = (1 - share) * most_faithful + share * equal
            if problem.correlation(mixed) > (problem.s + maximum) / 2:
                return mixed
        return most_faithful

    def _feasible(self, w: np.ndarray) -> np.ndarray | None:
        """Clean a solver's weights: exact zeros, then as small a step inside as meets every constraint."""
        if not w.any():
            return None
        w = w / w.mean()
        w = np.where(w < ZERO, 0.0, w)
        if self.problem.allows(w, 1e-12):
            return w
        for share in 10.0 ** np.arange(-12, 1):
            mixed = (1 - share) * w + share * self._inside
            if self.problem.allows(mixed, 1e-12):
                return mixed
        return self._inside

    def _nearest_to_equal(self, w: np.ndarray) -> np.ndarray:
        """Of all optimal weights the nearest to equal, as the paper's ridge has it; w where the solver finds none."""
        best = self.problem.objective(w)
        try:
            candidate = self._feasible(self.cone.nearest_to_equal(best * (1 - TIE)).w)
        except SolverFailure:
            return w
        if candidate is None or self.problem.objective(candidate) < best * (1 - 10 * TIE):
            return w
        return candidate

    def _bound(self, solution: ConeSolution) -> float:
        """An upper bound of the objective over all feasible weights, from the multipliers of the constraints.

        For multipliers η (w ≥ 0), ν (cap) and μ (reference), all ≥ 0, every feasible w has
        c'w ≤ r'v - μ s ‖Rv‖ with r = c/sd + η + A'ν + μ g/sd. With r = R'z the ratio is at most ‖z‖ - μ s. The part
        of r outside the range of R' is of the size of the solver's tolerance and is charged in full.
        """
        problem, sd = self.problem, self.problem.sd
        duals = {name: np.maximum(value, 0.0) for name, value in solution.duals.items()}
        mu = duals["reference"][0]
        r = problem.c / sd + duals["positive"] + mu * problem.g / sd
        if "cap" in duals:
            r -= self._cap_transposed(duals["cap"])
        z = np.linalg.lstsq(problem.root.T, r, rcond=None)[0]
        outside = np.linalg.norm(r - problem.root.T @ z)
        v = solution.w * sd
        return float(np.linalg.norm(z) - mu * problem.s + outside * np.linalg.norm(v))

    def _cap_transposed(self, nu: np.ndarray) -> np.ndarray:
        """The cap's rows are v_i - (q/k) sd_i Σ v/sd ≤ 0."""
        problem = self.problem
        return nu - (problem.q / self.cone.k) * (problem.sd @ nu) / problem.sd
