"""The representations that are compared: what each method makes of the cells; as a script, those of one method."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad

from fly_brain.methods.table import METHODS
from running import InputError, step, write_parquet


class Representation(NamedTuple):
    """What a method makes of the cells.

    ``method``: a name of METHODS; ``ages``: "age", or "shuffle_<i>" for a control; ``min_correlation``: s, NaN for the
    methods that have none; ``points`` (n, d).
    """

    method: str
    ages: str
    min_correlation: float
    points: np.ndarray

    @property
    def labels(self) -> dict:
        """All but the points, for a table."""
        return {"method": self.method, "ages": self.ages, "min_correlation": self.min_correlation}


def represented(factors: AnnData, method: str) -> np.ndarray:
    """The places (n, d) of a method that reads factors; InputError where one is not finite."""
    points = np.asarray(import_module(f"fly_brain.methods.{METHODS[method].module}").represent(factors), dtype=float)
    if points.ndim != 2 or len(points) != factors.n_obs or not np.isfinite(points).all():
        problem = f"gave places of shape {points.shape} for {factors.n_obs} cells, or some that are not finite"
        raise InputError(f"the method {method!r}", problem, "leave it out of fly_brain.methods")
    return points


def read_places(files: Sequence[Path | str]) -> dict[str, np.ndarray]:
    """The places that this module's script wrote, (n, d) by method: each in a file of the method's name."""
    return {Path(file).stem: pd.read_parquet(file).to_numpy() for file in files}


def representations(
    factors: AnnData, weights: pd.DataFrame, places: Mapping[str, np.ndarray], *, controls: bool
) -> Iterator[Representation]:
    """Every method in the order of METHODS, Schema by falling s; then, if ``controls``, Schema with shuffled ages.

    factors : (n, k) features of unit variance; weights : the table of :mod:`fly_brain.weights`; places : of the other
    methods
    """
    for method, about in METHODS.items():
        if about.reads == "weights":
            yield from _weighted(method, factors, weights[weights["ages"] == "age"])
        elif method in places:
            yield Representation(method, "age", np.nan, places[method])
    if controls:
        for method, about in METHODS.items():
            if about.reads == "weights":
                yield from _weighted(method, factors, weights[weights["ages"] != "age"])


def _weighted(method: str, factors: AnnData, weights: pd.DataFrame) -> Iterator[Representation]:
    module = import_module(f"fly_brain.methods.{METHODS[method].module}")
    for ages, s, points in module.represent(factors, weights):
        yield Representation(method, ages, s, points)


if __name__ == "__main__":
    with step(snakemake):
        points = represented(read_h5ad(snakemake.input.factors), snakemake.params.method)
        table = pd.DataFrame(points, columns=[f"x{i}" for i in range(points.shape[1])])
        write_parquet(table, snakemake.output[0], index=False)
