"""The optimisation problem and its solution, as plain data.

With S = Cov(d), c = Σ_j γ_j Cov(d, ρ_j)/sd(ρ_j), g = Cov(d, ρ_1)/sd(ρ_1):

    maximise c'w / √(w'Sw)   subject to   g'w ≥ s √(w'Sw),   w ≥ 0,   max(w) ≤ q mean(w)

(paper: Methods, "Mathematical formulation" and the parameters s and q).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from schema_core.covariances import NEGLIGIBLE, Covariances
from schema_core.errors import InvalidInput

# Weights below this share of the mean are a solver's zeros: their ranks would be those of its rounding.
ZERO = 1e-6


@dataclass(frozen=True)
class Problem:
    """One problem over k features.

    Attributes
    ----------
    S : (k, k) covariance of feature distances; c, g : (k,) as above
    s : least correlation with the reference; q : largest weight over mean weight
    mean_distance : mean of d over pairs and features (sets the scale of the paper's grid)
    n_pairs : pairs behind the covariances (likewise)
    """

    S: np.ndarray
    c: np.ndarray
    g: np.ndarray
    s: float
    q: float
    mean_distance: float = 1.0
    n_pairs: int = 2_000_000

    @classmethod
    def from_covariances(cls, covariances: Covariances, gamma: np.ndarray, s: float, q: float) -> "Problem":
        """The problem for modality weights γ."""
        covariances.check()
        gamma = np.asarray(gamma, dtype=float)
        if gamma.shape != covariances.modality_sd.shape:
            raise InvalidInput(f"{gamma.size} modality weights for {covariances.modality_sd.size} modalities")
        return cls(
            S=covariances.features,
            c=(covariances.modalities / covariances.modality_sd) @ gamma,
            g=covariances.reference / covariances.reference_sd,
            s=float(s),
            q=float(q),
            mean_distance=float(covariances.mean_distance.mean()),
            n_pairs=covariances.n_pairs,
        )

    @cached_property
    def varies(self) -> np.ndarray:
        """Which features vary over pairs at all, (k,) bool."""
        sd = np.sqrt(np.maximum(np.diag(self.S), 0.0))
        return sd > NEGLIGIBLE * sd.max(initial=0.0)

    @cached_property
    def sd(self) -> np.ndarray:
        """Standard deviation of each feature distance, (k,); 1 for a feature that does not vary."""
        return np.where(self.varies, np.sqrt(np.maximum(np.diag(self.S), 0.0)), 1.0)

    def varying(self) -> "Problem":
        """The same problem without the features that do not vary."""
        keep = self.varies
        return replace(self, S=self.S[np.ix_(keep, keep)], c=self.c[keep], g=self.g[keep])

    def scaled(self) -> "Problem":
        """The same problem, with the same weights, in units in which feature distances have mean sd 1."""
        unit = self.sd.mean()
        terms = {"S": self.S / unit**2, "c": self.c / unit, "g": self.g / unit}
        return replace(self, **terms, mean_distance=self.mean_distance / unit)

    @cached_property
    def _eigen(self) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (rising) and vectors of the correlation matrix of the feature distances."""
        return np.linalg.eigh(self.S / np.outer(self.sd, self.sd))

    @property
    def has_ties(self) -> bool:
        """Whether several weights may be optimal: only where some combination of features does not vary.

        Two different optima of a positive objective would have a mean of smaller norm, hence of larger ratio, unless
        they differ by a direction in which the distance does not vary.
        """
        values, _ = self._eigen
        return bool(values[0] < 1e-9 * values[-1])

    @cached_property
    def root(self) -> np.ndarray:
        """R (r, k) with R'R the correlation matrix of the feature distances, r its numerical rank."""
        values, vectors = self._eigen
        keep = values > len(values) * np.finfo(float).eps * values.max()
        return np.sqrt(values[keep])[:, None] * vectors[:, keep].T

    def norm(self, w: np.ndarray) -> float:
        """√(w'Sw), the standard deviation of the weighted distance."""
        return float(np.linalg.norm(self.root @ (w * self.sd)))

    def objective(self, w: np.ndarray) -> float:
        """c'w / √(w'Sw)."""
        return float(self.c @ w / self.norm(w))

    def correlation(self, w: np.ndarray) -> float:
        """Correlation with the reference, g'w / √(w'Sw)."""
        return float(self.g @ w / self.norm(w))

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


@dataclass(frozen=True)
class Certificate:
    """How far the objective can be from the best possible.

    ``kind`` is "global" where ``bound`` is a proven upper bound of the objective (from the dual solution) and
    ``gap`` = bound - objective; "local" where the problem is not convex and no bound is known (both NaN); "none" for
    the paper's grid, which proves nothing.
    """

    kind: Literal["global", "local", "none"]
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
