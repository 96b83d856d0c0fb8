"""Weights of the residues in each window of the released encoding, by the released package, scored on all pairs."""

import pandas as pd

from baselines.schema_learn import run_schema_learn
from running import step, write_table
from schema_core import Problem
from tcr.chains import AMINO_ACIDS
from tcr.residue_windows import window_chains, window_covariances, window_features, windows_of


def released_table(chains: pd.DataFrame, settings: dict, released: dict) -> pd.DataFrame:
    """The rows of tcr.residues.residue_weights; ``released`` is the config's tcr.schema_learn."""
    rows = []
    for window in windows_of("counts", settings):
        part = window_chains(chains, window, "counts", settings)
        features = window_features(part, window, "counts")
        covariances = window_covariances(features, part)
        varies = covariances.varies
        binding = pd.get_dummies(part["ligand"].astype(str), dtype=float).to_numpy()
        for s in settings["min_correlations"]:
            for q in released["residue_weight_ratios"]:
                limits = {"min_correlation": s, "max_weight_ratio": q, "pairs": released["pairs"]}
                model = run_schema_learn(
                    features, [binding], ["feature_vector"], [1], require_nonzero_lambda=1, **limits
                )
                weights = model.feature_weights()
                objective = Problem.from_covariances(covariances, [1.0], s, q).objective(weights)
                run = {"window": str(window), "min_correlation": s, "max_weight_ratio": q, "objective": objective}
                present = zip(AMINO_ACIDS, weights, varies, strict=True)
                rows += [run | {"residue": residue, "weight": weight} for residue, weight, there in present if there]
    return pd.DataFrame(rows).assign(certificate="none", method="schema_learn", encoding="counts")


if __name__ == "__main__":
    with step(snakemake):
        chains, params = pd.read_parquet(snakemake.input.chains), snakemake.params
        table = released_table(chains, params.settings, params.released)
        write_table(table, snakemake.output[0])
