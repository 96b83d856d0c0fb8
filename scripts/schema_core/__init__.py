"""Schema's core: metric learning by reweighting features, exactly and on all pairs. No I/O beyond saved moments.

    from schema_core import Schema, Modality
    model = Schema(min_correlation=0.99).fit(X, [Modality(labels, kind="categorical")])
    Z = model.transform(X)

Read in this order: tables, given and modality (what is given), encoding and moments (what is measured), problem (what
is asked), exact, local and grid (how it is answered), estimator (how it is used).
"""

from importlib import import_module
from typing import Any

from schema_core.covariances import Covariances
from schema_core.errors import (
    InfeasibleCorrelation,
    InvalidInput,
    NoVariation,
    SchemaError,
    SchemaWarning,
    SolverFailure,
)
from schema_core.modality import Modality
from schema_core.moments import Moments
from schema_core.pairs import pairs_for_error, sampled_covariances
from schema_core.problem import Certificate, Problem, Solution
from schema_core.solve import Ensemble, max_correlation, solve, solve_ensemble

__all__ = [
    "Certificate",
    "Covariances",
    "Ensemble",
    "InfeasibleCorrelation",
    "InvalidInput",
    "Modality",
    "Moments",
    "NoVariation",
    "Problem",
    "Schema",
    "SchemaError",
    "SchemaWarning",
    "Solution",
    "SolverFailure",
    "gene_scores",
    "max_correlation",
    "pairs_for_error",
    "sampled_covariances",
    "solve",
    "solve_ensemble",
]

# These two need scikit-learn, which takes longer to import than most solves take; they come when they are asked for.
_ON_DEMAND = {"Schema": "schema_core.estimator", "gene_scores": "schema_core.basis"}


def __getattr__(name: str) -> Any:
    if name in _ON_DEMAND:
        return getattr(import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
