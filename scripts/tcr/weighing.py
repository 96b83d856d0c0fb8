"""What a method of ``tcr.methods`` is asked: weights of CDR3 features whose distances follow the ligands bound."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from importlib import import_module
from operator import add

import numpy as np
import pandas as pd

from schema_core import Covariances, Moments, Problem, Solution
from tcr.methods.table import METHODS


@dataclass(frozen=True)
class Task:
    """One problem over n chains and k features.

    Attributes
    ----------
    covariances : over all pairs, of the features' distances (of their agreement, where ``orientation`` says so) with
        those of binding and, where there are more modalities, of markers
    gamma : the weight of each of these modalities
    orientation : "agreement" or "hamming" for locations, "none" for residues
    labels : the features are labels, not numbers
    features, ligands : (n, k) and (n,) of str; None for a method that reads moments alone
    """

    covariances: Covariances
    gamma: list[float]
    orientation: str = "none"
    labels: bool = False
    features: np.ndarray | None = None
    ligands: np.ndarray | None = None


def weighed(task: Task, method: str, limits: dict) -> Iterator[tuple[dict, np.ndarray]]:
    """A row's labels, and weights (k,) of mean 1, for each s and q. ``limits`` : of ``tcr.methods.table.limits_of``.

    Labels: min_correlation, max_weight_ratio; objective, on all pairs; certificate and gap ("none" and NaN where the
    method proves nothing).
    """
    weigh = import_module(f"tcr.methods.{METHODS[method].module}").weigh
    for s in limits["min_correlations"]:
        for q in limits["max_weight_ratios"]:
            found = weigh(task, min_correlation=s, max_weight_ratio=q, **limits["arguments"])
            run = {"min_correlation": s, "max_weight_ratio": q}
            if isinstance(found, Solution):
                proof = {"certificate": found.certificate.kind, "gap": found.certificate.gap}
                yield run | {"objective": found.objective} | proof, found.weights
            else:
                objective = Problem.from_covariances(task.covariances, task.gamma, s, q).objective(found)
                yield run | {"objective": objective, "certificate": "none", "gap": np.nan}, found


def clone_blocks(cdr3: pd.Series, blocks: int, seed: int) -> np.ndarray:
    """A block 0..blocks-1 for each chain (n,), at random, equal sequences together.

    Cells of a clone bind alike and are no independent observations, so that bootstraps draw clones.
    """
    sequences, clone = np.unique(cdr3.to_numpy(dtype=str), return_inverse=True)
    return np.random.default_rng(seed).permutation(np.arange(len(sequences)) % blocks)[clone]


def resampled(blocks: list[Moments], resamples: int, seed: int) -> Iterator[tuple[str, Covariances]]:
    """Names "bootstrap_0", ..., and the covariances of as many blocks, drawn with replacement and added up."""
    rng, total = np.random.default_rng(seed), reduce(add, blocks)
    nothing = replace(total, dense=0 * total.dense, across=0 * total.across, together=0 * total.together)
    alike = [block + nothing for block in blocks]  # with the same levels, so that they add up fast
    for i in range(resamples):
        drawn = rng.integers(len(alike), size=len(alike))
        yield f"bootstrap_{i}", reduce(add, (alike[block] for block in drawn)).covariances()
