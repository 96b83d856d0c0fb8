"""Agreement of clusters with labels; and labels put in random order, for what chance gives."""

import numpy as np
import pandas as pd


def majority_label(labels: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """For each cell (n,) the most frequent label of its cluster; of equally frequent ones, the first by name."""
    counts = pd.crosstab(np.asarray(clusters), np.asarray(labels))
    return counts.idxmax(axis=1).reindex(clusters).to_numpy()


def cluster_accuracy(labels: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """For each cell (n,) the share of its cluster that has the cluster's most frequent label."""
    right = pd.Series(majority_label(labels, clusters) == np.asarray(labels))
    return right.groupby(np.asarray(clusters)).transform("mean").to_numpy()


def shuffled_within(labels: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels permuted among the rows of each group, (n,)."""
    shuffled = labels.copy()
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        shuffled[rows] = labels[rng.permutation(rows)]
    return shuffled
