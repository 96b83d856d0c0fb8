"""Schema: components of the spliced counts weighted so that distances agree with those of the unspliced counts."""

from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData

from dentate_gyrus.methods.table import Placed, along_the_change
from schema_core import Modality, Moments, solve_ensemble


def represent(cells: AnnData, settings: Mapping, rng: np.random.Generator) -> Iterator[Placed]:
    """For each s the components times the roots of their weights; the unspliced components are one vector modality."""
    yield from weighted(cells.obsm["spliced"], cells.obsm["unspliced"], settings)


def weighted(primary: np.ndarray, secondary: np.ndarray, settings: Mapping, repeat: int = 0) -> Iterator[Placed]:
    """Schema in the mode "scale" of ``primary`` (n, k) towards ``secondary`` (n, q), by falling s."""
    covariances = Moments.from_arrays(primary, [Modality(secondary, kind="vector")]).covariances()
    _, before = covariances.correlations(np.ones(primary.shape[1]))
    asked = sorted(settings["min_correlations"], reverse=True)
    solutions = solve_ensemble(covariances, [1.0], asked, [settings["max_weight_ratio"]], solver="exact")
    for (s, _), solution in solutions.items():
        reference, after = covariances.correlations(solution.weights)
        points = primary * np.sqrt(solution.weights)
        found = {"before": before[0], "after": after[0], "reference": reference}
        yield Placed(points, along_the_change(primary, points), s, repeat, solution.weights, found)
