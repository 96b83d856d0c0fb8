"""Canonical correlation of expression with one number per bead, and the two rankings that the paper makes of it.

With one number y on one side, the canonical vector of the other side is the least-squares fit of y on expression, of
least norm where several fit: scikit-learn's CCA computes the same from a dense pseudo-inverse of all beads by all
genes. Here LSMR finds it from the sparse matrix, which is never centred in memory. Where a puck has more genes than
beads the fit is perfect: the beads' canonical scores are y itself, and CCA has nothing left to choose (paper: its
"unconstrained synthesis" overfits).
"""

import logging

import anndata
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, lsmr

from running import step, write_parquet
from slide_seq.expression import scaled
from slide_seq.ranking import POSITIONS, ranking

TOLERANCE, MOST_STEPS = 1e-8, 20_000
NOTHING = 1e-9  # of the standardised target: rounding

logger = logging.getLogger(__name__)


def canonical_scores(expression: sparse.csr_matrix, target: np.ndarray) -> np.ndarray:
    """The beads' canonical scores (beads,), centred, of sparse expression (beads, genes) with ``target`` (beads,).

    Their sign is such that they rise with the target (paper: signs fixed by correlation). Raises ValueError where the
    target is constant or no gene follows it.
    """
    y = target - target.mean()
    if not y.any():
        raise ValueError("the target of CCA is the same for every bead")
    mean, genes_first = np.asarray(expression.mean(axis=0)).ravel(), expression.T.tocsr()
    centred = LinearOperator(
        expression.shape,
        matvec=lambda v: expression @ v - mean @ v,
        rmatvec=lambda u: genes_first @ u - mean * u.sum(),
        dtype=float,
    )
    answer = lsmr(centred, y / y.std(), atol=TOLERANCE, btol=TOLERANCE, conlim=0, maxiter=MOST_STEPS)
    weights, stopped, steps = answer[:3]
    scores = centred.matvec(weights)
    if scores.std() < NOTHING:
        raise ValueError("no gene follows the target of CCA")
    logger.info("CCA: %d steps (reason %d), r = %.4f", steps, stopped, np.corrcoef(scores, y)[0, 1])
    return scores


def standardised(scores: np.ndarray) -> np.ndarray:
    """Divided by the standard deviation."""
    return scores / scores.std()


def two_step(expression: sparse.csr_matrix, density: np.ndarray, granule: np.ndarray) -> np.ndarray:
    """The beads' loadings: mean of the standardised scores with density and with the granule indicator, norm 1."""
    both = [standardised(canonical_scores(expression, target)) for target in (density, granule.astype(float))]
    loading = np.mean(both, axis=0)
    return loading / np.linalg.norm(loading)


def one_step(expression: sparse.csr_matrix, granule_density: np.ndarray) -> np.ndarray:
    """The beads' loadings: scores with the density of granule cells alone, at every bead; norm 1."""
    scores = canonical_scores(expression, granule_density)
    return scores / np.linalg.norm(scores)


def rank_all(beads: anndata.AnnData) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rankings and beads' loadings of ``cca`` (two steps, the paper's) and ``cca_one_step``, in the common format.

    A gene's score is the dot product of its expression and the loadings.
    """
    expression, granule = scaled(beads.X), beads.obs["granule"].to_numpy()
    rankings, loadings = [], []
    for positions in POSITIONS:
        density, of_granule = (beads.obs[f"{kind}density_{positions}"].to_numpy() for kind in ("", "granule_"))
        for method, loading in (
            ("cca", two_step(expression, density, granule)),
            ("cca_one_step", one_step(expression, of_granule)),
        ):
            labels = {"method": method, "positions": positions}
            rankings.append(ranking(beads.var_names, expression.T @ loading, **labels))
            loadings.append(pd.DataFrame({"barcode": beads.obs_names, "loading": loading}).assign(**labels))
    return pd.concat(rankings, ignore_index=True), pd.concat(loadings, ignore_index=True)


if __name__ == "__main__":
    with step(snakemake):
        outputs = snakemake.output
        rankings, loadings = rank_all(anndata.read_h5ad(snakemake.input.beads))
        for table, path in ((rankings, outputs.ranking), (loadings, outputs.loadings)):
            write_parquet(table, path, index=False)
