"""SpatialDE (Svensson et al. 2018), in its maintained fork, on a declared subset; adapted as in the paper's Methods.

Its usual steps: variance-stabilised counts, the log of a bead's total regressed out, then for each gene the likelihood
ratio of a Gaussian process over space against noise alone. That ratio is the score: p-values are a function of it, and
tie at 0.
"""

import os

import anndata
import numpy as np
import pandas as pd

from slide_seq.ranking import write_rankings

os.environ.setdefault("TQDM_DISABLE", "1")  # no progress bars in logs; read when SpatialDE is imported

import SpatialDE


def likelihood_ratios(beads: anndata.AnnData, places: np.ndarray) -> np.ndarray:
    """The log-likelihood ratio of each gene, (genes,); NaN for a gene that these beads do not show."""
    counts = beads.X.toarray()
    total = counts.sum(axis=1)
    seen, used = counts.any(axis=0), total > 0
    table = pd.DataFrame(counts[np.ix_(used, seen)], columns=beads.var_names[seen])
    info = pd.DataFrame({"total": total[used]}, index=table.index)
    stabilised = SpatialDE.stabilize(table.T).T
    residual = SpatialDE.regress_out(info, stabilised.T, "np.log(total)").T
    found = SpatialDE.run(places[used], residual).groupby("g")["LLR"].max()  # length scales may tie
    return found.reindex(beads.var_names).to_numpy(dtype=float)


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the rankings of one puck to ``out``, see :func:`slide_seq.ranking.write_rankings`."""
    write_rankings(out, "spatialde", beads, settings, seed, likelihood_ratios)
