"""How much the weights differ between subsets of the data: donors, and groups of ligands.

For each feature the standard deviation over subsets of the ensemble's mapped weight; then the mean over features
(paper: Methods, "standard deviations of Schema-computed weights across the subsets of data"). The paper does not say of
which weights; both those of locations and those of amino acids are looked at. With two modalities (sequence, binding)
and with three (and surface markers, of negative weight): the paper found the latter slightly more stable.
"""

import logging
from collections.abc import Iterator

import numpy as np
import pandas as pd

from running import read_table, step, write_table
from schema_core import Moments, NoVariation, solve_ensemble
from tcr.location_moments import gammas, ligand_groups, marker_modalities
from tcr.profiles import mapped
from tcr.read_donor import MARKERS
from tcr.residues import binding, window_chains, window_features, windows_of

RUN = ["method", "orientation", "modalities", "split"]
COLUMNS = ["features", *RUN, "sd", "subsets"]

logger = logging.getLogger(__name__)


def spread(weights: pd.DataFrame) -> pd.DataFrame:
    """One row per run (RUN): mean over features of the population sd over subsets, and the number of subsets.

    weights : method, orientation, modalities, subset, feature, weight. The split of a subset is its name without the
    last number: donor_1 -> donor, ligands_random2_7 -> ligands_random2.
    """
    weights = weights.assign(split=weights["subset"].str.replace(r"_\d+$", "", regex=True))
    by_feature = weights.groupby([*RUN, "feature"])["weight"].agg(sd=lambda w: w.std(ddof=0), subsets="size")
    return by_feature.groupby(RUN).agg({"sd": "mean", "subsets": "max"}).reset_index()


def location_spread(profiles: pd.DataFrame) -> pd.DataFrame:
    """Spread of locations, both chains together, without the first one, whose weight is arbitrary."""
    chosen = profiles[profiles["subset"].str.match("donor_|ligands_") & (profiles["location"] > 1)]
    return spread(chosen.assign(feature=chosen["chain"] + " " + chosen["location"].astype(str)))


def subsets_of(chains: pd.DataFrame, n_groups: int, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The chains of each donor, and of each group of one random split of the ligands."""
    for donor, rows in chains.groupby("donor"):
        yield f"donor_{donor}", rows
    ligands = chains["ligand"].astype(str).to_numpy()
    for i, rows in enumerate(ligand_groups(ligands, n_groups, np.random.default_rng(seed))):
        yield f"ligands_random1_{i}", chains.iloc[rows]


def subset_profiles(
    chains: pd.DataFrame, markers: np.ndarray, weights: dict[str, list[float]], settings: dict
) -> pd.DataFrame:
    """Median over windows and sub-runs of the mapped weights, 20 rows, one column per set of modalities.

    A residue that a window lacks has no weight there. A window that says nothing (all its chains bind the same ligand,
    or have the same residues) is left out.
    """
    maps = {name: [] for name in weights}
    for window in windows_of("counts", settings):
        part = window_chains(chains, window, "counts", settings)
        if len(part) < 2:
            continue
        modalities = [*binding(part["ligand"].astype(str).to_numpy()), *marker_modalities(markers[part["cell"]])]
        covariances = Moments.from_arrays(window_features(part, window, "counts"), modalities).covariances()
        for name, gamma in weights.items():
            try:
                ensemble = solve_ensemble(
                    covariances, gamma, settings["min_correlations"], settings["max_weight_ratios"]
                )
            except NoVariation as nothing:
                logger.info("%s left out: %s", window, nothing)
                continue
            for solution in ensemble.values():
                of_residues = np.full(len(solution.weights), np.nan)
                of_residues[covariances.varies] = mapped(solution.weights[covariances.varies])
                maps[name].append(of_residues)
    return pd.DataFrame({name: pd.DataFrame(rows).median() for name, rows in maps.items()})


def residue_spread(
    chains: pd.DataFrame, markers: np.ndarray, settings: dict, *, n_groups: int, seed: int, marker_weight: float
) -> pd.DataFrame:
    """Spread of amino acids' weights, by the exact solver."""
    parts = []
    for subset, part in subsets_of(chains, n_groups, seed):
        logger.info("subset %s, %d chains", subset, len(part))
        weights = subset_profiles(part, markers, gammas(marker_weight), settings).rename_axis("feature").reset_index()
        long = weights.melt(id_vars="feature", var_name="modalities", value_name="weight")
        parts.append(long.assign(method="exact", orientation="none", subset=subset))
    return spread(pd.concat(parts).dropna())


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        if params.features == "locations":
            table = location_spread(read_table(inputs.profiles))
        else:
            cells = pd.read_parquet(inputs.cells, columns=list(MARKERS)).to_numpy()
            options = {name: params[name] for name in ("n_groups", "seed", "marker_weight")}
            table = residue_spread(pd.read_parquet(inputs.chains), cells, params.settings, **options)
        write_table(table.assign(features=params.features)[COLUMNS], snakemake.output[0])
