"""The exact solver: one cone program, its proof, a rule for ties, and what to do where nothing agrees."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from schema_core.cone import Cone, ConeSolution
from schema_core.errors import InfeasibleCorrelation, SchemaWarning, SolverFailure
from schema_core.local import best_local
from schema_core.problem import ZERO, Certificate, Problem, Solution

# An optimum is called global where its bound is above it by no more than this share of it.
CLOSED = 1e-6
# Of all weights within this relative distance of the best objective, the ones of smallest ‖v‖ are taken.
TIE = 1e-9
# An objective below this share of the best feature's is no agreement: the cone program only shrinks towards 0 there.
NO_AGREEMENT = 1e-6
# Where no feature's |a| is above this share of the largest |γ|, the modalities say nothing: all else is rounding.
NOTHING = 1e-13


def solve_exact(problem: Problem) -> Solution:
    """Solve a problem to a proven optimum, or to a local one where no feasible weight agrees.

    A feature that does not vary over pairs changes no distance, so any weight is optimal for it: it gets 1, the
    mean of the others, and takes no part in the cap.

    Raises
    ------
    InfeasibleCorrelation : where s is above what any weights reach

    Warns
    -----
    SchemaWarning : where the gap to the bound is not within a relative tolerance of 1e-6 ("not closed")
    """
    solution = ExactSolver(problem.varying()).solve()
    weights = np.ones(len(problem.a))
    weights[problem.varies] = solution.weights
    return replace(solution, weights=weights)


def largest_correlation(problem: Problem) -> tuple[float, np.ndarray]:
    """The largest correlation with the reference under the cap, and the weights (k,) that reach it."""
    # every correlation is at least -1, so that this s asks for nothing
    solution = solve_exact(replace(problem, a=problem.b, gamma=1.0, s=-1.0))
    return solution.objective, solution.weights


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

    def solve(self) -> Solution:
        """See :func:`solve_exact`."""
        problem = self.problem
        self._check_feasible()
        if len(problem.a) == 1:
            return self._finish(np.ones(1), problem.objective(np.ones(1)), "only one feature varies")
        if self.nothing:
            return self._finish(self._inside, 0.0, "no feature has any correlation with the modalities")
        first = self.cone.maximise(self.cone.a)
        bound = self._bound(first)
        w = self._feasible(first.y)
        if problem.has_ties:
            w = self._of_least_norm(w, float(self.cone.a @ first.y))
        if w is None or problem.objective(w) < NO_AGREEMENT:
            solution = best_local(problem, self.cone, self._feasible, starts=[] if w is None else [w])
            return replace(solution, objective=self._objective(solution.weights))
        return self._finish(w, bound, first.status)

    def _finish(self, w: np.ndarray, bound: float, status: str) -> Solution:
        """The solution for the objective as it was given; ``bound`` is that of the scaled one."""
        objective = self.problem.objective(w)
        gap, unit = max(bound - objective, 0.0), 1.0 if self.nothing else self.size
        kind = "global" if gap <= CLOSED * abs(objective) else "not closed"
        if kind != "global":
            status = f"not closed: the objective can be up to {gap * unit:.2g} below the best ({status})"
            warnings.warn(f"the solution is {status}; rescale features of very different spread", SchemaWarning, 2)
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
        return largest_correlation(self.problem)

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
            mixed = self._mixed(most_faithful, even, share)
            if problem.correlation(mixed) > (problem.s + maximum) / 2:
                return mixed
        return most_faithful

    def _mixed(self, w: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
        """Weights between two, each with a sum of v of 1."""
        sd = self.problem.sd
        return (1 - share) * w / (w @ sd) + share * other / (other @ sd)

    def _feasible(self, y: np.ndarray) -> np.ndarray | None:
        """Clean a solver's y: exact zeros, then as small a step inside as meets every constraint. Weights, mean 1."""
        if not y.any():
            return None
        cleaned = self.cone.weights(np.where(y < ZERO * y.mean(), 0.0, y))
        for w in (cleaned, self.cone.weights(y)):
            if self.problem.allows(w, 1e-12):
                return w
        for share in 10.0 ** np.arange(-12, 1):
            mixed = self._mixed(cleaned, self._inside, share)
            if self.problem.allows(mixed, 1e-12):
                return mixed / mixed.mean()
        return self._inside

    def _of_least_norm(self, w: np.ndarray | None, best: float) -> np.ndarray | None:
        """Of all optimal weights those of smallest ‖v‖, as the paper's ridge has it; w where none are found."""
        if best < NO_AGREEMENT:
            return w
        try:
            candidate = self._feasible(self.cone.least_norm(best * (1 - TIE)).y)
        except SolverFailure:
            return w
        if candidate is None or not self.problem.objective(candidate) >= best * (1 - 10 * TIE):
            return w
        return candidate

    def _bound(self, solution: ConeSolution) -> float:
        """An upper bound of the objective over all feasible weights, from the multipliers of the constraints.

        For multipliers ν (cap) and μ (reference), both ≥ 0, every feasible y has a'y ≤ (a + μ b - A'ν)'y - μ s t. With
        a z that has Q'z ≥ a + μ b - A'ν in every feature, this is at most (‖z‖ - μ s) t. The solver's own z is short of
        that by its tolerance; Qe, for an e with Q'Qe > 0, makes up for it.
        """
        cone = self.cone
        asked = cone.a + solution.reference * cone.b
        if cone.binds:
            asked -= (solution.cap - self.problem.q / cone.k * solution.cap.sum()) / cone.spread
        z = -solution.norm
        short = asked - cone.root.T @ z
        fixed = self.problem.s * solution.reference
        least = np.linalg.norm(z) - fixed
        bounds = []
        for e in self._directions():
            along = cone.root @ e
            up = cone.root.T @ along
            if up.min() > 0:
                bounds.append(np.linalg.norm(z + max(0.0, (short / up).max()) * along) - fixed)
                if bounds[-1] <= least + CLOSED / 100 * abs(least):
                    break
        charged = np.linalg.norm(np.maximum(short, 0)) * np.linalg.norm(solution.y)
        return float(min(bounds, default=least + charged))

    def _directions(self) -> Iterator[np.ndarray]:
        """Some e for which Q'Qe may be above 0 in every feature: distances agree with each other, as a rule."""
        cone = self.cone
        yield np.ones(cone.k)
        yield 1 / cone.h
        if cone.k <= 500:  # Q'Qe = 1, but for the time it takes
            yield np.linalg.lstsq(cone.root, np.linalg.lstsq(cone.root.T, np.ones(cone.k), rcond=None)[0], rcond=None)[
                0
            ]
