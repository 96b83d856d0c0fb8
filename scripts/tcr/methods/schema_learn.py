"""The authors' released package, which samples pairs of chains; its weights are then scored on all pairs."""

import numpy as np
import pandas as pd

from baselines.schema_learn import run_schema_learn
from tcr.weighing import Task


def weigh(task: Task, *, min_correlation: float, max_weight_ratio: float, pairs: int) -> np.ndarray:
    """Weights (k,). Labels are compared by agreement: for distances, binding gets the opposite sign (see baselines)."""
    binding = pd.get_dummies(task.ligands, dtype=float).to_numpy()
    sign = -1 if task.labels and task.orientation == "hamming" else 1
    limits = {"min_correlation": min_correlation, "max_weight_ratio": max_weight_ratio, "pairs": pairs}
    options = limits | {"labels": task.labels, "require_nonzero_lambda": 1}
    return run_schema_learn(task.features, [binding], ["feature_vector"], [sign], **options).feature_weights()
