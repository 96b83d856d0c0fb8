"""Score what the methods made: stage and batch in the places of cells, and the rankings of genes.

Batch is the sample within its stage: what tells the two replicates of a stage apart.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.feature_selection import f_classif
from sklearn.metrics import silhouette_score

from evaluation.mixing import acceptance, explained
from evaluation.scores import rank_agreement
from running import InputError, read_status, step, write_table

FIT = ["method", "variant", "s", "shuffle"]
TESTS = ("cells", "samples")  # what a test of one gene counts
logger = logging.getLogger(__name__)


def place_scores(places: np.ndarray, obs: pd.DataFrame, settings: Mapping, seed: int) -> dict[str, float]:
    """How much of stage and of batch there is in ``places`` (n, d).

    stage R2, batch R2 : share of their variance between stages, and between samples beyond that. stage silhouette,
    batch silhouette : of at most ``silhouette_cells`` cells; batch is the mean over stages. mixing : share of
    neighbourhoods within a stage whose samples are as in the whole stage, mean over stages (see ``evaluation.mixing``)
    """
    stage, sample = (obs[name].astype(str).to_numpy() for name in ("stage", "sample"))
    of_stage = explained(places, stage)
    chosen = np.random.default_rng(seed).permutation(len(obs))[: settings["silhouette_cells"]]
    mixing, apart = [], []
    for one in np.unique(stage):
        cells = np.flatnonzero(stage == one)
        given = settings["neighbours"], settings["mixing_cells"], seed
        mixing.append(acceptance(places[cells], sample[cells], *given))
        few = np.intersect1d(cells, chosen)
        apart.append(silhouette(places[few], sample[few]))
    return {
        "stage R2": of_stage,
        "batch R2": explained(places, sample) - of_stage,
        "stage silhouette": silhouette(places[chosen], stage[chosen]),
        "batch silhouette": float(np.mean(apart)),
        "mixing": float(np.mean(mixing)),
    }


def silhouette(places: np.ndarray, labels: np.ndarray) -> float:
    """Mean silhouette of ``labels`` (n,) in ``places`` (n, d); NaN for a single label, or one a cell."""
    return float(silhouette_score(places, labels)) if 1 < len(np.unique(labels)) < len(labels) else np.nan


def stage_tests(values: np.ndarray, obs: pd.DataFrame) -> pd.DataFrame:
    """F of each gene between stages: ``cells``, where each cell counts; ``samples``, against the spread of replicates.

    values : (n, genes). The second is the F of stage in a nested analysis of variance, samples within stages.
    """
    stage, sample = (obs[name].astype(str).to_numpy() for name in ("stage", "sample"))
    by_cells = f_classif(values, stage)[0]
    sizes = pd.Series(1, index=pd.MultiIndex.from_arrays([stage, sample])).groupby(level=[0, 1]).sum()
    means = np.array([values[sample == one].mean(axis=0) for _, one in sizes.index])
    of_stage, n = sizes.index.get_level_values(0), sizes.to_numpy()[:, None]
    centre = {one: np.average(means[of_stage == one], axis=0, weights=sizes[one]) for one in of_stage.unique()}
    middle = np.array([centre[one] for one in of_stage])
    between = (n * (middle - values.mean(axis=0)) ** 2).sum(axis=0) / (len(centre) - 1)
    within = (n * (means - middle) ** 2).sum(axis=0) / (len(n) - len(centre))
    by_samples = between / np.where(within > 0, within, np.inf)
    return pd.DataFrame(np.nan_to_num(np.array([by_cells, by_samples]).T), columns=list(TESTS))


def signed_ranks(scores: np.ndarray, trends: np.ndarray) -> np.ndarray:
    """Ranks of the genes by score, 0 to 1, negative for genes that fall with age."""
    return np.sign(trends) * rankdata(scores) / len(scores)


def agreements(fits: pd.DataFrame, ranks: np.ndarray) -> Iterator[dict]:
    """For each way to part the samples, Spearman's ρ of the signed ranks of the two halves, ranks (genes, fits)."""
    halves = fits[fits["pair"] >= 0]
    for key, rows in halves.groupby([*FIT, "pair"], dropna=False, sort=False):
        first, second = (ranks[:, row] for row in rows.index)
        yield dict(zip([*FIT, "pair"], key, strict=True)) | {"rho": rank_agreement(first, second).rho}


