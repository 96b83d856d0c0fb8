"""The convex building blocks: a linear objective over the weights that the constraints allow.

In v = w sd, with ‖Qv‖ the standard deviation of the weighted distance and t a bound on it: ‖Qv‖ ≤ t, s t ≤ b'v, v ≥ 0.
Where the cap binds, also w_i ≤ q m with m the mean weight, which keeps the rows sparse; and y = v h stands for v, since
features of small spread then have weights like the others', and v that a solver would take for 0. Scale is fixed by
t ≤ 1 or by Σ y = 1.
"""

from dataclasses import dataclass, replace

import clarabel
import numpy as np
from scipy import sparse

from schema_core.errors import SolverFailure
from schema_core.problem import Problem

USABLE = ("Solved", "AlmostSolved", "InsufficientProgress")
# Under a cap, spreads below this share of the largest are not scaled up further.
LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class ConeSolution:
    """y (k,), and the multipliers μ of the reference and z (r,) of ‖Qv‖ ≤ t, for the objective a'y."""

    y: np.ndarray
    mu: float
    z: np.ndarray
    status: str


class Cone:
    """The feasible weights of one problem, over features that all vary.

    spread : (k,), w = y / spread; h : (k,), v = h y. a, b, root : the problem's, for y in place of v.
    """

    def __init__(self, problem: Problem, least_spread: float = LEAST_SPREAD):
        self.problem, self.k, self.least_spread = problem, len(problem.a), least_spread
        self.binds = problem.q < self.k  # a weight never exceeds k times the mean
        largest = problem.sd.max()
        self.spread = (np.maximum(problem.sd, least_spread * largest) if self.binds else problem.sd) / largest
        self.h = problem.sd / largest / self.spread
        self.a, self.b, self.root = problem.a * self.h, problem.b * self.h, problem.root * self.h
        cap = np.diag(1 / self.spread) if self.binds else np.zeros((0, self.k))
        self._inequalities = [
            self._row("positive", -np.eye(self.k)),
            self._row("cap", cap, of_m=-problem.q),
            self._row("reference", -self.b[None], of_t=problem.s),
        ]
        self._norm = self._row("norm", np.vstack([np.zeros(self.k), -self.root]))
        self._norm[1][0, self.k] = -1.0
        self._mean = [self._row("mean", 1 / self.spread[None], of_m=-float(self.k))] if self.binds else []

    def _row(self, name: str, of_y: np.ndarray, of_t: float = 0.0, of_m: float = 0.0) -> tuple[str, np.ndarray]:
        """Rows over (y, t) and, where the cap binds, m."""
        rows = np.zeros((len(of_y), self.k + 1 + self.binds))
        rows[:, : self.k], rows[:, self.k] = of_y, of_t
        rows[:, self.k + 1 :] = of_m
        return name, rows

    def weights(self, y: np.ndarray) -> np.ndarray:
        """Weights with mean 1."""
        w = y / self.spread
        return w / w.mean()

    def best(self, unit: float = 1.0) -> ConeSolution:
        """Maximise a'y with t ≤ 1; the solver's tolerance is that of an objective in this unit."""
        found = self._solve(0.0, -self.a / unit, "norm")
        return replace(found, mu=found.mu * unit, z=found.z * unit)

    def least_norm(self, least: float) -> ConeSolution:
        """Minimise ‖y‖² over weights with t ≤ 1 and an objective a'y of at least ``least``."""
        reach = self._row("reach", -self.a[None])
        return self._solve(1.0, np.zeros(self.k), "norm", [(reach, -least)])

    def least_varying(self) -> np.ndarray:
        """Minimise ‖Qv‖ over weights with Σ y = 1; y (k,)."""
        return self._solve(0.0, np.zeros(self.k), "sum", of_t=1.0).y

    def corner(self, objective: np.ndarray) -> np.ndarray:
        """The best y under the cap alone, mean weight 1."""
        return self.filled(objective) * self.spread

    def filled(self, objective: np.ndarray) -> np.ndarray:
        """Maximise objective'y over weights under the cap alone: fill the best features to it. Weights with mean 1."""
        slope = objective * self.spread if self.binds else objective
        w, left, most = np.zeros(self.k), float(self.k), min(self.problem.q, self.k)
        for i in np.argsort(-slope, kind="stable"):
            w[i] = min(most, left)
            left -= w[i]
            if left <= 0:
                break
        return w

    def best_corner(self, objective: np.ndarray) -> np.ndarray:
        """Maximise objective'y over weights under the cap and the correlation with the reference; weights, mean 1.

        The cone program is needed only where the correlation forbids what the cap allows.
        """
        w = self.filled(objective)
        return w if self.problem.allows(w, 1e-12) else self.weights(self._solve(0.0, -objective, "sum").y)

    def _solve(
        self, quadratic: float, linear: np.ndarray, scale: str, extra: list | None = None, of_t: float = 0.0
    ) -> ConeSolution:
        others = np.append(of_t, np.zeros(int(self.binds)))
        fixed = self._row("scale", np.full((1, self.k), float(scale == "sum")), of_t=float(scale == "norm"))
        equal, below = [*self._mean, fixed][: len(self._mean) + (scale == "sum")], [fixed] * (scale == "norm")
        below += self._inequalities + [row for row, _ in extra or []]
        rows = [*equal, *below, self._norm]
        right = {"scale": 1.0} | {row[0]: value for row, value in extra or []}
        b = np.concatenate([np.full(len(row), right.get(name, 0.0)) for name, row in rows])
        sizes = [sum(len(row) for _, row in some) for some in (equal, below, [self._norm])]
        kinds = (clarabel.ZeroConeT, clarabel.NonnegativeConeT, clarabel.SecondOrderConeT)
        cones = [kind(size) for kind, size in zip(kinds, sizes, strict=True) if size]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
        settings.max_threads = 1
        n = len(linear) + len(others)
        diagonal = np.arange(self.k) if quadratic else np.zeros(0, dtype=int)
        P = sparse.csc_matrix((np.full(len(diagonal), quadratic), (diagonal, diagonal)), shape=(n, n))
        A = sparse.csc_matrix(np.vstack([row for _, row in rows]))
        answer = clarabel.DefaultSolver(P, np.append(linear, others), A, b, cones, settings).solve()
        status, x = str(answer.status), np.asarray(answer.x)
        if status not in USABLE or not np.isfinite(x).all():
            raise SolverFailure(f"the cone solver ended with status {status}; try solver='grid'")
        duals, z, at = {}, np.asarray(answer.z), 0
        for name, row in rows:
            duals[name] = z[at : at + len(row)]
            at += len(row)
        y = np.maximum(x[: self.k], 0.0)
        return ConeSolution(y, max(float(duals["reference"][0]), 0.0), -duals["norm"][1:], status)
