"""From data to weighted data and back, and from weights to the features of X."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from schema_core.basis import gene_scores
from schema_core.errors import InvalidInput
from schema_core.fitted import framed, names_out, validated, weighted_levels
from schema_core.measure import measured
from schema_core.modality import given_modalities, together
from schema_core.problem import checked_gamma


class Transforming(TransformerMixin):
    """Methods of :class:`schema_core.Schema` that use its weights."""

    def transform(self: Any, X: Any) -> Any:
        """Multiply each feature (or basis component) by the square root of its weight.

        Features with names must be those of fit, in their order. Labels become one column per level, so that squared
        Euclidean distances are the weighted Hamming distances.
        """
        check_is_fitted(self, "weights_")
        return framed(self, self._weighted(validated(self, X, self._levels is not None, reset=False)), X)

    def _weighted(self: Any, X: Any) -> Any:
        if self._levels is not None:
            return weighted_levels(X, self._levels, self.weights_)
        if self.basis_ is not None:
            X = self.basis_.transform(X)
        root = np.sqrt(self.weights_)
        return X @ sparse.diags(root) if sparse.issparse(X) else X * root

    def inverse_transform(self: Any, Z: Any) -> Any:
        """From what transform returns (N, k), dense or sparse, back to the features of X (N, n_features).

        A feature of weight 0 is lost and comes back as 0. InvalidInput where the basis has no way back, and for labels.
        """
        check_is_fitted(self, "weights_")
        if self._levels is not None:
            raise InvalidInput("features='categorical' has no inverse_transform; keep the labels")
        root = np.sqrt(self.weights_)
        if len(getattr(Z, "shape", ())) != 2 or Z.shape[1] != len(root):
            raise InvalidInput(f"Z has shape {getattr(Z, 'shape', None)}; give (N, {len(root)}), as transform returns")
        away = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
        X = Z @ sparse.diags(away) if sparse.issparse(Z) else Z * away
        if self.basis_ is None:
            return X
        if not hasattr(self.basis_, "inverse_transform"):
            raise InvalidInput(f"basis={self.basis!r} has no inverse_transform")
        return self.basis_.inverse_transform(X)

    def get_feature_names_out(self: Any, input_features: Any = None) -> np.ndarray:
        """Names of the columns that transform returns."""
        check_is_fitted(self, "weights_")
        return names_out(self, input_features, self._levels)

    def score(self: Any, X: Any, y: Any = None, *, modalities: Any = None, sample_weight: Any = None) -> float:
        """The objective Σ_j γ_j Corr(ρ_w, ρ_j) of the fitted weights on other data, with the weights γ given with them.

        Parameters are those of fit.
        """
        check_is_fitted(self, "weights_")
        given, _, sample_weight = together(X, given_modalities(y, modalities), None, sample_weight)
        X = validated(self, X, self._levels is not None, reset=False)
        X = X if self.basis_ is None else self.basis_.transform(X)
        options = {name: getattr(self, name) for name in ("features", "pairs", "random_state")}
        covariances = measured(X, given, None, sample_weight, **options)[2]
        gamma = checked_gamma([one.weight for one in given], len(given))
        return float(covariances.correlations(self.weights_)[1] @ gamma)

    def gene_scores(self: Any, style: str = "softmax", top: int = 1) -> np.ndarray:
        """Score the features of X, (n_features,): see :func:`schema_core.gene_scores`. Without a basis, the weights."""
        check_is_fitted(self, "weights_")
        if self.basis_ is None:
            return self.weights_.copy()
        if not hasattr(self.basis_, "components_"):
            raise InvalidInput(f"basis={self.basis!r} has no components_, so its weights cannot be traced to features")
        return gene_scores(self.weights_, self.basis_.components_, style, top)
