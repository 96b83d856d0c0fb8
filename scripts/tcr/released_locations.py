"""Weights of the CDR3 locations of one chain by the released package, scored on all pairs."""

from pathlib import Path

import numpy as np
import pandas as pd

from baselines.schema_learn import run_schema_learn
from running import step, write_table
from schema_core import Covariances, Problem
from tcr.chains import residues_by_location
from tcr.locations import load_subsets


def released_table(chains: pd.DataFrame, covariances: Covariances, settings: dict) -> pd.DataFrame:
    """The rows of tcr.locations.weights_of, for all cells and two modalities."""
    locations, rows = residues_by_location(chains["cdr3"], settings["width"]), []
    binding = pd.get_dummies(chains["ligand"].astype(str), dtype=float).to_numpy()
    for orientation in settings["orientations"]:
        agreement = orientation == "agreement"
        oriented = covariances.as_agreement() if agreement else covariances
        for s in settings["min_correlations"]:
            for q in settings["max_weight_ratios"]:
                limits = {"min_correlation": s, "max_weight_ratio": q, "pairs": settings["pairs"]}
                sign = 1 if agreement else -1
                model = run_schema_learn(
                    locations, [binding], ["feature_vector"], [sign], labels=True, require_nonzero_lambda=1, **limits
                )
                weights = model.feature_weights()
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
        write_table(table.assign(chain=params.chain), snakemake.output[0])
