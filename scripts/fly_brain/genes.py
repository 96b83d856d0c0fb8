"""Which genes Schema weights up, when they are active, and whether differential tests find them too.

Paper: Fig 3e, and "a significant overlap between Schema's highest-ranked genes and those found by a standard
differential expression test between timepoints (one-sided binomial test)". The paper says neither how many genes nor
which test; both are in the config. Beside Schema stand the genes that are highest with equal weights, and with ages
shuffled.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import scanpy
from anndata import AnnData, read_h5ad
from scipy.stats import binomtest, false_discovery_control

from running import InputError, read_table, step, write_table
from schema_core import gene_scores


def up_weighted(weights: np.ndarray, loadings: np.ndarray, style: str) -> pd.DataFrame:
    """Scores of the genes, mean over solutions with ``weights`` (m, k), factors with loadings (k, genes).

    Columns: score; equal (the score under equal weights: the mean loading); gain (their difference, by which genes are
    ranked: a gene that is high in every factor gains nothing). A gene's loadings are divided by their largest, so
    that a rare gene counts by the factors that it is in and not by how little of it there is.
    """
    largest = loadings.max(axis=0)
    shape = loadings / np.where(largest > 0, largest, 1.0)
    score = np.mean([gene_scores(w, shape, style) for w in weights], axis=0)
    equal = shape.mean(axis=0)
    return pd.DataFrame({"score": score, "equal": equal, "gain": score - equal})


def profile_by_age(cells: AnnData, genes: np.ndarray) -> pd.DataFrame:
    """Mean expression of some genes (positions) at each age, genes × ages, as standard scores over the ages."""
    age = cells.obs["age"].to_numpy()
    columns = {day: np.asarray(cells.X[age == day][:, genes].mean(axis=0)).ravel() for day in np.unique(age)}
    means = pd.DataFrame(columns, index=cells.var["symbol"].to_numpy()[genes])
    spread = means.std(axis=1, ddof=0).replace(0.0, 1.0)
    return means.sub(means.mean(axis=1), axis=0).div(spread, axis=0)


def late_minus_early(profile: pd.DataFrame, early: int, late: int) -> pd.Series:
    """Mean over ages from ``late`` days on minus mean up to ``early`` days, per gene."""
    days = profile.columns.to_numpy()
    return profile.loc[:, days >= late].mean(axis=1) - profile.loc[:, days <= early].mean(axis=1)


def differential(cells: AnnData, test: str) -> pd.DataFrame:
    """Each age against all others: age, gene (position), scores, p, q (Benjamini-Hochberg), change (log fold)."""
    sizes = cells.obs["age"].value_counts()
    if sizes.min() < 2:
        problem = f"only one is {sizes.idxmin()} days old, and a test needs two"
        raise InputError("the cells after preprocessing", problem, "give more cells, or leave that age out")
    tested = AnnData(cells.X, obs=pd.DataFrame({"age": cells.obs["age"].astype(str).astype("category")}))
    tested.uns["log1p"] = {"base": None}
    scanpy.tl.rank_genes_groups(tested, "age", method=test)
    found = scanpy.get.rank_genes_groups_df(tested, group=None)
    names = {"group": "age", "names": "gene", "pvals": "p", "pvals_adj": "q", "logfoldchanges": "change"}
    return found.rename(columns=names).astype({"age": int, "gene": int})[["age", "gene", "scores", "p", "q", "change"]]


def overlaps(ranked: np.ndarray, tests: pd.DataFrame, n_genes: int, settings: Mapping) -> Iterator[dict]:
    """Per age: how many of the first ``top`` of ``ranked`` are among its differential genes, against chance.

    Differential: q below ``q``, of these at most the ``tested_top`` with the largest absolute score. p is one-sided,
    binomial with the share of differential genes among all; q over the ages by Benjamini-Hochberg.
    """
    top, rows = set(ranked[: settings["top"]].tolist()), []
    for age, of_age in tests.groupby("age"):
        found = of_age[of_age["q"] < settings["q"]]
        found = found.assign(size=found["scores"].abs()).nlargest(settings["tested_top"], "size")
        shared, share = len(top & set(found["gene"])), len(found) / n_genes
        p = binomtest(shared, len(top), share, alternative="greater").pvalue if len(found) else 1.0
        rows.append({"age": age, "top": len(top), "differential": len(found), "shared": shared, "share": share, "p": p})
    adjusted = false_discovery_control([row["p"] for row in rows])
    return (row | {"q": q} for row, q in zip(rows, adjusted, strict=True))


def ranking_rows(cells: AnnData, factors: AnnData, weights: pd.DataFrame, settings: Mapping) -> Iterator[pd.DataFrame]:
    """The genes under true and shuffled ages, best first: ages, rank, gene (position), symbol, score, equal, gain.

    Scores are means over every s, the ensemble that the paper advises for feature selection.
    """
    for ages, rows in weights.groupby("ages"):
        w = rows.pivot(index="min_correlation", columns="factor", values="weight").to_numpy()
        table = up_weighted(w, factors.varm["loadings"], settings["style"])
        table = table.assign(ages=ages, gene=np.arange(len(table)), symbol=cells.var["symbol"].to_numpy())
        table = table.sort_values("gain", ascending=False, kind="stable", ignore_index=True)
        yield table.assign(rank=table.index + 1)
        if ages == "age":
            equal = table.sort_values("equal", ascending=False, kind="stable", ignore_index=True)
            yield equal.assign(ages="equal weights", rank=equal.index + 1)


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, outputs, settings = snakemake.input, snakemake.output, snakemake.params.settings
        cells, factors = read_h5ad(inputs.cells), read_h5ad(inputs.factors)
        ranking = pd.concat(ranking_rows(cells, factors, read_table(inputs.weights), settings))
        tests = differential(cells, settings["test"])
        shared = [
            {"ages": ages} | row
            for ages, rows in ranking.groupby("ages")
            for row in overlaps(rows["gene"].to_numpy(), tests, cells.n_vars, settings)
        ]
        best = ranking.query("ages == 'age'").head(settings["shown"])["gene"].to_numpy()
        profile = profile_by_age(cells, best)
        difference = late_minus_early(profile, settings["early"], settings["late"])
        profile = profile.assign(late_minus_early=difference).sort_values("late_minus_early", kind="stable")
        log.info("up-weighted, early to late: %s", profile.index.tolist())
        tables = {
            "ranking": ranking,
            "overlap": pd.DataFrame(shared),
            "profile": profile.rename_axis("symbol").reset_index(),
        }
        for name, table in tables.items():
            write_table(table, outputs[name])
