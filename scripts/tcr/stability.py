"""How much the weights differ between subsets of the data: donors, and groups of ligands.

For each feature the standard deviation over subsets of the ensemble's mapped weight; then the mean over features
(paper: Methods, "standard deviations of Schema-computed weights across the subsets of data").
"""

import numpy as np
import pandas as pd

from running import read_table, step, write_table


def ligand_groups(ligands: np.ndarray, n_groups: int, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Rows of ``n_groups`` groups of ligands: at random, or (rng None) in the order of their names.

    Where fewer than two ligands would fall to a group there are fewer groups, since one ligand has no distance.
    """
    names = np.unique(ligands)
    order = names if rng is None else rng.permutation(names)
    parts = np.array_split(order, max(1, min(n_groups, len(names) // 2)))
    return [np.flatnonzero(np.isin(ligands, part)) for part in parts]


RUN = ["method", "orientation", "modalities", "split"]
SD_COLUMNS = ["features", *RUN, "sd", "subsets"]


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


if __name__ == "__main__":
    with step(snakemake):
        table = location_spread(read_table(snakemake.input.profiles)).assign(features="locations")
        write_table(table[SD_COLUMNS], snakemake.output[0])
