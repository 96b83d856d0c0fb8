"""Schema's weights for kernels of distance, genes being the observations; and the test of domains, in one step.

Primary: the features of genes (accessible peaks by kernel); secondary: the expression of a gene over cells as one
vector of unit length, either sorted within the gene (how its values are distributed; the authors' script) or by cell
(in which cells). As controls the same with expression given to other genes: over all genes, and, which is to give the
peaks of a gene to another place, within chromosomes.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad

from a549.names import ALL, EXPRESSIONS, OBSERVED, OVER_GENES, WITHIN_CHROMOSOMES
from a549.tads import shared_domains
from evaluation.labels import shuffled_within
from running import read_table, step, write_table
from schema_core import Modality, Moments, solve_ensemble


def sets_of(quartile: pd.Series, quartiles: int) -> dict[str, np.ndarray]:
    """Which genes are in each set, (n,) boolean: all, and, where there are several, each quartile."""
    several = range(1, quartiles + 1) if quartiles > 1 else ()
    return {ALL: np.ones(len(quartile), bool)} | {f"quartile {i}": (quartile == i).to_numpy() for i in several}


def unit_rows(expression: np.ndarray, how: str) -> np.ndarray:
    """Rows of length 1 (a row of zeros stays); with ``how`` "sorted", each with its values in rising order."""
    rows = np.sort(expression, axis=1) if how == "sorted" else expression
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def orders(chrom: np.ndarray, shuffles: int, rng: np.random.Generator) -> Iterator[tuple[str, int, np.ndarray]]:
    """Which gene's expression each gene gets: the kind of order, its number, (n,) rows."""
    rows = np.arange(len(chrom))
    yield OBSERVED, 0, rows
    for i in range(shuffles):
        yield OVER_GENES, i, rng.permutation(rows)
        yield WITHIN_CHROMOSOMES, i, shuffled_within(rows, chrom, rng)


def fits(genes: AnnData, settings: Mapping, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weights and correlations of every set, expression, s and q; and of shuffles at the s and q that are shown.

    Weights: set, expression, order, draw, s, q, kernel, kind, side, low, high, weight (mean 1; missing for a kernel
    that is the same for all genes). Correlations: set, expression, order, draw, s, q, kept (with the primary distance),
    before and after (with that of expression), certificate.
    """
    weights, correlations, shown = [], [], {f"{key}s": value for key, value in settings["shown"].items()}
    kernels = genes.var.rename_axis("kernel").reset_index()
    for name, chosen in sets_of(genes.obs["quartile"], settings["quartiles"]).items():
        features, chrom = genes.X[chosen], genes.obs["chrom"].to_numpy()[chosen]
        varies = np.ptp(features, axis=0) > 0  # where no gene has a peak, there is nothing to weight
        features = features[:, varies]
        values = genes.obsm["expression"][chosen].toarray()
        for how in EXPRESSIONS:
            unit, rng = unit_rows(values, how), np.random.default_rng([seed, 5])
            for order, draw, rows in orders(chrom, settings["shuffles"], rng):
                covariances = Moments.from_arrays(features, [Modality(unit[rows], kind="vector")]).covariances()
                before = covariances.correlations(np.ones(features.shape[1]))[1][0]
                asked = settings if order == OBSERVED else shown
                s, q = (np.atleast_1d(asked[key]) for key in ("min_correlations", "max_weight_ratios"))
                for (least, most), solution in solve_ensemble(covariances, [1.0], s, q).items():
                    kept, after = covariances.correlations(solution.weights)
                    common = {"set": name, "expression": how, "order": order, "draw": draw, "s": least, "q": most}
                    weights.append(kernels.assign(**common, weight=np.nan))
                    weights[-1].loc[varies, "weight"] = solution.weights
                    found = {"kept": kept, "before": before, "after": after[0]}
                    correlations.append(common | found | {"certificate": solution.certificate.kind})
    return pd.concat(weights, ignore_index=True), pd.DataFrame(correlations)


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        genes = read_h5ad(snakemake.input.genes)
        weights, correlations = fits(genes, params.settings, params.seed)
        log.info("solved %d problems", len(correlations))
        shared = shared_domains(read_table(snakemake.input.places), params.settings["random_sets"], params.seed)
        write_table(weights, outputs.weights, digits=10)
        write_table(correlations, outputs.correlations, digits=10)
        write_table(shared, outputs.tads, digits=10)
