"""Moran's I of each gene over the graph of nearest beads: how alike neighbours are (scanpy's implementation)."""

import anndata
import numpy as np
from scanpy.metrics import morans_i
from sklearn.neighbors import kneighbors_graph

from slide_seq.expression import log_normalised, variances
from slide_seq.ranking import write_rankings

NEIGHBOURS = 6  # what a bead has in a dense packing of equal discs


def autocorrelation(beads: anndata.AnnData, places: np.ndarray) -> np.ndarray:
    """Moran's I (genes,) of log-normalised expression; NaN for a gene that does not vary among these beads."""
    graph = kneighbors_graph(places, min(NEIGHBOURS, len(places) - 1), mode="connectivity")
    graph = graph.maximum(graph.T).tocsr()
    expression = log_normalised(beads.X)
    varies = variances(expression) > 0
    score = np.full(beads.n_vars, np.nan)
    score[varies] = morans_i(graph, expression[:, varies].T.tocsr())
    return score


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the rankings of one puck to ``out``, see :func:`slide_seq.ranking.write_rankings`."""
    write_rankings(out, "morans_i", beads, settings, seed, autocorrelation)
