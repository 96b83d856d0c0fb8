"""The optimisation problem and its solution, as plain data.

With S = Cov(d), c = Σ_j γ_j Cov(d, ρ_j)/sd(ρ_j), g = Cov(d, ρ_1)/sd(ρ_1):

    maximise c'w / √(w'Sw)   subject to   g'w ≥ s √(w'Sw),   w ≥ 0,   max(w) ≤ q mean(w)

(paper: Methods, "Mathematical formulation" and the parameters s and q). All of it is written in v = w sd(d), in which
every feature distance has unit variance: S becomes the correlation matrix R, c and g become a and b, and no answer
depends on the units of the data.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from schema_core.covariances import STILL, Covariances
from schema_core.errors import InvalidInput

# Weights v below this share of the mean are a solver's zeros: their ranks would be those of its rounding.
ZERO = 1e-6
# Smaller ratios of standard deviations would make weights, which are in inverse proportion, vanish.
LEAST_RATIO = 1e-150


@dataclass(frozen=True)
class Problem:
    """One problem over k features.

    Attributes
    ----------
    R : (k, k) correlations of feature distances
    a : (k,), c/sd: what each feature alone would reach; b : (k,), g/sd: its correlation with the reference
    sd : (k,) standard deviations of the feature distances in any unit, 0 where one does not vary
    s : least correlation with the reference; q : largest weight over mean weight
    gamma : the largest |γ|, with which a and the objective grow
    mean_distance : mean of d over pairs and features, in the unit of sd (sets the scale of the paper's grid)
    n_pairs : pairs behind the covariances (likewise)
    """

    R: np.ndarray
    a: np.ndarray
    b: np.ndarray
    sd: np.ndarray
    s: float
    q: float
    gamma: float = 1.0
    mean_distance: float = 1.0
    n_pairs: int = 2_000_000

    @classmethod
    def from_covariances(cls, covariances: Covariances, gamma: np.ndarray, s: float, q: float) -> "Problem":
        """The problem for modality weights γ."""
        covariances.check()
        gamma = checked_gamma(gamma, covariances.modality_sd.size)
        # a power of two, so that nothing is rounded
        unit = np.ldexp(1.0, np.frexp(covariances.feature_sd.max())[1])
        sd = covariances.feature_sd / unit
        if sd[sd > 0].min() < LEAST_RATIO * sd.max():
            raise InvalidInput(
                "X has features whose spreads differ by a factor above 1e75, for which weights have no numbers; bring "
                "them to similar units"
            )
        return cls(
            R=covariances.feature_correlations,
            a=covariances.modality_correlations @ gamma,
            b=covariances.reference_correlations,
            sd=sd,
            s=float(s),
            q=float(q),
            gamma=float(np.abs(gamma).max(initial=0.0)) or 1.0,
            mean_distance=float((covariances.mean_distance / unit).mean()),
            n_pairs=covariances.n_pairs,
        )

    @property
    def S(self) -> np.ndarray:
        """Covariances of the feature distances, (k, k)."""
        return self.R * np.outer(self.sd, self.sd)

    @property
    def c(self) -> np.ndarray:
        """Σ_j γ_j Cov(d, ρ_j)/sd(ρ_j), (k,)."""
        return self.a * self.sd

    @property
    def g(self) -> np.ndarray:
        """Cov(d, ρ_1)/sd(ρ_1), (k,)."""
        return self.b * self.sd

    @cached_property
    def varies(self) -> np.ndarray:
        """Which features vary over pairs at all, (k,) bool."""
        return self.sd > 0

    def varying(self) -> "Problem":
        """The same problem without the features that do not vary."""
        keep = self.varies
        if keep.all():
            return self
        R, a, b, sd = self.R[np.ix_(keep, keep)], self.a[keep], self.b[keep], self.sd[keep]
        return replace(self, R=R, a=a, b=b, sd=sd)

    @cached_property
    def has_ties(self) -> bool:
        """Whether several weights may be optimal: only where some combination of features does not vary.

        Two different optima of a positive objective would have a mean of smaller norm, hence of larger ratio, unless
        they differ by a direction in which the distance does not vary.
        """
        largest = np.abs(self.R).sum(axis=0).max()  # not below the largest eigenvalue
        try:
            np.linalg.cholesky(self.R - 1e-9 * largest * np.eye(len(self.R)))
        except np.linalg.LinAlgError:
            return True
        return False

    @cached_property
    def root(self) -> np.ndarray:
        """Upper triangular or trapezoidal Q (r, k) with Q'Q = R, r its numerical rank."""
        if not self.has_ties:
            return np.linalg.cholesky(self.R).T
        values, vectors = np.linalg.eigh(self.R)
        keep = values > len(values) * np.finfo(float).eps * values.max()
        return np.asarray(np.linalg.qr(np.sqrt(values[keep])[:, None] * vectors[:, keep].T, mode="r"))

    def norm(self, w: np.ndarray) -> float:
        """√(w'Sw), the standard deviation of the weighted distance; NaN where it does not vary but for rounding."""
        v = w * self.sd
        norm = float(np.linalg.norm(self.root @ v))
        return norm if norm > STILL * np.linalg.norm(v) else float("nan")

    def objective(self, w: np.ndarray) -> float:
        """c'w / √(w'Sw)."""
        return float(self.a @ (w * self.sd) / self.norm(w))

    def correlation(self, w: np.ndarray) -> float:
        """Correlation with the reference, g'w / √(w'Sw)."""
        return float(self.b @ (w * self.sd) / self.norm(w))

    def ratio(self, w: np.ndarray) -> float:
        """Largest over mean weight."""
        return float(w.max() / w.mean())

    def allows(self, w: np.ndarray, tolerance: float = 1e-9) -> bool:
        """Whether w is feasible up to a relative tolerance."""
        return bool(
            w.min() >= 0
            and w.max() > 0
            and self.correlation(w) >= self.s - tolerance
            and self.ratio(w) <= self.q * (1 + tolerance)
        )


def checked_gamma(gamma: Any, n_modalities: int) -> np.ndarray:
    """Modality weights γ (J,) as floats of their own; InvalidInput where they are not one finite number each."""
    try:
        weights = np.array(gamma, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"modality weights {gamma!r} are no numbers; give one per modality") from error
    if weights.shape != (n_modalities,):
        raise InvalidInput(f"{weights.size} modality weights for {n_modalities} modalities; give one for each")
    if not np.isfinite(weights).all():
        raise InvalidInput(f"modality weights {weights.tolist()} are not finite; use positive or negative numbers")
    return weights


@dataclass(frozen=True)
class Certificate:
    """How far the objective can be from the best possible.

    ``kind`` is "global" where ``bound`` is a proven upper bound of the objective (from the dual solution) and
    ``gap`` = bound - objective is within the tolerance of :mod:`schema_core.exact`; "not closed" where the gap is
    larger; "local" where the problem is not convex and no bound is known (both NaN); "none" for the paper's grid,
    which proves nothing.
    """

    kind: Literal["global", "not closed", "local", "none"]
    bound: float = float("nan")
    gap: float = float("nan")


@dataclass(frozen=True)
class Solution:
    """Weights (k,), mean 1, over the features of the problem, and how they were found."""

    weights: np.ndarray
    objective: float
    certificate: Certificate
    status: str
    details: dict[str, Any] = field(default_factory=dict)
