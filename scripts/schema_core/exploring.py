"""What to ask of a fitted estimator: other parameters, a control, how stable weights are, and all of it in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from schema_core.draws import generator
from schema_core.errors import InfeasibleCorrelation, InvalidInput, NoVariation, SolverFailure
from schema_core.fitted import names_out
from schema_core.given import check_rows
from schema_core.levels import factorize
from schema_core.moments import Moments
from schema_core.observed import Observed
from schema_core.resampling import Stability, bootstraps, standard_errors, without_each
from schema_core.shuffling import Control, control, orders_within
from schema_core.solving import Ensemble, check_parameters, solve, solve_ensemble
from schema_core.summary import summary_of


class Exploring:
    """Methods of :class:`schema_core.Schema` that begin from a fit."""

    if TYPE_CHECKING:
        control_: Control | None

    def refit(self: Any, **parameters: Any) -> Any:
        """A fitted estimator with other min_correlation, max_weight_ratio or solver; basis and moments are shared.

        It costs one solve: the data are not visited again.
        """
        check_is_fitted(self, "covariances_")
        wrong = set(parameters) - {"min_correlation", "max_weight_ratio", "solver"}
        if wrong:
            raise InvalidInput(f"refit cannot change {min(wrong)!r}, which needs the data; set it, and call fit")
        model = self._twin()
        for name, value in parameters.items():
            setattr(model, name, value)
        check_parameters(model.min_correlation, model.max_weight_ratio, model.solver)
        model.control_ = None
        return model._solve(self._gamma)

    def ensemble(
        self: Any, min_correlations: Iterable[float], max_weight_ratios: Iterable[float] | None = None
    ) -> Ensemble:
        """Solutions for every (s, q) from the moments of the last fit; the data are not visited again.

        What no weights meet is left out with a warning, and stands in ``failures`` of the result.
        """
        check_is_fitted(self, "covariances_")
        ratios = [self.max_weight_ratio] if max_weight_ratios is None else max_weight_ratios
        return solve_ensemble(self.covariances_, self._gamma, min_correlations, ratios, solver=self.solver)

    def path(
        self: Any,
        min_correlations: Iterable[float],
        max_weight_ratios: Iterable[float] | None = None,
        *,
        fitted: bool = False,
    ) -> Any:
        """The same as a table, a row for each (s, q), or as fitted estimators by (s, q).

        The objective never falls as s does, where its certificate is global: more weights are feasible.

        Parameters
        ----------
        min_correlations, max_weight_ratios : of s and q; the q of this estimator by default
        fitted : whether to return {(s, q): Schema}, as :meth:`refit` makes them

        Returns
        -------
        data frame with the columns s, q, kept (correlation with the reference), objective, certificate (its kind), gap
        (to the proven bound), before[j] and after[j] (correlation with modality j at equal weights and at these), and
        weight[name] of each feature or component.
        """
        models = {}
        for (s, q), solution in self.ensemble(min_correlations, max_weight_ratios).items():
            model = self._twin()
            model.min_correlation, model.max_weight_ratio, model.control_ = s, q, None
            models[s, q] = model._take(solution)
        return models if fitted else pd.DataFrame([_row(one) for one in models.values()])

    def control(self: Any, n_shuffles: int = 100, groups: Any = None, *, random_state: Any = 0) -> Control:
        """What the same reweighting gains from modalities whose cells are shuffled.

        All modalities are brought to the same random order, so that they keep what they have with each other, and the
        reference stays. A gain that shuffled cells reach, too, is none.

        Parameters
        ----------
        n_shuffles : int ≥ 1
        groups : (N,) labels, within which cells are shuffled: batches, so that what they share is not counted as a gain
        random_state : seed or Generator

        Returns
        -------
        :class:`schema_core.shuffling.Control` with gain, shuffled (n,) and p_value; kept as ``control_``
        """
        observed, rng = self._in_memory("control"), generator(random_state)
        if not (isinstance(n_shuffles, int | np.integer) and n_shuffles >= 1):
            raise InvalidInput(f"n_shuffles={n_shuffles!r} must be a whole number from 1 up")
        keys = _codes(groups, observed)
        for one in observed.modalities:  # cells that lack a modality are shuffled among themselves
            if one.rows is not None:
                keys = 2 * keys + np.isin(np.arange(len(observed)), one.rows, assume_unique=True)
                keys = np.unique(keys, return_inverse=True)[1]
        orders = orders_within(keys, int(n_shuffles), rng)
        self.control_ = control(observed, self.covariances_, self._gamma, orders, **self._asked)
        return self.control_

    def stability(self: Any, groups: Any = None, n_boot: int | None = None, *, random_state: Any = 0) -> Stability:
        """Standard errors of the weights and of their ranks.

        Parameters
        ----------
        groups : (N,) labels, such as donors; each is left out once (jackknife), or they are drawn (``n_boot``)
        n_boot : how many bootstrap samples of blocks of rows: of the groups, or of up to 50 random blocks of equal size
        random_state : seed or Generator

        Returns
        -------
        :class:`schema_core.resampling.Stability`: ``features`` with weight, weight_se, rank, rank_se; ``replicates``.
        Replicates whose problem has no answer are left out.
        """
        observed, rng = self._in_memory("stability"), generator(random_state)
        if groups is None and n_boot is None:
            raise InvalidInput("stability needs groups to leave out, or n_boot samples to draw; give one of them")
        if n_boot is not None and not (isinstance(n_boot, int | np.integer) and n_boot >= 2):
            raise InvalidInput(f"n_boot={n_boot!r} must be a whole number from 2 up")
        labels, names = _codes(groups, observed), np.asarray(groups, dtype=object)
        if groups is not None and labels.max() < 1:
            raise InvalidInput("groups has one group; give two or more")
        some: Iterable[tuple[Any, Moments]] = (
            without_each(observed, self.moments_, names)
            if n_boot is None
            else enumerate(bootstraps(observed, self.moments_, None if groups is None else labels, int(n_boot), rng))
        )
        found = {}
        for name, moments in some:
            try:
                found[name] = solve(moments.covariances(), self._gamma, **self._asked)
            except (InfeasibleCorrelation, NoVariation, SolverFailure):
                continue
        if len(found) < 2:
            raise InvalidInput("fewer than two of the samples have an answer; lower min_correlation")
        weights, features = np.array([one.weights for one in found.values()]), names_out(self, None, None)
        replicates = pd.DataFrame(weights, index=pd.Index(found, name="sample"), columns=features)
        replicates.insert(0, "objective", [one.objective for one in found.values()])
        return Stability(standard_errors(self.weights_, features, weights, n_boot is None), replicates)

    def summary(self: Any) -> str:
        """One screen of text: what was asked, kept and gained, the control, and the certificate."""
        check_is_fitted(self, "weights_")
        return summary_of(self)

    def _in_memory(self: Any, what: str) -> Observed:
        """The data of the last fit, which a copy from storage, or a fit from moments, has not."""
        check_is_fitted(self, "covariances_")
        if self._observed is None:
            raise InvalidInput(
                f"{what} needs the data of fit over all pairs, which moments, samples of pairs and stored estimators "
                "do not hold; fit again with pairs='all'"
            )
        return self._observed

    def _twin(self: Any) -> Any:
        """The same estimator with attributes of its own, data included."""
        twin: Any = object.__new__(type(self))
        vars(twin).update(vars(self))
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Without the data, which what is stored should not hold."""
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return state | {"_observed": None} if "_observed" in state else state


def _row(model: Any) -> dict[str, Any]:
    before, after = model.modality_correlations_
    row: dict[str, Any] = {
        "s": model.min_correlation,
        "q": model.max_weight_ratio,
        "kept": model.reference_correlation_,
    }
    row |= {"objective": model.objective_, "certificate": model.certificate_.kind, "gap": model.certificate_.gap}
    for j, (one, other) in enumerate(zip(before, after, strict=True)):
        row |= {f"before[{j}]": one, f"after[{j}]": other}
    names = names_out(model, None, None)
    return row | {f"weight[{name}]": weight for name, weight in zip(names, model.weights_, strict=True)}


def _codes(groups: Any, observed: Observed) -> np.ndarray:
    """Groups (N,) as codes, or 0 for all; InvalidInput names what is missing, of another length or in other rows."""
    n = len(observed)
    if groups is None:
        return np.zeros(n, dtype=np.intp)
    codes, _ = factorize(groups if hasattr(groups, "dtype") else np.asarray(groups, dtype=object), "groups")
    if len(codes) != n:
        raise InvalidInput(f"groups has {len(codes)} labels, X has {n} rows; give one per row")
    if observed.rows is not None:
        check_rows(pd.DataFrame(index=observed.rows), {"groups": groups})
    return codes
