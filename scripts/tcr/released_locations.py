"""Weights of the CDR3 locations of one chain by the released package, scored on all pairs."""

from pathlib import Path

import numpy as np
import pandas as pd

from running import step, whole_file
from schema_core import Covariances, Problem
from tcr.locations import load_subsets
from tcr.released import released_weights
from tcr.sequences import residues_by_location


def released_table(chains: pd.DataFrame, covariances: Covariances, settings: dict) -> pd.DataFrame:
    """The rows of tcr.locations.weights_of, for all cells and two modalities."""
    locations, rows = residues_by_location(chains["cdr3"], settings["width"]), []
    for orientation in settings["orientations"]:
        agreement = orientation == "agreement"
        oriented = covariances.as_agreement() if agreement else covariances
        for s in settings["min_correlations"]:
            for q in settings["max_weight_ratios"]:
                options = {"s": s, "q": q, "pairs": settings["pairs"], "labels": True, "sign": 1 if agreement else -1}
                weights = released_weights(locations, chains["ligand"].astype(str), **options)
                run = {"subset": "all", "orientation": orientation, "modalities": "binding", "first_location": True}
                run |= {"min_correlation": s, "max_weight_ratio": q, "certificate": "none", "gap": np.nan}
                run["objective"] = Problem.from_covariances(oriented, [1.0, 0.0], s, q).objective(weights)
                rows += [run | {"location": i + 1, "weight": weight} for i, weight in enumerate(weights)]
    return pd.DataFrame(rows).assign(method="schema_learn")


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        chains = pd.read_parquet(inputs.chains).query("chain == @params.chain")
        covariances = load_subsets(Path(inputs.moments))["all"].covariances()
        table = released_table(chains, covariances, params.settings)
        with whole_file(snakemake.output[0]) as part:
            table.assign(chain=params.chain).to_csv(part, sep="\t", index=False, float_format="%.8g")
