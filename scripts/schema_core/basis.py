"""Change of basis before weighting, and the way back from factor weights to features (genes)."""

from numbers import Integral
from typing import Any

import numpy as np
from scipy.special import softmax
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.decomposition import NMF, PCA, TruncatedSVD

from schema_core.errors import InvalidInput

STYLES = ("softmax", "top-loading", "top-rank")


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


def fit_transformed(basis: Any, X: Any) -> Any:
    """X in a basis that is fitted to it; InvalidInput where the transformer fails."""
    try:
        return basis.fit(X).transform(X)
    except Exception as error:
        raise InvalidInput(f"basis {basis!r} failed with {type(error).__name__}: {error}; use another one") from error


def gene_scores(weights: np.ndarray, components: np.ndarray, style: str = "softmax", top: int = 1) -> np.ndarray:
    """Score features by the loadings of the factors that matter.

    Parameters
    ----------
    weights : (k,) factor weights with mean 1
    components : (k, n_features) loadings; magnitudes are used, since the sign of a PCA or SVD factor is arbitrary
    style : how factors are averaged

        - "softmax": all factors, each with weight e^w (paper: Methods, Slide-seq)
        - "top-loading": the ``top`` factors of largest weight, in proportion to it
        - "top-rank": the same with the percentile ranks of a factor's loadings in place of loadings
    """
    if style not in STYLES:
        raise InvalidInput(f"style={style!r} is unknown; use one of {', '.join(STYLES)}")
    loadings = np.abs(components)
    if style == "softmax":
        return softmax(weights) @ loadings
    if not 0 < top <= len(weights):
        raise InvalidInput(f"top={top} must lie between 1 and the number of factors, {len(weights)}")
    best = np.argsort(-weights, kind="stable")[:top]
    share = weights[best] / weights[best].sum()
    if style == "top-rank":
        loadings = rankdata(loadings, axis=1) / loadings.shape[1]
    return share @ loadings[best]
