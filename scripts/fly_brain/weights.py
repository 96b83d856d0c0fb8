"""Schema's weights for every s, from moments taken once; as a control, also for ages shuffled within lines.

Primary: the factors of the case; secondary: age in days, numeric (paper: Methods, "Schema highlights secondary patterns
while preserving primary structure"). The data are visited once per set of ages; a solve takes milliseconds.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad

from evaluation.labels import shuffled_within
from running import step, write_parquet, write_table
from schema_core import Modality, Moments, solve_ensemble


def age_sets(age: np.ndarray, line: np.ndarray, n_shuffles: int, seed: int) -> pd.DataFrame:
    """One column per set of ages (n,): "age", the true ones; "shuffle_0", ..., shuffled within lines."""
    rng = np.random.default_rng(seed)
    shuffled = {f"shuffle_{i}": shuffled_within(age, line, rng) for i in range(n_shuffles)}
    return pd.DataFrame({"age": age} | shuffled)


def ladder(
    factors: AnnData, sets: pd.DataFrame, correlations: Sequence[float], ratio: float, solver: str
) -> pd.DataFrame:
    """Weights of every factor for every s and set of ages (columns of ``sets``).

    Columns: ages, min_correlation, factor, weight (mean 1), reference_correlation, age_correlation_before and _after
    (of squared distances, over all pairs of cells), certificate, gap.
    """
    rows = []
    for name in sets:
        covariances = Moments.from_arrays(factors.X, [Modality(sets[name].to_numpy(dtype=float))]).covariances()
        _, before = covariances.correlations(np.ones(factors.n_vars))
        for (s, _), solution in solve_ensemble(covariances, [1.0], correlations, [ratio], solver=solver).items():
            reference, after = covariances.correlations(solution.weights)
            common = {
                "ages": name,
                "min_correlation": s,
                "reference_correlation": reference,
                "age_correlation_before": before[0],
                "age_correlation_after": after[0],
                "certificate": solution.certificate.kind,
                "gap": solution.certificate.gap,
            }
            rows += [common | {"factor": i, "weight": weight} for i, weight in enumerate(solution.weights)]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        factors = read_h5ad(snakemake.input.factors)
        age, line = factors.obs["age"].to_numpy(), factors.obs["line"].astype(str).to_numpy()
        sets = age_sets(age, line, params.shuffles, params.seed)
        table = ladder(factors, sets, params.min_correlations, params.max_weight_ratio, params.solver)
        log.info("solved %d problems", len(table) // factors.n_vars)
        write_parquet(sets, outputs.ages, index=False)
        write_table(table, outputs.weights, digits=10)
