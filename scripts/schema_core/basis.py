"""Change of basis before weighting, and the way back from factor weights to features (genes)."""

from numbers import Integral
from typing import Any

import numpy as np
from scipy.special import softmax
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import NMF, PCA, TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from schema_core.errors import InvalidInput

STYLES = ("softmax", "softmax-raised", "top-loading", "top-rank")


def in_basis(basis: Any, n_components: int, X: Any, random_state: int | None, whiten: bool) -> tuple[Any, Any]:
    """A transformer of X (N, n_features), and X in it (N, k).

    Fitted to X where it has a name or is not fitted (then a clone of what is given), else as it is.

    whiten : whether the components of a named basis are divided by their spread
    """
    if whiten and not isinstance(basis, str):
        raise InvalidInput(f"whiten=True is for a basis by name, not for {basis!r}; whiten in the transformer itself")
    made = basis
    try:
        check_is_fitted(basis)
    except (TypeError, NotFittedError):
        made = make_basis(basis, n_components, X, random_state)
        made = Whitened(made) if whiten else made
    try:
        made = made if made is basis else made.fit(X)
        return made, made.transform(X)
    except Exception as error:
        raise InvalidInput(f"basis {basis!r} failed with {type(error).__name__}: {error}; use another one") from error


class Whitened(TransformerMixin, BaseEstimator):
    """A decomposition whose components are divided by their spread, as schema_learn 0.2 has it (``do_whiten``).

    The spread is the standard deviation, but the root of the mean square for NMF, whose loadings grow by it.

    Parameters
    ----------
    basis : NMF, PCA or TruncatedSVD
    """

    def __init__(self, basis: Any):
        self.basis = basis

    def fit(self, X: Any, y: Any = None) -> "Whitened":
        """Fit the decomposition to X (N, n_features), and measure its components."""
        basis = clone(self.basis).fit(X)
        Z = basis.transform(X)
        spread = np.sqrt((Z**2).mean(axis=0)) if isinstance(basis, NMF) else Z.std(axis=0)
        return self._take(basis, np.where(spread > 0, spread, 1.0))

    @classmethod
    def of(cls, basis: Any, scale: np.ndarray) -> "Whitened":
        """Of a fitted decomposition, with the spread (k,) of its components."""
        return cls(clone(basis))._take(basis, scale)

    def _take(self, basis: Any, scale: np.ndarray) -> "Whitened":
        self.basis_, self.scale_ = basis, scale
        self.components_ = basis.components_ * (scale[:, None] if isinstance(basis, NMF) else 1.0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """(N, k), of spread 1 over what was fitted."""
        return self.basis_.transform(X) / self.scale_

    def inverse_transform(self, Z: Any) -> np.ndarray:
        """The way back, (N, n_features)."""
        return self.basis_.inverse_transform(Z * self.scale_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Those of the decomposition."""
        return self.basis_.get_feature_names_out(input_features)


def make_basis(basis: Any, n_components: int, X: Any, random_state: int | None) -> Any:
    """An unfitted transformer of X (N, n_features) for a name, or a clone of the one given.

    The solver is named where scikit-learn would choose one by shape, since weights depend on it.
    """
    if not isinstance(basis, str):
        if not (hasattr(basis, "fit") and hasattr(basis, "transform")):
            raise InvalidInput(f"basis={basis!r} has no fit and transform; use 'nmf', 'pca', 'svd' or a transformer")
        return clone(basis)
    if basis not in ("nmf", "pca", "svd"):
        raise InvalidInput(f"basis={basis!r} is unknown; use None, 'nmf', 'pca', 'svd' or a transformer")
    most = min(X.shape) - (basis != "nmf")
    if not (isinstance(n_components, Integral) and 1 <= n_components <= most):
        raise InvalidInput(
            f"n_components={n_components!r} must be an integer from 1 to {most} for basis={basis!r}, since X has "
            f"shape {X.shape}"
        )
    if basis == "nmf" and X.min() < 0:
        raise InvalidInput("basis='nmf' needs numbers from 0 up, but X has negative ones; use 'pca' or 'svd'")
    if basis == "nmf":
        return NMF(n_components, init="nndsvda", random_state=random_state, max_iter=500)
    if basis == "pca":
        return PCA(n_components, svd_solver="arpack", random_state=random_state)
    return TruncatedSVD(n_components, algorithm="arpack", random_state=random_state)


def gene_scores(weights: np.ndarray, components: np.ndarray, style: str = "softmax", top: int = 1) -> np.ndarray:
    """Score features by the loadings of the factors that matter.

    Parameters
    ----------
    weights : (k,) factor weights with mean 1
    components : (k, n_features) loadings; magnitudes are used, since the sign of a PCA or SVD factor is arbitrary
    style : how factors are averaged

        - "softmax": all factors, each with weight e^w (paper: Methods, Slide-seq)
        - "softmax-raised": the same over the factors with a weight above 1 alone (schema_learn 0.2, "softmax-avg")
        - "top-loading": the ``top`` factors of largest weight, in proportion to it
        - "top-rank": the same with the percentile ranks of a factor's loadings in place of loadings
    """
    if style not in STYLES:
        raise InvalidInput(f"style={style!r} is unknown; use one of {', '.join(STYLES)}")
    loadings = np.abs(components)
    if style == "softmax":
        return softmax(weights) @ loadings
    if style == "softmax-raised":  # where all weigh the same, none is raised: all count
        raised = weights > 1 if (weights > 1).any() else np.ones(len(weights), dtype=bool)
        return softmax(weights[raised]) @ loadings[raised]
    if not 0 < top <= len(weights):
        raise InvalidInput(f"top={top} must lie between 1 and the number of factors, {len(weights)}")
    best = np.argsort(-weights, kind="stable")[:top]
    share = weights[best] / weights[best].sum()
    if style == "top-rank":
        loadings = rankdata(loadings, axis=1) / loadings.shape[1]
    return share @ loadings[best]
