"""Rank the genes of one puck with Schema, and with two of its parts as controls.

Methods: ``schema`` (the paper's ensemble); ``schema_<n>`` (the same on n factors, to see what their number does);
``granule_only`` (the weights that keep granule cells apart best, with no density at all); ``equal_weights`` (the
factors' loadings alone: the primary modality). Each on observed and shuffled positions.
"""

from collections.abc import Iterator

import anndata
import numpy as np
import pandas as pd

from running import step, write_parquet, write_table
from slide_seq.ensemble import averaged, covariances_of, softmax_scores, sub_runs
from slide_seq.ranking import POSITIONS, ranking


def ensemble_on(
    method: str, W: np.ndarray, H: np.ndarray, beads: anndata.AnnData, settings: dict
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """For observed, then shuffled positions: the ranking, the beads' loadings, and the sub-runs.

    settings : granule, others, density_weights, correlation_shares, other_weight, weight_cap
    """
    cluster, cap = beads.obs["cluster"].to_numpy(), settings["weight_cap"]
    for positions in POSITIONS:
        density = beads.obs[f"density_{positions}"].to_numpy()
        covariances = covariances_of(W, density, cluster, settings["granule"], settings["others"])
        given = (settings["density_weights"], settings["correlation_shares"], settings["other_weight"])
        runs, weights = zip(*sub_runs(covariances, *given), strict=True)
        labels = {"method": method, "positions": positions}
        loading = pd.DataFrame({"barcode": beads.obs_names, "loading": averaged(weights, W.T, cap)})
        yield (
            ranking(beads.var_names, averaged(weights, H, cap), **labels),
            loading.assign(**labels),
            pd.concat([pd.DataFrame(runs), pd.DataFrame(weights).add_prefix("w")], axis=1).assign(**labels),
        )


def controls_on(
    W: np.ndarray, H: np.ndarray, beads: anndata.AnnData, granule_weights: np.ndarray, cap: float | None
) -> list[pd.DataFrame]:
    """Rankings by two parts of Schema. Neither sees positions, so that both kinds of positions give the same."""
    scores = {
        "granule_only": softmax_scores(granule_weights, H, cap),
        "equal_weights": softmax_scores(np.ones(W.shape[1]), H, cap),
    }
    return [
        ranking(beads.var_names, score, method=method, positions=positions)
        for method, score in scores.items()
        for positions in POSITIONS
    ]


def run_all(
    factors: dict[int, tuple[np.ndarray, np.ndarray]], beads: anndata.AnnData, settings: dict
) -> dict[str, pd.DataFrame]:
    """The tables ranking, loadings and runs of all methods; ``factors`` by number, the paper's first."""
    tables = {"ranking": [], "loadings": [], "runs": []}
    for number, (W, H) in factors.items():
        main = number == next(iter(factors))
        for parts in ensemble_on("schema" if main else f"schema_{number}", W, H, beads, settings):
            for table, part in zip(tables.values(), parts, strict=True):
                table.append(part.assign(factors=number) if table is tables["runs"] else part)
        if main:
            runs = tables["runs"][0]
            only = runs.loc[runs["share"].idxmax()].filter(regex=r"^w\d+$").to_numpy(dtype=float)
            tables["ranking"] += controls_on(W, H, beads, only, settings["weight_cap"])
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def load_factors(path: str) -> tuple[np.ndarray, np.ndarray]:
    """W (beads, k) and H (k, genes) as :mod:`slide_seq.factors` wrote them."""
    with np.load(path, allow_pickle=False) as stored:
        return stored["W"].astype(float), stored["H"].astype(float)


if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        factors = dict(zip(params.numbers, map(load_factors, inputs.factors), strict=True))
        tables = run_all(factors, anndata.read_h5ad(inputs.beads), params.settings)
        for name in ("ranking", "loadings"):
            write_parquet(tables[name], outputs[name], index=False)
        write_table(tables["runs"], outputs.runs)
