"""The exact solver: one cone program, its proof, a rule for ties, and what to do where nothing agrees."""

import warnings
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np

from schema_core.bound import upper_bound
from schema_core.cleaning import feasible, mixed
from schema_core.cone import LEAST_SPREAD, Cone
from schema_core.errors import InfeasibleCorrelation, SchemaWarning, SolverFailure
from schema_core.local import best_local
from schema_core.problem import Certificate, Problem, Solution

# An optimum is called global where its bound is above it by no more than this share of it.
CLOSED = 1e-6
# Of all weights within this relative distance of the best objective, the ones of smallest ‖v‖ are taken.
TIE = 1e-9
# An objective below this share of the best feature's is no agreement: the cone program only shrinks towards 0 there.
NO_AGREEMENT = 1e-6
# Where no feature's |a| is above this share of the largest |γ|, the modalities say nothing: all else is rounding.
NOTHING = 1e-13


def solve_exact(problem: Problem, programs: int | None = None) -> Solution:
    """Solve a problem to a proven optimum, or to a local one where no feasible weight agrees.

    programs : the most cone programs of a local search; by default what :mod:`schema_core.local` allows

    A feature that does not vary over pairs changes no distance, so any weight is optimal for it: it gets 1, the
    mean of the others, and takes no part in the cap.

    Raises
    ------
    InfeasibleCorrelation : where s is above what any weights reach

    Warns
    -----
    SchemaWarning : where the gap to the bound is not within a relative tolerance of 1e-6 ("not closed")
    """
    solution = ExactSolver(problem.varying()).solve(programs)
    weights = np.ones(len(problem.a))
    weights[problem.varies] = solution.weights
    return replace(solution, weights=weights)


def largest_correlation(problem: Problem) -> Solution:
    """The weights (k,) of the largest correlation with the reference under the cap, which is their objective."""
    # every correlation is at least -1, so that this s asks for nothing
    return solve_exact(replace(problem, a=problem.b, gamma=1.0, s=-1.0))


class ExactSolver:
    """Steps of one exact solve, over features that all vary; :func:`solve_exact` is the door."""

    def __init__(self, problem: Problem):
        # the objective in the unit of its best feature
        self.size = float(np.abs(problem.a).max())
        self.nothing = self.size <= NOTHING * problem.gamma
        self.given = problem
        self.problem = replace(problem, a=np.zeros_like(problem.a) if self.nothing else problem.a / self.size)

    @cached_property
    def cone(self) -> Cone:
        """The feasible weights."""
        return Cone(self.problem)

    def solve(self, programs: int | None = None) -> Solution:
        """See :func:`solve_exact`."""
        problem = self.problem
        self._check_feasible()
        if len(problem.a) == 1:
            return self._finish(np.ones(1), problem.objective(np.ones(1)), "only one feature varies")
        if self.nothing:
            return self._finish(self._inside, 0.0, "no feature has any correlation with the modalities")
        w, bound, status = self._proven()
        if problem.objective(w) >= NO_AGREEMENT:
            return self._finish(w, bound, status)
        solution = best_local(problem, self.cone, self._feasible, [w], self.size, programs)
        return replace(solution, objective=self._objective(solution.weights))

    def _proven(self) -> tuple[np.ndarray, float, str]:
        """The best weights of a cone program and its proof; of several where a solver's tolerance leaves a gap.

        The others have the objective in its own unit, and, under a cap, y in other units.
        """
        w, bound, status = None, np.inf, ""
        failure: SolverFailure | None = None
        for least_spread in (LEAST_SPREAD, LEAST_SPREAD, 0.0, 1e-3)[: 4 if self.cone.binds else 2]:
            best = 0.0 if w is None else self.problem.objective(w)
            if w is not None and (best < NO_AGREEMENT or bound - best <= CLOSED * best):
                break
            cone = self.cone if least_spread == LEAST_SPREAD else Cone(self.problem, least_spread)
            try:
                other, lower, status = self._attempt(cone, best or 1.0)
            except SolverFailure as error:
                failure = error
                continue
            bound = min(bound, lower)
            if w is None or self.problem.objective(other) > best:
                w = other
        if w is None:
            assert failure  # of the last that was tried
            raise failure
        return w, bound, status

    def _attempt(self, cone: Cone, unit: float) -> tuple[np.ndarray, float, str]:
        """Weights, an upper bound, and the status of one cone program."""
        first = cone.best(unit)
        w = self._feasible(first.y, cone)
        if self.problem.has_ties:
            w = self._of_least_norm(w, float(cone.a @ first.y), cone)
        return w, upper_bound(cone, first), first.status

    def _finish(self, w: np.ndarray, bound: float, status: str) -> Solution:
        """The solution for the objective as it was given; ``bound`` is that of the scaled one."""
        objective = self.problem.objective(w)
        gap, unit = max(bound - objective, 0.0), 1.0 if self.nothing else self.size
        kind: Literal["global", "not closed"] = "global" if gap <= CLOSED * abs(objective) else "not closed"
        if kind != "global":
            status = f"not closed: the objective can be up to {gap * unit:.2g} below the best ({status})"
            remedy = "bring features of very different spread to similar units, or raise max_weight_ratio"
            warnings.warn(f"the solution is {status}; {remedy}", SchemaWarning, stacklevel=2)
        objective = self._objective(w)
        return Solution(w / w.mean(), objective, Certificate(kind, objective + gap * unit, gap * unit), status)

    def _objective(self, w: np.ndarray) -> float:
        """In the unit of what was given."""
        return float(self.given.a @ (w * self.problem.sd) / self.problem.norm(w))

    def _check_feasible(self) -> None:
        """Equal weights are feasible unless the reference is of its own; then ask for the largest correlation."""
        problem = self.problem
        if problem.s > -1 and not problem.allows(np.ones(len(problem.a))):
            maximum = self._most_faithful[0]
            if problem.s > maximum + 1e-9:
                raise InfeasibleCorrelation(problem.s, maximum)

    @cached_property
    def _most_faithful(self) -> tuple[float, np.ndarray]:
        if len(self.problem.a) == 1:
            return self.problem.correlation(np.ones(1)), np.ones(1)
        solution = largest_correlation(self.problem)
        return solution.objective, solution.weights

    @cached_property
    def _inside(self) -> np.ndarray:
        """A point away from the limits: equal weights, or else as near to them as keeps half of the room above s."""
        problem, equal = self.problem, np.ones(len(self.problem.a))
        even = equal if self.cone.binds else self.cone.weights(equal)
        for w in (equal, even):
            if problem.correlation(w) > problem.s + 1e-6:
                return w
        if problem.s <= -1:
            return even
        maximum, most_faithful = self._most_faithful
        for share in 10.0 ** np.arange(-1, -10, -1):
            between = mixed(problem, most_faithful, even, share)
            if problem.correlation(between) > (problem.s + maximum) / 2:
                return between
        return most_faithful

    def _feasible(self, y: np.ndarray, cone: Cone) -> np.ndarray:
        """Feasible weights, mean 1, of a solver's y."""
        return feasible(self.problem, cone, y, lambda: self._inside)

    def _of_least_norm(self, w: np.ndarray, best: float, cone: Cone) -> np.ndarray:
        """Of all optimal weights those of smallest ‖v‖, as the paper's ridge has it; w where none are found."""
        if best < NO_AGREEMENT:
            return w
        try:
            candidate = self._feasible(cone.least_norm(best * (1 - TIE)).y, cone)
        except SolverFailure:
            return w
        return candidate if self.problem.objective(candidate) >= best * (1 - 10 * TIE) else w
