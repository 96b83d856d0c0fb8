"""Problems drawn at random for the tests of the core, and slow but independent ways to solve them."""

import numpy as np
from scipy.optimize import minimize

from schema_core import Covariances, Modality, Moments, Problem


def assert_same_metric(weights, fitted):
    """Weights of problems that are the same on paper, up to the rule for ties.

    All weights within 1e-9 of the best objective are as good as each other. The objective is the cosine of an angle
    between distances, so this leaves an angle of sqrt(2e-9) = 4.5e-5, and of a few times that for two solutions.
    """
    R, sd = fitted.covariances_.feature_correlations, fitted.covariances_.feature_sd
    one, other = (w / w.max() * sd / sd.max() for w in (weights, fitted.weights_))
    one, other = (v / np.sqrt(v @ R @ v) for v in (one, other))
    assert (one - other) @ R @ (one - other) <= 3e-4**2  # rounding may leave it below 0


def drawn_covariances(rng: np.random.Generator, decades: float = 0.0) -> tuple[Covariances, np.ndarray]:
    """Covariances of a small data set with related and unrelated modalities, and their weights.

    decades : how many the spreads of numeric features differ by, beyond what is usual
    """
    n, k = int(rng.integers(30, 80)), int(rng.integers(2, 9))
    categorical = rng.random() < 0.4
    if categorical:
        X = rng.integers(0, rng.integers(2, 5), size=(n, k))
    else:
        X = rng.normal(size=(n, k)) * rng.uniform(0.3, 3, k) * 10 ** rng.uniform(-decades / 2, decades / 2, k)
    noise = rng.normal(size=n)
    candidates = [
        Modality(X[:, 0] + noise, "numeric"),
        Modality(rng.normal(size=(n, 3)) + X[:, :1], "vector"),
        Modality((X[:, -1] + noise > 0.5).astype(int), "categorical"),
        Modality(np.abs(X.sum(axis=1)) + noise, "numeric"),
    ]
    chosen = rng.permutation(4)[: rng.integers(1, 3)]
    gamma = rng.choice([1.0, -1.0, 0.3, -0.25], size=len(chosen))
    reference = Modality(X[:, 0] + 0.3 * noise, "numeric") if rng.random() < 0.2 else None
    moments = Moments.from_arrays(
        X, [candidates[j] for j in chosen], reference, features="categorical" if categorical else "numeric"
    )
    return moments.covariances(), gamma


def random_feasible(problem: Problem, rng: np.random.Generator, n: int = 10_000) -> np.ndarray:
    """Up to n random feasible weights (m, k): points between equal weights and random ones."""
    k = len(problem.c)
    spread = rng.random((n, 1)) ** 2
    w = (1 - spread) + spread * k * rng.dirichlet(np.full(k, 0.5), n)
    sd = np.sqrt(np.einsum("ni,ij,nj->n", w, problem.S, w))
    keep = (w @ problem.g >= problem.s * sd) & (w.max(axis=1) <= problem.q * w.mean(axis=1))
    return w[keep]


def objectives(problem: Problem, w: np.ndarray) -> np.ndarray:
    """Objective of each row of w."""
    return w @ problem.c / np.sqrt(np.einsum("ni,ij,nj->n", w, problem.S, w))


def best_of_local_searches(problem: Problem, starts: np.ndarray) -> float:
    """The best feasible objective that a general-purpose optimiser (SLSQP) reaches from the starts."""
    k, best = len(problem.c), -np.inf

    def norm(w):
        return np.sqrt(w @ problem.S @ w)

    constraints = [
        {"type": "eq", "fun": lambda w: w.mean() - 1, "jac": lambda w: np.full(k, 1 / k)},
        {
            "type": "ineq",
            "fun": lambda w: problem.g @ w - problem.s * norm(w),
            "jac": lambda w: problem.g - problem.s * problem.S @ w / norm(w),
        },
    ]
    for start in starts:
        found = minimize(
            lambda w: -(problem.c @ w) / norm(w),
            start,
            jac=lambda w: -(problem.c / norm(w) - (problem.c @ w) * (problem.S @ w) / norm(w) ** 3),
            bounds=[(0, min(problem.q, k))] * k,
            constraints=constraints,
            method="SLSQP",
        )
        w = np.maximum(found.x, 0)
        if problem.allows(w, 1e-10):
            best = max(best, problem.objective(w))
    return best


# A small table, a modality that follows its first column, and the same modality with a value that is none.
N = 40
RNG = np.random.default_rng(9)
X = RNG.normal(size=(N, 3))
Y = X[:, 0] + RNG.normal(size=N)
INF = np.where(np.arange(N) == 5, np.inf, Y)
