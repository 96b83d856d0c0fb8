"""Schema's core: metric learning by reweighting features, exactly and on all pairs. No I/O beyond saved moments.

    from schema_core import Schema, Modality
    model = Schema(min_correlation=0.99).fit(X, [Modality(labels, kind="categorical")])
    Z = model.transform(X)

For AnnData and MuData see :mod:`schema_core.tl` and :mod:`schema_core.pl`. Read in this order: tables, given and
modality (what is given), encoding and moments (what is measured), problem (what is asked), exact, local and grid (how
it is answered), estimator (how it is used).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from schema_core.basis import gene_scores as gene_scores
    from schema_core.covariances import Covariances as Covariances
    from schema_core.errors import InfeasibleCorrelation as InfeasibleCorrelation
    from schema_core.errors import InvalidInput as InvalidInput
    from schema_core.errors import NoVariation as NoVariation
    from schema_core.errors import SchemaError as SchemaError
    from schema_core.errors import SchemaWarning as SchemaWarning
    from schema_core.errors import SolverFailure as SolverFailure
    from schema_core.estimator import Schema as Schema
    from schema_core.modality import Modality as Modality
    from schema_core.moments import Moments as Moments
    from schema_core.pairs import pairs_for_error as pairs_for_error
    from schema_core.pairs import sampled_covariances as sampled_covariances
    from schema_core.problem import Certificate as Certificate
    from schema_core.problem import Problem as Problem
    from schema_core.problem import Solution as Solution
    from schema_core.sketching import Sketch as Sketch
    from schema_core.solving import Ensemble as Ensemble
    from schema_core.solving import max_correlation as max_correlation
    from schema_core.solving import solve as solve
    from schema_core.solving import solve_ensemble as solve_ensemble

# Everything comes when it is asked for: numpy, pandas and scikit-learn take longer to import than most solves.
_HOMES = {
    "basis": ["gene_scores"],
    "covariances": ["Covariances"],
    "errors": ["InfeasibleCorrelation", "InvalidInput", "NoVariation", "SchemaError", "SchemaWarning", "SolverFailure"],
    "estimator": ["Schema"],
    "modality": ["Modality"],
    "moments": ["Moments"],
    "pairs": ["pairs_for_error", "sampled_covariances"],
    "problem": ["Certificate", "Problem", "Solution"],
    "sketching": ["Sketch"],
    "solving": ["Ensemble", "max_correlation", "solve", "solve_ensemble"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME, "pl", "tl"]


def __getattr__(name: str) -> Any:
    if name in ("pl", "tl"):
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
