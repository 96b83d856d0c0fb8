"""Our solvers: the certified optimum, or the paper's grid of quadratic programs."""

from schema_core import Solution, solve
from tcr.weighing import Task


def weigh(task: Task, **options) -> Solution:
    """The solution of ``schema_core.solve`` with its ``options``."""
    return solve(task.covariances, task.gamma, **options)
