"""Schema as a scikit-learn estimator."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from schema_core.basis import in_basis
from schema_core.errors import InvalidInput
from schema_core.exploring import Exploring
from schema_core.fitted import all_or_nothing, forget_names, validated
from schema_core.given import row_labels
from schema_core.measure import levels_of, measured, warn_of_biased_subsets
from schema_core.modality import as_modality, given_modalities, together
from schema_core.moments import Moments
from schema_core.problem import Solution, checked_gamma
from schema_core.solving import check_parameters, solve
from schema_core.transforming import Transforming


class Schema(Transforming, Exploring, BaseEstimator):
    """Reweight the features of a trusted modality so that its distances agree with other modalities.

    Maximises Σ_j γ_j Corr(ρ_w, ρ_j) over pairs of observations, ρ_w = Σ_i w_i (x_ni - x_mi)², subject to
    Corr(ρ_w, ρ_1) ≥ min_correlation, w ≥ 0 and max(w) ≤ max_weight_ratio · mean(w). (Singh, Hie, Narayan & Berger,
    Genome Biology 2021, Methods.)

    Parameters
    ----------
    min_correlation : float in [0, 1), the paper's s
        How much of the reference distance must be kept.
    max_weight_ratio : float ≥ 1, the paper's q
        Largest over mean weight.
    features : {"numeric", "categorical"}
        Labels are compared by equality, one Hamming term per column.
    basis : None, "nmf", "pca", "svd", or a scikit-learn transformer
        Change of basis before weighting. A transformer that is fitted is used as it is (inside of scikit-learn's
        FrozenEstimator it stays so where this estimator is cloned); else a clone of it is fitted to the rows of X.
    n_components : int, for a basis given by name
    solver : {"exact", "grid"}
        The certified optimum, or the paper's grid of quadratic programs.
    pairs : "all" or int
        All pairs, by closed forms; or a number of random pairs, needed for distances of one's own on more than
        2,000 observations.
    random_state : int or None, for sampled pairs and a named basis
    whiten : bool, whether the components of a named basis are divided by their spread first

    Attributes
    ----------
    weights_ : (k,), mean 1, one per feature or basis component; the data are multiplied by their square roots.
        A feature that is the same for every observation gets 1 from the exact solver: it changes no distance.
    reference_correlation_ : float, Corr(ρ_w, ρ_1)
    modality_correlations_ : (before, after), two arrays (J,): Corr(ρ, ρ_j) at equal weights and at weights_
    modality_pairs_ : (J,), how many pairs each of these correlations rests on
    objective_ : float, Σ_j γ_j Corr(ρ_w, ρ_j)
    certificate_ : :class:`schema_core.problem.Certificate`, how far objective_ can be from the best possible
    status_ : str, how the solver ended; "not closed: ..." where the best is not proven within a relative 1e-6
    moments_ : Moments, where closed forms were used; else None
    covariances_ : Covariances
    basis_ : the fitted transformer, or None
    control_ : what :meth:`control` found last, or None

    Examples
    --------
    >>> import numpy as np
    >>> from schema_core import Modality, Schema
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 3))
    >>> age = X[:, 0] + 0.1 * rng.normal(size=500)
    >>> model = Schema(min_correlation=0.8).fit(X, [Modality(age, kind="numeric")])
    >>> int(model.weights_.argmax())
    0
    """

    def __init__(
        self,
        min_correlation: float = 0.99,
        max_weight_ratio: float = 1000.0,
        features: str = "numeric",
        basis: Any = None,
        n_components: int = 50,
        solver: str = "exact",
        pairs: str | int = "all",
        random_state: int | None = 0,
        whiten: bool = False,
    ):
        self.min_correlation = min_correlation
        self.max_weight_ratio = max_weight_ratio
        self.features = features
        self.basis = basis
        self.n_components = n_components
        self.solver = solver
        self.pairs = pairs
        self.random_state = random_state
        self.whiten = whiten

    def fit(
        self,
        X: Any,
        y: Any = None,
        reference: Any = None,
        *,
        modalities: Any = None,
        sample_weight: Any = None,
        align: bool = False,
    ) -> "Schema":
        """Find the weights. On an error the estimator stays as it was.

        Parameters
        ----------
        X : (N, n_features) array, sparse matrix, data frame or AnnData (its X, with var_names for names of features)
        y, modalities : Modality, list of Modality, or array, Series or data frame; two names for the second argument
            A row that is missing altogether (NaN, None, masked) is a cell that lacks the modality: its correlations
            then rest on the pairs in which both cells have it, all else on all pairs.
        reference : Modality or array, optional
            What min_correlation refers to; the distance over X itself by default.
        sample_weight : (N,) from 0 up, optional
            How many cells each row stands for; a weight of 2 is the row given twice.
        align : bool
            Whether to bring the rows of all others to the order of X, by their names, where both have names. Otherwise
            names that differ are refused.

        Raises
        ------
        SchemaError : in one line, what is wrong and what helps. Values that are missing, and rows whose names differ
            between X, the modalities and the reference, are refused with the first place.
        """
        with all_or_nothing(self):
            check_parameters(self.min_correlation, self.max_weight_ratio, self.solver)
            given = given_modalities(y, modalities)
            reference = None if reference is None else as_modality(reference, "reference")
            given, reference, sample_weight = together(X, given, reference, sample_weight, align=align)
            rows = row_labels(X)
            X = validated(self, X, self.features == "categorical", reset=True)
            self.basis_ = None
            if self.basis is not None:
                if self.features != "numeric":
                    raise InvalidInput(f"basis={self.basis!r} needs features='numeric', not {self.features!r}")
                self.basis_, X = in_basis(self.basis, self.n_components, X, self.random_state, self.whiten)
            options = {name: getattr(self, name) for name in ("features", "pairs", "random_state")}
            self.control_ = None
            observed, self.moments_, self.covariances_, self._levels = measured(
                X, given, reference, sample_weight, **options
            )
            self._observed = None if observed is None else replace(observed, rows=rows)
            return self._solve([one.weight for one in given])

    def fit_moments(self, moments: Moments, modality_weights: Iterable[float] | None = None) -> "Schema":
        """Find the weights from moments alone; modality_weights γ (J,) are 1 by default."""
        with all_or_nothing(self):
            check_parameters(self.min_correlation, self.max_weight_ratio, self.solver)
            if not isinstance(moments, Moments):
                raise InvalidInput(f"moments are of type {type(moments).__name__}; give Moments, or call fit")
            kind = "numeric" if moments.layout.blocks[0].levels is None else "categorical"
            if kind != self.features:
                raise InvalidInput(f"features={self.features!r}, but the moments are of {kind} features; set features")
            forget_names(self)
            self.basis_ = None
            self.control_ = None
            self._observed, self.moments_, self.covariances_ = None, moments, moments.covariances()
            self._levels = levels_of(moments.layout.blocks[: moments.layout.n_features])
            self.n_features_in_ = moments.layout.n_features
            default = np.ones(len(self.covariances_.modality_sd))
            return self._solve(default if modality_weights is None else list(modality_weights))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        return tags

    def _solve(self, gamma: Iterable[float]) -> "Schema":
        self._gamma = checked_gamma(gamma, len(self.covariances_.modality_sd))
        return self._take(solve(self.covariances_, self._gamma, **self._asked))

    @property
    def _asked(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("min_correlation", "max_weight_ratio", "solver")}

    def _take(self, solution: Solution) -> "Schema":
        self.weights_, self.objective_ = solution.weights, solution.objective
        self.certificate_, self.status_ = solution.certificate, solution.status
        _, before = self.covariances_.correlations(np.ones(len(self.weights_)))
        self.reference_correlation_, after = self.covariances_.correlations(self.weights_)
        self.modality_correlations_ = (before, after)
        self.modality_pairs_ = self.covariances_.modality_pairs
        warn_of_biased_subsets(self.covariances_, self.weights_)
        return self
