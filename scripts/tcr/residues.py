"""Weights of the 20 amino acids in windows of CDR3, by one method: in all cells, for bootstraps and as a control.

Encoding "counts", as released: how often each residue stands in a window, standardised, over sequences of at least 13
residues that begin CA (alpha) or CASS (beta); windows of one residue and whole segments. Encoding "boolean", as in the
text: a 20-d Boolean vector per location of the segments.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.labels import shuffled_within
from running import step, write_table
from schema_core import Covariances, Modality, Moments, NoVariation
from tcr.chains import AMINO_ACIDS, residue_counts, residues_by_location
from tcr.methods.table import METHODS
from tcr.profiles import residue_profiles
from tcr.weighing import Task, clone_blocks, resampled, weighed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """Locations first..last (1-based, inclusive) of one chain."""

    chain: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.chain} {self.first}" + (f"-{self.last}" if self.last > self.first else "")


def windows_of(encoding: str, settings: dict) -> list[Window]:
    """Windows of the encoding "counts" (as released) or "boolean" (as in the text)."""
    if encoding == "boolean":
        return [
            Window(chain, location, location)
            for chain, (first, last) in settings["segments"].items()
            for location in range(first, last + 1)
        ]
    return [Window(chain, first, last) for chain, spans in settings["windows"].items() for first, last in spans]


def window_chains(chains: pd.DataFrame, window: Window, encoding: str, settings: dict) -> pd.DataFrame:
    """The rows of ``chains`` (chain, cdr3, ...) that take part in a window."""
    rows = chains[chains["chain"] == window.chain]
    if encoding == "counts":
        long_enough = rows["cdr3"].str.len() >= settings["min_length"]
        rows = rows[long_enough & rows["cdr3"].str.startswith(settings["prefix"][window.chain])]
    return rows


def window_features(rows: pd.DataFrame, window: Window, encoding: str) -> np.ndarray:
    """Features (n, 20) of one window: Boolean, or standardised counts."""
    counts = residue_counts(residues_by_location(rows["cdr3"], window.last), window.first, window.last)
    if encoding == "boolean":
        return counts
    sd = counts.std(axis=0)
    return (counts - counts.mean(axis=0)) / np.where(sd > 0, sd, 1.0)


def binding(ligands: np.ndarray) -> list[Modality]:
    """The ligand bound, as the only modality."""
    return [Modality(ligands, "categorical")]


def subsets_of(
    features: np.ndarray, rows: pd.DataFrame, method: str, settings: dict
) -> Iterator[tuple[str, Covariances]]:
    """ "all", bootstraps of blocks of clones, and for the optimum shuffles of ligands within donors; their covariances.

    settings : resamples, blocks, shuffles, seed
    """
    ligands, seed = rows["ligand"].astype(str).to_numpy(), settings["seed"]
    yield "all", Moments.from_arrays(features, binding(ligands)).covariances()
    group, rng = METHODS[method].group, np.random.default_rng(seed)
    for i in range(settings["shuffles"] if group == "optimum" else 0):
        shuffled = shuffled_within(ligands, rows["donor"].to_numpy(), rng)
        yield f"shuffle_{i}", Moments.from_arrays(features, binding(shuffled)).covariances()
    if group in ("optimum", "paper"):
        of = clone_blocks(rows["cdr3"], settings["blocks"], seed)
        blocks = [Moments.from_arrays(features[of == i], binding(ligands[of == i])) for i in np.unique(of)]
        yield from resampled(blocks, settings["resamples"], seed)


def residue_weights(
    chains: pd.DataFrame, encoding: str, method: str, settings: dict, limits: dict, sampling: dict
) -> pd.DataFrame:
    """One row per window, subset, sub-run and residue. A residue that no chain has in a window has no weight there.

    chains : chain, donor, ligand, cdr3; settings : the config's tcr.residues; limits : of the method;
    sampling : as for ``subsets_of``
    """
    rows = []
    for window in windows_of(encoding, settings):
        part = window_chains(chains, window, encoding, settings)
        logger.info("window %s, %d chains", window, len(part))
        features = window_features(part, window, encoding)
        data = {"features": features, "ligands": part["ligand"].astype(str).to_numpy()}
        for subset, covariances in subsets_of(features, part, method, sampling):
            try:
                found = list(weighed(Task(covariances, [1.0], **data), method, limits))
            except NoVariation as nothing:
                if subset == "all":
                    raise
                logger.info("%s, %s left out: %s", window, subset, nothing)
                continue
            for run, weights in found:
                run |= {"subset": subset, "window": str(window)}
                present = zip(AMINO_ACIDS, weights, covariances.varies, strict=True)
                rows += [run | {"residue": residue, "weight": weight} for residue, weight, varies in present if varies]
    return pd.DataFrame(rows).assign(method=method, encoding=encoding)


if __name__ == "__main__":
    with step(snakemake):
        params, chains = snakemake.params, pd.read_parquet(snakemake.input.chains)
        sampling = {name: params[name] for name in ("resamples", "blocks", "shuffles", "seed")}
        table = residue_weights(chains, params.encoding, params.method, params.settings, params.limits, sampling)
        write_table(table[table["subset"] == "all"], snakemake.output.weights)
        write_table(residue_profiles(table), snakemake.output.profiles)
