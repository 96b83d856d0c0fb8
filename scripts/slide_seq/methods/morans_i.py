"""Moran's I of each gene over the graph of nearest beads: how alike neighbours are."""

import anndata
import numpy as np
from scipy import sparse
from sklearn.neighbors import kneighbors_graph

from slide_seq.expression import log_normalised, variances
from slide_seq.ranking import write_rankings

NEIGHBOURS = 6  # what a bead has in a dense packing of equal discs
AT_ONCE = 256  # genes whose centred values are in memory


def morans_i(graph: sparse.csr_matrix, values: sparse.csr_matrix) -> np.ndarray:
    """n / Σ g_ij x Σ g_ij z_i z_j / Σ z_i² of each column of ``values`` (n, genes), z being centred; (genes,).

    graph : (n, n). The same numbers as scanpy.metrics.morans_i gives, which takes twenty seconds to compile.
    """
    found = []
    for first in range(0, values.shape[1], AT_ONCE):
        z = values[:, first : first + AT_ONCE].toarray()
        z -= z.mean(axis=0)
        found.append(len(z) / graph.sum() * (z * (graph @ z)).sum(axis=0) / (z**2).sum(axis=0))
    return np.concatenate([np.empty(0), *found])


def autocorrelation(beads: anndata.AnnData, places: np.ndarray) -> np.ndarray:
    """Moran's I (genes,) of log-normalised expression; NaN for a gene that does not vary among these beads."""
    graph = kneighbors_graph(places, min(NEIGHBOURS, len(places) - 1), mode="connectivity")
    expression = log_normalised(beads.X)
    varies = variances(expression) > 0
    score = np.full(beads.n_vars, np.nan)
    score[varies] = morans_i(graph.maximum(graph.T).tocsr(), expression[:, varies])
    return score


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the rankings of one puck to ``out``, see :func:`slide_seq.ranking.write_rankings`."""
    write_rankings(out, "morans_i", beads, settings, seed, autocorrelation)
