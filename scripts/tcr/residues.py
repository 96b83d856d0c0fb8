"""Weights of the 20 residues in each window, by one of our solvers."""

import logging

import pandas as pd

from running import step, write_table
from schema_core import solve
from tcr.chains import AMINO_ACIDS
from tcr.residue_windows import window_chains, window_covariances, window_features, windows_of

logger = logging.getLogger(__name__)


def residue_weights(chains: pd.DataFrame, encoding: str, solver: str, settings: dict) -> pd.DataFrame:
    """One row per window, sub-run and residue. A residue that no chain has in a window gets no row: it has no weight.

    chains : chain, ligand, cdr3; settings : the config's tcr.residues
    """
    rows = []
    for window in windows_of(encoding, settings):
        part = window_chains(chains, window, encoding, settings)
        logger.info("window %s, %d chains", window, len(part))
        covariances = window_covariances(window_features(part, window, encoding), part)
        for s in settings["min_correlations"]:
            for q in settings["max_weight_ratios"]:
                options = {"solver": solver, "ridge_always": solver == "grid"}
                solution = solve(covariances, [1.0], min_correlation=s, max_weight_ratio=q, **options)
                run = {"window": str(window), "min_correlation": s, "max_weight_ratio": q}
                run |= {"objective": solution.objective, "certificate": solution.certificate.kind}
                present = zip(AMINO_ACIDS, solution.weights, covariances.varies, strict=True)
                rows += [run | {"residue": residue, "weight": weight} for residue, weight, varies in present if varies]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        params, chains = snakemake.params, pd.read_parquet(snakemake.input.chains)
        table = residue_weights(chains, params.encoding, params.solver, params.settings)
        write_table(table.assign(method=params.solver, encoding=params.encoding), snakemake.output[0])
