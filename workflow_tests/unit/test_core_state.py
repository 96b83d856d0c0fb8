"""An estimator that fails to fit stays as it was, nothing is handed out twice, and an ensemble gives what it can."""

import warnings

import numpy as np
import pandas as pd
import pytest
from core_problems import INF, RNG, N, X, Y
from scipy import sparse

from schema_core import (
    InfeasibleCorrelation,
    Modality,
    Moments,
    Schema,
    SchemaError,
    SchemaWarning,
    max_correlation,
    solve_ensemble,
)

FAILURES = {
    "reference": lambda model: model.fit(X * [1, 2, 3], Y, reference=RNG.normal(size=N)),
    "modality": lambda model: model.fit(X[:, :2], INF),
    "matrix": lambda model: model.fit(np.full((N, 7), np.nan), Y),
    "names": lambda model: model.fit(pd.DataFrame(X, columns=["u", "v", 3]), Y),
    "moments": lambda model: model.fit_moments(Moments.from_arrays(X[:, :2], np.ones(N))),
    "interrupt": lambda model: model.fit(X[:, :2], Modality(Y, distance=interrupted)),
}


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("by", FAILURES)
def test_a_fit_that_fails_changes_nothing(by):
    model = Schema(min_correlation=0.5).fit(pd.DataFrame(X, columns=list("abc")), Y)
    before, weights = dict(vars(model)), model.weights_.copy()
    model.set_params(min_correlation=0.99)
    with pytest.raises((SchemaError, KeyboardInterrupt)):
        FAILURES[by](model)
    model.set_params(min_correlation=0.5)
    assert vars(model) == before
    np.testing.assert_array_equal(model.weights_, weights)
    np.testing.assert_array_equal(model.ensemble([0.5])[0.5, 1000.0].weights, weights)


def test_what_is_handed_out_is_nobody_elses():
    frame = pd.DataFrame(X, columns=list("abc"))
    gamma = np.array([1.0])
    moments = Moments.from_arrays(X, Y)
    model = Schema(min_correlation=0.8).fit_moments(moments, gamma).fit(frame, Y)
    weights, ensemble = model.weights_.copy(), model.ensemble([0.9])[0.9, 1000.0].weights.copy()
    gamma[:] = np.nan
    for out in (model.gene_scores(), model.ensemble([0.9])[0.9, 1000.0].weights, model.transform(frame)):
        out[:] = np.nan
    model.get_feature_names_out()[:] = "gone"
    model.transform(sparse.csr_matrix(X)).data[:] = np.nan
    np.testing.assert_array_equal(model.weights_, weights)
    np.testing.assert_array_equal(model.ensemble([0.9])[0.9, 1000.0].weights, ensemble)
    assert model.get_feature_names_out().tolist() == list("abc")


# --- ensembles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["exact", "grid"])
def test_an_ensemble_gives_what_is_feasible_and_says_what_is_not(solver):
    reference = X[:, 0] + X[:, 1] + RNG.normal(size=N)
    covariances = Moments.from_arrays(X, Y, reference).covariances()
    limit = max_correlation(covariances)
    below, above = 0.5 * limit, (1 + limit) / 2
    ways = [lambda s, q: solve_ensemble(covariances, [1.0], s, q, solver=solver)]
    ways.append(Schema(min_correlation=below, solver=solver).fit(X, Y, reference).ensemble)
    for ensemble in ways:
        with pytest.warns(SchemaWarning, match=rf"no weights for .*\({above:g}, 1000\).*largest correlation"):
            found = ensemble([below, above], iter([1000.0]))
        assert list(found) == [(below, 1000.0)]
        assert list(found.failures) == [(above, 1000.0)]
        assert found.failures[above, 1000.0].maximum == pytest.approx(limit, rel=1e-6)
        with pytest.raises(InfeasibleCorrelation):
            ensemble([above], [1000.0])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert not ensemble([below], [1000.0]).failures
