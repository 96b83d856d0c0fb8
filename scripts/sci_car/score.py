"""How well clusters match the published labels (paper: Fig 2, S3): all cells, proximal tubule, types and their pairs.

Control: the clusters of RNA dealt to random cells. Cells without a label are left out.
"""

from collections.abc import Iterator
from itertools import combinations

import anndata
import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.metrics import adjusted_rand_score, f1_score, normalized_mutual_info_score

from evaluation.labels import cluster_accuracy, majority_label
from running import step, write_table
from sci_car.cells import is_proximal_tubule
from sci_car.gains import RANDOM
from sci_car.methods.table import alone

RUN = ["method", "seed", "leiden_seed"]


def by_run(clusters: pd.DataFrame, labelled: np.ndarray) -> dict[tuple[str, int, int], np.ndarray]:
    """The clusters of labelled cells by (method, seed, Leiden seed), and RNA's dealt at random."""
    runs = {key: rows["cluster"].to_numpy()[labelled] for key, rows in clusters.groupby(RUN, observed=True)}
    for (method, seed, leiden_seed), found in list(runs.items()):
        if method == "rna":
            runs[RANDOM, seed, leiden_seed] = np.random.default_rng(leiden_seed).permutation(found)
    return runs


def scores(runs: dict, labels: np.ndarray, proximal: np.ndarray) -> Iterator[dict]:
    """Rows (method, seed, leiden_seed, group, metric, value).

    ari and nmi of all and of proximal tubule cells, the number of clusters, and the F1 of each type, where a cluster
    stands for its most frequent label.
    """
    types = np.unique(labels)
    for run, clusters in runs.items():
        key = dict(zip(RUN, run, strict=True))
        for group, cells in (("all", slice(None)), ("proximal tubule", proximal)):
            pair = labels[cells], clusters[cells]
            yield key | {"group": group, "metric": "ari", "value": adjusted_rand_score(*pair)}
            yield key | {"group": group, "metric": "nmi", "value": normalized_mutual_info_score(*pair)}
        yield key | {"group": "all", "metric": "clusters", "value": len(np.unique(clusters))}
        by_type = f1_score(labels, majority_label(labels, clusters), labels=types, average=None, zero_division=0)
        for name, value in zip(types, by_type, strict=True):
            yield key | {"group": name, "metric": "f1", "value": value}


def by_igraph(clusters: pd.DataFrame, labelled: np.ndarray, labels: np.ndarray) -> Iterator[dict]:
    """What the other implementation of Leiden makes of the same graphs, rows as of ``scores``: its ari with the labels,
    and that of its clusters with those of the paper's implementation.
    """
    for run, rows in clusters.groupby(RUN, observed=True):
        paper, igraph = rows[["cluster", "igraph"]].to_numpy()[labelled].T
        key = dict(zip(RUN, run, strict=True)) | {"group": "all"}
        yield key | {"metric": "ari of igraph", "value": adjusted_rand_score(labels, igraph)}
        yield key | {"metric": "ari of both", "value": adjusted_rand_score(paper, igraph)}


def pairs_of_types(runs: dict, labels: np.ndarray, methods: list[str]) -> Iterator[dict]:
    """Rows (method, leiden_seed, one, other, proximal, ari): how clusters of all cells tell two types apart (Fig 2a);
    ``proximal`` is how many of the two are of the proximal tubule.
    """
    for one, other in combinations(np.unique(labels), 2):
        cells = (labels == one) | (labels == other)
        proximal = int(is_proximal_tubule(pd.Series([one, other])).sum())
        for (method, _, leiden_seed), clusters in runs.items():
            if method in methods:
                ari = adjusted_rand_score(labels[cells], clusters[cells])
                pair = {"one": one, "other": other, "proximal": proximal, "ari": ari}
                yield {"method": method, "leiden_seed": leiden_seed} | pair


def shown_run(table: pd.DataFrame, method: str) -> tuple[str, int, int]:
    """The run of a method whose ARI is the median (the lower of two), which stands for it in maps of cells."""
    rows = table.query("method == @method and group == 'all' and metric == 'ari'").sort_values(["value", *RUN])
    return tuple(rows.iloc[(len(rows) - 1) // 2][RUN])


def gain_test(runs: dict, labels: np.ndarray, proximal: np.ndarray, method: str) -> Iterator[dict]:
    """Per run, whether a method puts more proximal tubule cells in clusters of their type than RNA alone does in the
    same basis: right with each, ``only`` with one of them, cells n, and two one-sided p.

    ``binomial``, the paper's test (Fig 2e), takes RNA's share of right cells as known, and cells for independent of it.
    ``mcnemar``, the exact test, knows that both have the same cells: it looks at those that only one has right.
    """
    n = int(proximal.sum())
    for (name, seed, leiden_seed), clusters in runs.items():
        if name != method:
            continue
        ours, of_rna = (
            (majority_label(labels, found) == labels)[proximal]
            for found in (clusters, runs[alone(method), 0, leiden_seed])
        )
        only, only_rna = int((ours & ~of_rna).sum()), int((of_rna & ~ours).sum())
        yield {
            "method": name,
            "seed": seed,
            "leiden_seed": leiden_seed,
            "right": int(ours.sum()),
            "right_rna": int(of_rna.sum()),
            "only": only,
            "only_rna": only_rna,
            "n": n,
            "binomial": binomtest(int(ours.sum()), n, of_rna.mean(), alternative="greater").pvalue,
            "mcnemar": binomtest(only, only + only_rna, alternative="greater").pvalue if only + only_rna else 1.0,
        }


def maps(runs: dict, table: pd.DataFrame, labels: np.ndarray, methods: list[str]) -> pd.DataFrame:
    """For each labelled cell and method: its cluster in the shown run, and that cluster's accuracy."""
    columns = {}
    for method in methods:
        clusters = runs[shown_run(table, method)]
        columns[f"{method}:cluster"] = clusters
        columns[f"{method}:accuracy"] = cluster_accuracy(labels, clusters)
    return pd.DataFrame(columns)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        obs = anndata.read_h5ad(inputs.reduced, backed="r").obs
        labelled = obs["cell_type"].notna().to_numpy()
        labels = obs["cell_type"][labelled].astype(str).to_numpy()
        proximal = is_proximal_tubule(obs["cell_type"])[labelled].to_numpy()
        clusters = pd.read_parquet(inputs.clusters)
        runs = by_run(clusters, labelled)
        here = [name for name in params.mapped if any(run[0] == name for run in runs)]
        found = [*scores(runs, labels, proximal), *by_igraph(clusters, labelled, labels)]
        tables = {"scores": pd.DataFrame(found)}
        tables["pairs"] = pd.DataFrame(pairs_of_types(runs, labels, [name for name in here if name in ("rna", "atac")]))
        tables["gain"] = pd.DataFrame(row for name in params.tested for row in gain_test(runs, labels, proximal, name))
        tables["maps"] = (
            maps(runs, tables["scores"], labels, here).set_index(obs.index[labelled]).rename_axis("cell").reset_index()
        )
        for name, table in tables.items():
            write_table(table, outputs[name])
