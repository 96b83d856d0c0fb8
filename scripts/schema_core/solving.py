"""From covariances to weights: one solve, or an ensemble that shares them."""

import warnings
from collections.abc import Iterable
from numbers import Real

import numpy as np

from schema_core.covariances import Covariances
from schema_core.errors import InfeasibleCorrelation, InvalidInput, SchemaError, SchemaWarning, SolverFailure
from schema_core.exact import largest_correlation, solve_exact
from schema_core.grid import solve_grid
from schema_core.problem import Problem, Solution

SOLVERS = ("exact", "grid")


class Ensemble(dict[tuple[float, float], Solution]):
    """Solutions by (s, q), of those that have one.

    Attributes
    ----------
    failures : the SchemaError of each other (s, q)
    """

    def __init__(self):
        super().__init__()
        self.failures: dict[tuple[float, float], SchemaError] = {}


def solve(
    covariances: Covariances,
    gamma: np.ndarray,
    *,
    min_correlation: float = 0.99,
    max_weight_ratio: float = 1000.0,
    solver: str = "exact",
    ridge_always: bool = False,
    programs: int | None = None,
) -> Solution:
    """Weights (k,) with mean 1 for modality weights γ (J,), least correlation s and largest weight ratio q.

    ``ridge_always`` is an option of the grid alone, see :func:`schema_core.grid.solve_grid`; ``programs`` the most cone
    programs that a local search may take, see :mod:`schema_core.local`.

    Raises
    ------
    InfeasibleCorrelation : where no weights reach s; it knows the largest correlation that some reach
    NoVariation : where the features, a modality or the reference are constant
    SolverFailure : where the cone solver gives no answer, or no point of the grid meets s and q
    """
    check_parameters(min_correlation, max_weight_ratio, solver)
    problem = Problem.from_covariances(covariances, gamma, min_correlation, max_weight_ratio)
    if solver == "exact":
        return solve_exact(problem, programs)
    solution = solve_grid(problem, ridge_always=ridge_always)
    if solution is None:
        maximum = largest_correlation(problem).objective
        if maximum < min_correlation:
            raise InfeasibleCorrelation(min_correlation, maximum)
        raise SolverFailure(
            f"solver='grid' found no weights with min_correlation={min_correlation:g} and "
            f"max_weight_ratio={max_weight_ratio:g} among its grid points; use solver='exact'"
        )
    return solution


def solve_ensemble(
    covariances: Covariances,
    gamma: np.ndarray,
    min_correlations: Iterable[float],
    max_weight_ratios: Iterable[float] = (1000.0,),
    **options,
) -> Ensemble:
    """Solutions for every pair (s, q) from one set of covariances, as the paper advises for feature selection.

    Pairs that no weights meet are left out, with a :class:`SchemaWarning`, and stand in ``failures`` of what is
    returned; where none can be met, the first error is raised. options : of :func:`solve`
    """
    ratios = _listed(max_weight_ratios, "max_weight_ratios")
    pairs = [(s, q) for s in _listed(min_correlations, "min_correlations") for q in ratios]
    found = Ensemble()
    for s, q in pairs:
        check_parameters(s, q, options.get("solver", "exact"))
    for s, q in pairs:
        try:
            found[s, q] = solve(covariances, gamma, min_correlation=s, max_weight_ratio=q, **options)
        except (InfeasibleCorrelation, SolverFailure) as error:
            found.failures[s, q] = error
    if not found:
        raise next(iter(found.failures.values()))
    if found.failures:
        which = ", ".join(f"({s:g}, {q:g})" for s, q in found.failures)
        first = next(iter(found.failures.values()))
        warnings.warn(f"no weights for (min_correlation, max_weight_ratio) {which}: {first}", SchemaWarning, 2)
    return found


def _listed(values: Iterable[float], name: str) -> list[float]:
    listed = list(values) if isinstance(values, Iterable) and not isinstance(values, str) else []
    if not listed:
        raise InvalidInput(f"{name}={values!r} is no list of numbers, or an empty one; give one or more")
    return listed


def max_correlation(covariances: Covariances, *, max_weight_ratio: float = 1000.0) -> float:
    """The largest correlation with the reference that weights under the cap reach: the largest feasible s."""
    check_parameters(0.0, max_weight_ratio, "exact")
    gamma = np.zeros(len(covariances.modality_sd))
    return largest_correlation(Problem.from_covariances(covariances, gamma, 0.0, max_weight_ratio)).objective


def check_parameters(min_correlation: float, max_weight_ratio: float, solver: str) -> None:
    """Raise :class:`InvalidInput` for values outside their range."""
    if not (isinstance(min_correlation, Real) and 0 <= min_correlation < 1):
        raise InvalidInput(f"min_correlation={min_correlation!r} must lie in [0, 1)")
    if not (isinstance(max_weight_ratio, Real) and max_weight_ratio >= 1):
        raise InvalidInput(f"max_weight_ratio={max_weight_ratio!r} must be at least 1 (equal weights)")
    if solver not in SOLVERS:
        raise InvalidInput(f"solver={solver!r} is unknown; use one of {', '.join(SOLVERS)}")
