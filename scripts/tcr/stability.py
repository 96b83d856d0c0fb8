"""How much the weights differ between subsets of the data: donors, and groups of ligands.

For each feature the standard deviation over subsets of the ensemble's mapped weight; then the mean over features
(paper: Methods, "standard deviations of Schema-computed weights across the subsets of data").
"""

import pandas as pd

from running import step, whole_file

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
        profiles = pd.read_csv(snakemake.input.profiles, sep="\t")
        with whole_file(snakemake.output[0]) as part:
            table = location_spread(profiles).assign(features="locations")
            table[SD_COLUMNS].to_csv(part, sep="\t", index=False, float_format="%.8g")
