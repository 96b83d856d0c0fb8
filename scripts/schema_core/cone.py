"""The convex building blocks: a linear objective over the weights that the constraints allow.

In v = w sd (so that every feature distance has unit variance) with ‖Rv‖ the standard deviation of the weighted
distance, t a bound on it: ‖Rv‖ ≤ t, s t ≤ g'w, w ≥ 0, w_i ≤ (q/k) Σ w. Scale is fixed by t ≤ 1 or by Σ w = k.
"""

from dataclasses import dataclass

import clarabel
import numpy as np
from scipy import sparse

from schema_core.errors import SolverFailure
from schema_core.problem import Problem

USABLE = ("Solved", "AlmostSolved", "InsufficientProgress")


@dataclass(frozen=True)
class ConeSolution:
    """Weights (k,), the slack variable t, and the dual variables of each constraint."""

    w: np.ndarray
    t: float
    duals: dict[str, np.ndarray]
    status: str


class Cone:
    """The feasible weights of one problem, as rows A x + slack = b with x = (v, t)."""

    def __init__(self, problem: Problem):
        self.problem = problem
        k, sd = len(problem.c), problem.sd
        self.k = k
        self.binds = problem.q < k  # a weight never exceeds k times the mean
        rows = [("positive", np.hstack([-np.eye(k), np.zeros((k, 1))]), np.zeros(k))]
        if self.binds:
            cap = np.eye(k) - (problem.q / k) * np.outer(sd, 1 / sd)
            rows.append(("cap", np.hstack([cap, np.zeros((k, 1))]), np.zeros(k)))
        rows.append(("reference", np.append(-problem.g / sd, problem.s)[None, :], np.zeros(1)))
        self._linear = rows
        self._norm = np.zeros((1 + len(problem.root), k + 1))
        self._norm[0, k] = -1.0
        self._norm[1:, :k] = -problem.root

    def maximise(self, objective: np.ndarray, *, scale: str = "norm") -> ConeSolution:
        """Maximise objective'w with t ≤ 1 (scale="norm") or Σ w = k (scale="mean")."""
        linear = -np.append(objective / self.problem.sd, 0.0)
        return self._solve(sparse.csc_matrix((self.k + 1, self.k + 1)), linear, scale)

    def best_corner(self, objective: np.ndarray) -> np.ndarray:
        """Maximise objective'w over w ≥ 0 with mean 1 under the cap and the correlation with the reference.

        Without the correlation the answer is to fill the best features to the cap, one after the other; the cone
        program is needed only where that breaks the correlation.
        """
        w, left, most = np.zeros(self.k), float(self.k), min(self.problem.q, self.k)
        for i in np.argsort(-objective, kind="stable"):
            w[i] = min(most, left)
            left -= w[i]
            if left <= 0:
                break
        return w if self.problem.allows(w, 1e-12) else self.maximise(objective, scale="mean").w

    def nearest_to_equal(self, least: float) -> ConeSolution:
        """Minimise ‖w - 1‖² with mean weight 1 over weights whose objective is at least ``least`` > 0."""
        sd = self.problem.sd
        quadratic = sparse.diags(np.append(2 / sd**2, 0.0)).tocsc()
        reach = np.append(-self.problem.c / sd, least)[None, :]
        return self._solve(quadratic, -np.append(2 / sd, 0.0), "mean", [("reach", reach, np.zeros(1))])

    def _solve(self, quadratic, linear: np.ndarray, scale: str, extra: list | None = None) -> ConeSolution:
        if scale == "norm":
            fixed = ("scale", np.append(np.zeros(self.k), 1.0)[None, :], np.ones(1))
        else:
            fixed = ("scale", np.append(1 / self.problem.sd, 0.0)[None, :] / self.k, np.ones(1))
        rows = [fixed, *self._linear, *(extra or [])]
        matrix = sparse.csc_matrix(np.vstack([row for _, row, _ in rows] + [self._norm]))
        right = np.concatenate([b for _, _, b in rows] + [np.zeros(len(self._norm))])
        n_rest = sum(len(b) for _, _, b in rows[1:])
        first = clarabel.NonnegativeConeT(1) if scale == "norm" else clarabel.ZeroConeT(1)
        cones = [first, clarabel.NonnegativeConeT(n_rest), clarabel.SecondOrderConeT(len(self._norm))]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
        settings.max_threads = 1
        answer = clarabel.DefaultSolver(quadratic, linear, matrix, right, cones, settings).solve()
        status = str(answer.status)
        x = np.asarray(answer.x)
        if status not in USABLE or not np.isfinite(x).all():
            raise SolverFailure(f"the cone solver ended with status {status}")
        duals, z, at = {}, np.asarray(answer.z), 0
        for name, row, _ in rows:
            duals[name] = z[at : at + len(row)]
            at += len(row)
        return ConeSolution(np.maximum(x[: self.k], 0.0) / self.problem.sd, float(x[self.k]), duals, status)
