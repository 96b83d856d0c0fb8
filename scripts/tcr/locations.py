"""Weights of the CDR3 locations of one chain, by one method, for every subset, orientation and set of modalities.

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
from schema_core import Covariances, Moments
from tcr.chains import residues_by_location
from tcr.location_moments import MODALITIES, gammas
from tcr.methods.table import METHODS
from tcr.weighing import Task, resampled, weighed

logger = logging.getLogger(__name__)


def load_subsets(folder: Path) -> tuple[dict[str, Moments], list[Moments]]:
    """Moments by the name of their subset, "all" (the sum over donors) first; and those of the blocks of clones."""
    names = sorted(path.stem for path in folder.glob("*.npz"))
    loaded = {name: Moments.load(folder / f"{name}.npz") for name in names}
    blocks = [loaded.pop(name) for name in names if name.startswith("block_")]
    donors = [moments for name, moments in loaded.items() if name.startswith("donor_")]
    return {"all": reduce(add, donors)} | loaded, blocks


def runs_of(subset: str, method: str, width: int) -> Iterator[tuple[dict, np.ndarray]]:
    """What is solved for a subset: labels of the run, and the locations (width,) that take part.

    Everything for all cells, with and without the first location, but for a method that reads chains, which is given
    binding alone; binding alone for bootstraps and controls; all modalities for the subsets of the stability analysis.
    """
    everywhere, without_first = np.ones(width, bool), np.arange(width) > 0
    for orientation in ("agreement", "hamming"):
        for modalities in MODALITIES:
            if not _is_wanted(subset, METHODS[method].group, orientation, modalities):
                continue
            from_moments = METHODS[method].reads == "moments"
            if modalities != "binding" and not from_moments:
                continue
            for kept in (everywhere, without_first) if subset == "all" and from_moments else (everywhere,):
                labels = {"orientation": orientation, "modalities": modalities, "first_location": bool(kept[0])}
                yield {"subset": subset, **labels}, kept


def _is_wanted(subset: str, group: str, orientation: str, modalities: str) -> bool:
    """Which method solves a subset, since not each is fast enough for all of them."""
    kind = subset.partition("_")[0]
    if kind == "all":
        return True
    if kind == "bootstrap":  # where agreement has no optimum above 0, its proof takes a second
        return modalities == "binding" and (group == "paper" or (group == "optimum" and orientation == "hamming"))
    if kind in ("shuffle", "uniform"):
        return modalities == "binding" and group == "optimum"
    if group == "paper" and orientation == "agreement":  # as released
        return kind == "donor" and modalities != "binding+proteins"
    if group == "paper":
        return kind == "donor" or subset.startswith("ligands_random")
    return group == "optimum" and orientation == "hamming"


def solved(
    subset: str,
    covariances: Covariances,
    method: str,
    limits: dict,
    weights: dict[str, list[float]],
    **data: np.ndarray,
) -> Iterator[dict]:
    """A row for each run, sub-run and location of a subset: the weight has mean 1 over the locations that take part.

    weights : γ by modalities; data : ``features`` and ``ligands`` for a method that reads chains
    """
    for labels, kept in runs_of(subset, method, len(covariances.feature_sd)):
        orientation = labels["orientation"]
        if orientation not in limits["orientations"]:
            continue
        part = covariances if kept.all() else covariances.only(kept)
        oriented = part.as_agreement() if orientation == "agreement" else part
        gamma = weights[labels["modalities"]][: len(covariances.modality_sd)]
        task = Task(oriented, gamma, orientation, labels=True, **data)
        for run, found in weighed(task, method, limits):
            for location, weight in zip(np.flatnonzero(kept) + 1, found, strict=True):
                yield labels | run | {"location": location, "weight": weight}


def weights_of(
    subsets: dict[str, Moments], blocks: list[Moments], method: str, limits: dict, settings: dict, **data: np.ndarray
) -> pd.DataFrame:
    """The tidy table of weights over all subsets and runs. settings : marker_weight, resamples, seed."""
    weights, rows = gammas(settings["marker_weight"]), []
    for name, moments in subsets.items():
        rows += solved(name, moments.covariances(), method, limits, weights, **data)
        logger.info("subset %s, %d chains", name, moments.n_observations)
    if METHODS[method].group in ("paper", "optimum"):
        for name, covariances in resampled(blocks, settings["resamples"], settings["seed"]):
            rows += solved(name, covariances, method, limits, weights)
    return pd.DataFrame(rows).assign(method=method)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params, data = snakemake.input, snakemake.params, {}
        if METHODS[params.method].reads == "chains":
            chains = pd.read_parquet(inputs.chains).query("chain == @params.chain")
            locations = residues_by_location(chains["cdr3"], params.width)
            data = {"features": locations, "ligands": chains["ligand"].astype(str).to_numpy()}
        settings = {name: params[name] for name in ("marker_weight", "resamples", "seed")}
        table = weights_of(*load_subsets(Path(inputs.moments)), params.method, params.limits, settings, **data)
        write_table(table.assign(chain=params.chain), snakemake.output[0])
