"""Weights of the CDR3 locations of one chain, by one solver, for every subset, orientation and set of modalities.

Orientation "agreement" is the released code's (1 where two residues are equal), "hamming" the text's (1 where they
differ). See config/README.md for what each means.
"""

import logging
from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pandas as pd

from running import step, write_table
from schema_core import Covariances, Moments, solve

ORIENTATIONS = ("agreement", "hamming")

logger = logging.getLogger(__name__)


def load_subsets(folder: Path) -> dict[str, Moments]:
    """Moments by the name of their subset, and "all": the sum over donors."""
    subsets = {path.stem: Moments.load(path) for path in sorted(folder.glob("*.npz"))}
    donors = [moments for name, moments in subsets.items() if name.startswith("donor_")]
    return {"all": reduce(add, donors)} | subsets


def weight_rows(covariances: Covariances, gamma: list[float], settings: dict, kept: np.ndarray) -> Iterator[dict]:
    """One row per location and sub-run: the weight (mean 1 over ``kept`` locations), objective and certificate."""
    for s in settings["min_correlations"]:
        for q in settings["max_weight_ratios"]:
            options = {"solver": settings["solver"], "ridge_always": settings["solver"] == "grid"}
            solution = solve(covariances, gamma, min_correlation=s, max_weight_ratio=q, **options)
            for location, weight in zip(np.flatnonzero(kept) + 1, solution.weights, strict=True):
                yield {
                    "min_correlation": s,
                    "max_weight_ratio": q,
                    "location": location,
                    "weight": weight,
                    "objective": solution.objective,
                    "certificate": solution.certificate.kind,
                    "gap": solution.certificate.gap,
                }


def runs_of(
    subset: str, solver: str, width: int, marker_weight: float
) -> Iterator[tuple[dict, list[float], np.ndarray]]:
    """What is solved for a subset: labels of the run, modality weights γ, and the locations that take part.

    Everything for all cells; both sets of modalities for the subsets of the stability analysis (the grid, which is
    slow, as released: agreement only, on donors and one split); the plain run for shuffled labels.
    """
    everywhere, without_first = np.ones(width, bool), np.arange(width) > 0
    is_split = subset.startswith(("donor_", "ligands_"))
    for orientation in ORIENTATIONS:
        if not _is_wanted(subset, solver, orientation):
            continue
        for modalities, gamma in (("binding", [1.0, 0.0]), ("binding+markers", [1.0, marker_weight])):
            if modalities == "binding" or is_split or subset == "all":
                for kept in (everywhere, without_first) if subset == "all" else (everywhere,):
                    labels = {"orientation": orientation, "modalities": modalities, "first_location": bool(kept[0])}
                    yield {"subset": subset, **labels}, gamma, kept


def _is_wanted(subset: str, solver: str, orientation: str) -> bool:
    """Donors are solved as released (grid, agreement), all subsets by the certified optimum (exact, hamming)."""
    if subset == "all" or (subset.startswith("shuffle_") and solver == "exact"):
        return True
    if solver == "grid":
        return orientation == "agreement" and subset.startswith("donor_")
    return orientation == "hamming"


def weights_of(subsets: dict[str, Moments], settings: dict) -> pd.DataFrame:
    """The tidy table of weights over all subsets and runs."""
    rows = []
    for done, (name, moments) in enumerate(subsets.items()):
        logger.info("subset %s (%d of %d), %d chains", name, done + 1, len(subsets), moments.n_observations)
        covariances = moments.covariances()
        for labels, gamma, kept in runs_of(
            name, settings["solver"], moments.layout.n_features, settings["marker_weight"]
        ):
            part = covariances if kept.all() else covariances.only(kept)
            oriented = part.as_agreement() if labels["orientation"] == "agreement" else part
            rows += [labels | row for row in weight_rows(oriented, gamma, settings, kept)]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        names = ("solver", "min_correlations", "max_weight_ratios", "marker_weight")
        settings = {name: snakemake.params[name] for name in names}
        subsets = load_subsets(Path(snakemake.input.moments))
        table = weights_of(subsets, settings).assign(chain=snakemake.params.chain, method=settings["solver"])
        write_table(table, snakemake.output[0])