def overlaps(scores: np.ndarray, tests: pd.DataFrame, tops: list[int]) -> Iterator[dict]:
    """How many of the first ``top`` genes are among the first of each test, and how many chance would give."""
    for top in tops:
        first = set(np.argsort(-scores, kind="stable")[:top])
        for test in tests:
            shared = len(first & set(np.argsort(-tests[test].to_numpy(), kind="stable")[:top]))
            yield {"test": test, "top": top, "shared": shared / top, "chance": top / len(scores)}


def check_settings(obs: pd.DataFrame, n_genes: int, settings: Mapping) -> None:
    """Raise InputError where a stage has too few cells for its neighbourhoods, or the data too few genes."""
    least = int(obs["stage"].value_counts().min())
    if settings["neighbours"] >= least:
        problem = f"{settings['neighbours']} neighbours of {least} cells of the smallest stage"
        raise InputError("gastrulation.scores.neighbours", problem, "lower it")
    if max(settings["tops"]) >= n_genes:
        problem = f"the first {max(settings['tops'])} of {n_genes} genes"
        raise InputError("gastrulation.tops", problem, "lower it, or raise gastrulation.genes")


def tables_of(fitted: anndata.AnnData, settings: Mapping, seed: int, tests: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables scores, agreement, overlap and genes of one method; see the functions above."""
    fits, obs = fitted.uns["fits"].reset_index(drop=True), fitted.obs
    scores, trends = np.asarray(fitted.varm["scores"]), np.asarray(fitted.varm["trends"])
    found: dict[str, list] = {"scores": [], "overlap": [], "genes": []}
    for row, fit in fits[fits["pair"] < 0].iterrows():
        named = fit[FIT].to_dict()
        measured = place_scores(np.asarray(fitted.obsm[fit["place"]]), obs, settings, seed)
        found["scores"] += [named | {"score": name, "value": value} for name, value in measured.items()]
        found["overlap"] += [named | one for one in overlaps(scores[:, row], tests, settings["tops"])]
        if fit["shuffle"] == 0:
            genes = pd.DataFrame({"symbol": fitted.var["symbol"].to_numpy(), "score": scores[:, row]})
            genes = genes.assign(**named, trend=trends[:, row], rank=rankdata(-scores[:, row], method="ordinal"))
            found["genes"].append(genes)
    ranks = np.array([signed_ranks(*pair) for pair in zip(scores.T, trends.T, strict=True)]).T
    return {
        "scores": pd.DataFrame(found["scores"]),
        "overlap": pd.DataFrame(found["overlap"]),
        "genes": pd.concat(found["genes"], ignore_index=True),
        "agreement": pd.DataFrame(agreements(fits, ranks)),
    }


def cost(path: Path | str, status: Path | str, method: str) -> dict:
    """What the first fit to all cells took, and how the method ended."""
    ended = read_status(status)
    took = {"seconds": np.nan, "gigabytes": np.nan}
    if not ended.failed:
        took = anndata.read_h5ad(path, backed="r").uns["fits"].iloc[0][list(took)].to_dict()
    return {"method": method} | took | {"state": ended.state, "reason": ended.reason}


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        cells = anndata.read_h5ad(inputs.cells)
        used = cells.var["rank"].to_numpy() < params.settings["genes"]
        check_settings(cells.obs, used.sum(), params.settings)
        values = cells.X[:, used].toarray()
        tests = stage_tests(values, cells.obs)
        ran = list(zip(params.methods, inputs.fits, inputs.statuses, strict=True))
        if (ended := read_status(inputs.statuses[params.methods.index("schema")])).failed:
            raise InputError(
                inputs.fits[params.methods.index("schema")], f"Schema failed: {ended.reason}", "see its log"
            )
        costs = pd.DataFrame([cost(path, status, method) for method, path, status in ran])
        tested = pd.concat([cells.var.loc[used, ["symbol"]].reset_index(drop=True), tests], axis=1)
        made = [
            tables_of(anndata.read_h5ad(path), params.settings, params.seed, tests)
            for _, path, status in ran
            if not read_status(status).failed
        ]
        written = {name: pd.concat([tables[name] for tables in made], ignore_index=True) for name in made[0]}
        for name, table in (written | {"costs": costs, "tests": tested}).items():
            write_table(table, outputs[name])
