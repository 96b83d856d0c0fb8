"""How well clusters of each method's places match the labels (as in Figure 2): ARI, NMI, silhouette, and time."""

from collections.abc import Sequence
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from evaluation.leiden import fast_leiden, neighbour_graph
from own.asked import LABELS, METHODS
from running import InputError, read_status, step, write_table

SILHOUETTE_CELLS = 5000  # all pairs of these are measured


def scores(points: np.ndarray, labels: np.ndarray, known: np.ndarray, neighbours: int, resolution: float, seeds: list):
    """ARI and NMI with their range over seeds, clusters, and the silhouette of the labels in ``points`` (n, d).

    All cells are clustered; those with a label (``known``) are scored.
    """
    graph = neighbour_graph(points, neighbours)
    found = [fast_leiden(graph, resolution=resolution, seed=seed) for seed in seeds]
    ari = [adjusted_rand_score(labels[known], clusters[known]) for clusters in found]
    nmi = [normalized_mutual_info_score(labels[known], clusters[known]) for clusters in found]
    sample = min(SILHOUETTE_CELLS, int(known.sum()))
    return {
        "ari": np.mean(ari),
        "ari_low": min(ari),
        "ari_high": max(ari),
        "nmi": np.mean(nmi),
        "nmi_low": min(nmi),
        "nmi_high": max(nmi),
        "clusters": np.mean([len(np.unique(clusters)) for clusters in found]),
        "silhouette": silhouette_score(points[known], labels[known], sample_size=sample, random_state=0),
    }


def comparison(data: anndata.AnnData, places: Sequence[Path], statuses: Sequence[Path], **asked) -> pd.DataFrame:
    """A row for each method: scores, cells, seconds; of one that failed, why."""
    rows = []
    for path, status in zip(places, statuses, strict=True):
        name, ended = path.stem, read_status(status)
        row = {"method": name, "label": METHODS[name], "state": ended.state, "reason": ended.reason}
        if not ended.failed:
            with np.load(path) as held:
                points, cells, seconds = held["points"], held["rows"], float(held["seconds"])
            labels = data.obs[LABELS].iloc[cells]
            known = labels.notna().to_numpy()
            if labels[known].nunique() < 2 or labels[known].nunique() >= known.sum():
                problem = f"{known.sum():,} cells have {labels[known].nunique():,} labels"
                raise InputError("own.labels", problem, "name labels that several cells share, of two sorts or more")
            row |= {"cells": int(known.sum()), "seconds": seconds}
            row |= scores(points, labels.astype(str).to_numpy(), known, **asked)
        rows.append(row)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        asked = {"neighbours": params.neighbours, "resolution": params.resolution, "seeds": params.seeds}
        files = [list(map(Path, inputs[name])) for name in ("places", "statuses")]
        write_table(comparison(anndata.read_h5ad(inputs.cells), *files, **asked), snakemake.output[0])
