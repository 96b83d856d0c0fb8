"""Change of basis: non-negative factors of a puck's expression (paper: Methods; NMF, 100 factors).

The released settings on current scikit-learn: init "random", seed 17, no penalty, and the solver's own number of steps.
"""

import logging

import anndata
import numpy as np
from scipy import sparse
from sklearn.decomposition import NMF

from running import step, whole_file
from slide_seq.expression import scaled

logger = logging.getLogger(__name__)


def factorise(expression: sparse.csr_matrix, n: int, seed: int, max_iter: int) -> tuple[np.ndarray, np.ndarray]:
    """W (beads, n), each column of unit variance, and H (n, genes), such that expression is about (W sd) H.

    A factor that no bead shows stays 0. n is at most the smaller side of the matrix.
    """
    n = min(n, *expression.shape)
    model = NMF(n, init="random", random_state=seed, max_iter=max_iter)
    W = model.fit_transform(expression)
    sd = W.std(axis=0)
    logger.info("%d factors, %d steps, residual %.5g", n, model.n_iter_, model.reconstruction_err_)
    return W / np.where(sd > 0, sd, 1.0), model.components_


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        expression = scaled(anndata.read_h5ad(snakemake.input.beads).X)
        W, H = factorise(expression, int(params.number), params.nmf_seed, params.max_iter)
        with whole_file(snakemake.output[0]) as part:
            np.savez_compressed(part, W=W.astype(np.float32), H=H.astype(np.float32))
