"""What the optimisation needs to know of the data: covariances of distances over pairs of observations."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from schema_core.errors import InvalidInput, NoVariation

# Below this share of its squared mean, the variance of a distance is the rounding of a difference of equal numbers.
ROUNDING = 1e-12
# Likewise for weighted distances: where their sd is below this share of ‖w sd‖, what is left of it is rounding.
STILL = 1e-6


@dataclass(frozen=True)
class Covariances:
    """Second moments over pairs of the k feature distances d, the J modality distances ρ_j, and the reference ρ_1.

    They are kept as correlations and standard deviations, so that no unit is too large or too small. What does not
    vary over pairs has a standard deviation and correlations of 0.

    Attributes
    ----------
    feature_correlations : (k, k), Corr(d, d)
    feature_sd : (k,), standard deviation of d
    modality_correlations : (k, J), Corr(d, ρ_j)
    modality_sd : (J,)
    reference_correlations : (k,), Corr(d, ρ_1)
    reference_sd : float
    mean_distance : (k,), mean of d over pairs
    n_pairs : the number of pairs behind these numbers
    within : for each modality j that some observations lack, the covariances over the pairs in which both have it.
        Column j of modality_correlations is then Cov(d, ρ_j)/sd(ρ_j) over those, in the unit of feature_sd over all.
    """

    feature_correlations: np.ndarray
    feature_sd: np.ndarray
    modality_correlations: np.ndarray
    modality_sd: np.ndarray
    reference_correlations: np.ndarray
    reference_sd: float
    mean_distance: np.ndarray
    n_pairs: int
    within: Mapping[int, "Covariances"] = field(default_factory=dict)

    @classmethod
    def from_joint(
        cls,
        covariance: np.ndarray,
        mean: np.ndarray,
        unit: np.ndarray,
        n_features: int,
        has_reference: bool,
        n_pairs: int,
    ) -> "Covariances":
        """Split the covariance (B, B) and mean (B,) of all distances: features, modalities, then the reference.

        unit : (B,), what each distance was divided by before
        """
        k, end = n_features, len(mean) - has_reference
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        scale = np.where(sd > 0, sd, 1.0)
        correlation = covariance / scale / scale[:, None]
        np.fill_diagonal(correlation, sd > 0)
        joint = cls(
            feature_correlations=correlation[:k, :k],
            feature_sd=(sd * unit)[:k],
            modality_correlations=correlation[:k, k:end],
            modality_sd=(sd * unit)[k:end],
            reference_correlations=correlation[:k, -1],
            reference_sd=float(sd[-1] * unit[-1]),
            mean_distance=(mean * unit)[:k],
            n_pairs=n_pairs,
        )
        return joint if has_reference else joint._with_plain_reference()

    def with_partial(self, within: Mapping[int, "Covariances"]) -> "Covariances":
        """The same with modalities j that some observations lack, in their places among the others."""
        joint = self
        scale = np.where(self.feature_sd > 0, self.feature_sd, 1.0)
        for j, one in sorted(within.items()):
            column = one.modality_correlations[:, 0] * (one.feature_sd / scale)
            joint = replace(
                joint,
                modality_correlations=np.insert(joint.modality_correlations, j, column, axis=1),
                modality_sd=np.insert(joint.modality_sd, j, one.modality_sd[0]),
            )
        return replace(joint, within=dict(within))

    def with_reference_share(self, share: float) -> "Covariances":
        """The same with correlations with the reference as shares of one: of its distance with its kernel's, (0, 1]."""
        if not share > 0:
            raise InvalidInput(
                f"reference: its kernel turns distances round (correlation {share:.3g}); give one that grows with them"
            )
        reference = self.reference_correlations / share
        return replace(self, reference_correlations=reference, reference_sd=self.reference_sd * share)

    def _with_plain_reference(self) -> "Covariances":
        """The same with the sum of the feature distances for reference."""
        largest = self.feature_sd.max(initial=0.0) or 1.0
        v = self.feature_sd / largest
        along = self.feature_correlations @ v
        variance, mean = v @ along, (self.mean_distance / largest).sum()
        if variance <= ROUNDING * max(mean, v.sum()) ** 2:
            return replace(self, reference_correlations=np.zeros(len(v)), reference_sd=0.0)
        sd = np.sqrt(variance)
        return replace(self, reference_correlations=along / sd, reference_sd=float(sd * largest))

    @property
    def features(self) -> np.ndarray:
        """S = Cov(d, d), (k, k)."""
        return self.feature_correlations * np.outer(self.feature_sd, self.feature_sd)

    @property
    def modalities(self) -> np.ndarray:
        """Cov(d, ρ_j), (k, J)."""
        return self.modality_correlations * np.outer(self.feature_sd, self.modality_sd)

    @property
    def reference(self) -> np.ndarray:
        """Cov(d, ρ_1), (k,)."""
        return self.reference_correlations * self.feature_sd * self.reference_sd

    @property
    def varies(self) -> np.ndarray:
        """Which features vary over pairs at all, (k,) bool. The weight of the others is arbitrary."""
        return self.feature_sd > 0

    @property
    def modality_pairs(self) -> np.ndarray:
        """The number of pairs behind each modality's correlations, (J,)."""
        J = len(self.modality_sd)
        return np.array([self.within[j].n_pairs if j in self.within else self.n_pairs for j in range(J)], dtype=object)

    def only(self, keep: np.ndarray) -> "Covariances":
        """The same without some features, the reference distance being the sum of those that stay.

        Parameters
        ----------
        keep : (k,) bool
        """
        kept = replace(
            self,
            feature_correlations=self.feature_correlations[np.ix_(keep, keep)],
            feature_sd=self.feature_sd[keep],
            modality_correlations=self.modality_correlations[keep],
            mean_distance=self.mean_distance[keep],
            within={j: one.only(keep) for j, one in self.within.items()},
        )
        return kept._with_plain_reference()

    def as_agreement(self) -> "Covariances":
        """The same for 1 - d in place of d: how far two observations agree in each feature of labels.

        This is what the released package computes for labels (see scripts/tcr). A similarity is not a distance:
        its correlation with a distance has the opposite sign.
        """
        return replace(
            self,
            modality_correlations=-self.modality_correlations,
            mean_distance=1.0 - self.mean_distance,
            within={j: one.as_agreement() for j, one in self.within.items()},
        )

    def check(self) -> None:
        """Raise :class:`NoVariation` where a correlation would divide by zero."""
        if self.n_pairs < 2:
            raise NoVariation("X has 2 rows, hence 1 pair (n_samples = 2), and nothing varies over it; give more rows")
        if not self.varies.any():
            raise NoVariation("X has no feature whose distance differs between pairs of rows; nothing can be weighted")
        if self.reference_sd == 0:
            raise NoVariation("reference has the same distance for every pair; give one that varies, or other features")
        for j in np.flatnonzero(self.modality_sd == 0):
            raise NoVariation(f"modalities[{j}] has the same distance for every pair; drop it")

    def correlations_within(self, weights: np.ndarray) -> np.ndarray:
        """Correlation with each modality (J,) over the pairs in which both observations have it, and these alone."""
        found = self.correlations(weights)[1].copy()
        for j, one in self.within.items():
            found[j] = one.correlations(weights)[1][0]
        return found

    def correlations(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Correlation over pairs of the weighted distance with the reference, and with each modality (J,).

        NaN where the weighted distance is the same for every pair. For a modality that some observations lack it is
        Cov(ρ_w, ρ_j) / sd(ρ_j) over the pairs that have it, over sd(ρ_w) of all pairs.
        """
        weights = np.asarray(weights, dtype=float)
        if weights.shape != self.feature_sd.shape:
            raise InvalidInput(f"weights have shape {weights.shape}, the data have {len(self.feature_sd)} features")
        v = (weights / np.abs(weights).max()) * (self.feature_sd / (self.feature_sd.max() or 1.0))
        variance = v @ self.feature_correlations @ v
        sd = np.sqrt(variance) if variance > STILL**2 * (v @ v) else np.nan
        return float(self.reference_correlations @ v / sd), v @ self.modality_correlations / sd
