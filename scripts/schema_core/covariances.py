"""What the optimisation needs to know of the data: covariances of distances over pairs of observations."""

from dataclasses import dataclass, replace

import numpy as np

from schema_core.errors import InvalidInput, NoVariation

# A feature whose distance varies less than this, relative to the feature that varies most, is rounding noise.
NEGLIGIBLE = 1e-14


@dataclass(frozen=True)
class Covariances:
    """Covariances over pairs of the k feature distances d, the J modality distances ρ_j, and the reference ρ_1.

    Attributes
    ----------
    features : (k, k), S = Cov(d, d)
    modalities : (k, J), Cov(d, ρ_j)
    modality_sd : (J,), standard deviation of ρ_j over pairs
    reference : (k,), Cov(d, ρ_1)
    reference_sd : float
    mean_distance : (k,), mean of d over pairs
    n_pairs : the number of pairs behind these numbers
    """

    features: np.ndarray
    modalities: np.ndarray
    modality_sd: np.ndarray
    reference: np.ndarray
    reference_sd: float
    mean_distance: np.ndarray
    n_pairs: int

    @classmethod
    def from_joint(
        cls, covariance: np.ndarray, mean: np.ndarray, n_features: int, has_reference: bool, n_pairs: int
    ) -> "Covariances":
        """Split the covariance (B, B) and mean (B,) of all distances: features, modalities, then the reference."""
        k, end = n_features, len(mean) - has_reference
        features = covariance[:k, :k]
        reference = covariance[:k, end] if has_reference else features.sum(axis=1)
        variance = covariance[end, end] if has_reference else features.sum()
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        return cls(
            features=features,
            modalities=covariance[:k, k:end],
            modality_sd=sd[k:end],
            reference=reference,
            reference_sd=float(np.sqrt(max(variance, 0.0))),
            mean_distance=mean[:k],
            n_pairs=n_pairs,
        )

    @property
    def feature_sd(self) -> np.ndarray:
        """Standard deviation over pairs of each feature's distance, shape (k,)."""
        return np.sqrt(np.maximum(np.diag(self.features), 0.0))

    @property
    def varies(self) -> np.ndarray:
        """Which features vary over pairs at all, shape (k,) bool. The weight of the others is arbitrary."""
        sd = self.feature_sd
        return sd > NEGLIGIBLE * sd.max(initial=0.0)

    def only(self, keep: np.ndarray) -> "Covariances":
        """The same without some features, the reference distance being the sum of those that stay.

        Parameters
        ----------
        keep : (k,) bool
        """
        features = self.features[np.ix_(keep, keep)]
        return replace(
            self,
            features=features,
            modalities=self.modalities[keep],
            reference=features.sum(axis=1),
            reference_sd=float(np.sqrt(max(features.sum(), 0.0))),
            mean_distance=self.mean_distance[keep],
        )

    def as_agreement(self) -> "Covariances":
        """The same for 1 - d in place of d: how far two observations agree in each feature of labels.

        This is what the released package computes for labels (see scripts/tcr). A similarity is not a distance:
        its correlation with a distance has the opposite sign.
        """
        return replace(self, modalities=-self.modalities, mean_distance=1.0 - self.mean_distance)

    def check(self) -> None:
        """Raise :class:`NoVariation` where a correlation would divide by zero."""
        if not self.varies.any():
            raise NoVariation("X has no feature that differs between any two observations; nothing can be weighted")
        if self.reference_sd == 0:
            raise NoVariation("reference has the same distance for every pair; give one that varies, or None")
        for j in np.flatnonzero(self.modality_sd == 0):
            raise NoVariation(f"modalities[{j}] has the same distance for every pair; drop it")

    def correlations(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Correlation over pairs of the weighted distance with the reference, and with each modality (J,)."""
        weights = np.asarray(weights, dtype=float)
        if weights.shape != self.reference.shape:
            raise InvalidInput(f"weights have shape {weights.shape}, the data have {len(self.reference)} features")
        sd = np.sqrt(weights @ self.features @ weights)
        return float(self.reference @ weights / (sd * self.reference_sd)), weights @ self.modalities / (
            sd * self.modality_sd
        )
