"""How much the weights of amino acids differ between donors, and between groups of ligands, by the exact solver.

With two modalities (sequence, binding) and with three (and the surface markers, of negative weight): the paper found
the latter slightly more stable (Methods).
"""

import logging
from collections.abc import Iterator

import numpy as np
import pandas as pd

from running import step, write_table
from schema_core import NoVariation, solve_ensemble
from tcr.columns import MARKERS
from tcr.profiles import mapped
from tcr.residue_windows import window_chains, window_covariances, window_features, windows_of
from tcr.stability import SD_COLUMNS, ligand_groups, spread

logger = logging.getLogger(__name__)


def subsets_of(chains: pd.DataFrame, n_groups: int, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The chains of each donor, and of each group of one random split of the ligands."""
    for donor, rows in chains.groupby("donor"):
        yield f"donor_{donor}", rows
    ligands = chains["ligand"].astype(str).to_numpy()
    for i, rows in enumerate(ligand_groups(ligands, n_groups, np.random.default_rng(seed))):
        yield f"ligands_random1_{i}", chains.iloc[rows]


def profiles(chains: pd.DataFrame, markers: np.ndarray, gammas: dict[str, list[float]], settings: dict) -> pd.DataFrame:
    """Median over windows and sub-runs of the mapped weights, 20 rows, one column per set of modality weights γ.

    A residue that a window lacks has no weight there. A window that says nothing (all its chains bind the same ligand,
    or have the same residues) is left out.
    """
    maps = {name: [] for name in gammas}
    for window in windows_of("counts", settings):
        part = window_chains(chains, window, "counts", settings)
        if len(part) < 2:
            continue
        covariances = window_covariances(window_features(part, window, "counts"), part, markers[part["cell"]])
        for name, gamma in gammas.items():
            try:
                ensemble = solve_ensemble(
                    covariances, gamma, settings["min_correlations"], settings["max_weight_ratios"]
                )
            except NoVariation as nothing:
                logger.info("%s left out: %s", window, nothing)
                continue
            for solution in ensemble.values():
                here = np.full(len(solution.weights), np.nan)
                here[covariances.varies] = mapped(solution.weights[covariances.varies])
                maps[name].append(here)
    return pd.DataFrame({name: pd.DataFrame(rows).median() for name, rows in maps.items()})


def residue_stability(
    chains: pd.DataFrame, markers: np.ndarray, settings: dict, *, n_groups: int, seed: int, marker_weight: float
) -> pd.DataFrame:
    """The rows of tcr.stability for amino acids: mean over residues of the sd over subsets."""
    gammas, parts = {"binding": [1.0, 0.0], "binding+markers": [1.0, marker_weight]}, []
    for subset, part in subsets_of(chains, n_groups, seed):
        logger.info("subset %s, %d chains", subset, len(part))
        weights = profiles(part, markers, gammas, settings).rename_axis("feature").reset_index()
        long = weights.melt(id_vars="feature", var_name="modalities", value_name="weight")
        parts.append(long.assign(method="exact", orientation="none", subset=subset))
    return spread(pd.concat(parts).dropna())


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        cells = pd.read_parquet(inputs.cells, columns=list(MARKERS)).to_numpy()
        options = {name: params[name] for name in ("n_groups", "seed", "marker_weight")}
        table = residue_stability(pd.read_parquet(inputs.chains), cells, params.settings, **options)
        write_table(table.assign(features="amino acids")[SD_COLUMNS], snakemake.output[0])
