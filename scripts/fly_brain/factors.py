"""NMF of the expression matrix, once per case: the primary modality's features.

Paper: Methods, "non-negative matrix factorization (NMF) to the top 50 components". Factors are divided by their
standard deviation, as the released package does by default ("do_whiten"), since the scale of an NMF factor is arbitrary
and the reference distance sums over factors.
"""

from collections.abc import Mapping

import numpy as np
from anndata import AnnData, read_h5ad
from sklearn.decomposition import NMF, MiniBatchNMF

from running import InputError, step, whole_file


def factorise(cells: AnnData, *, components: int, settings: Mapping, seed: int) -> AnnData:
    """Cells × factors, each factor with unit variance: obs and var's genes of ``cells``.

    Returns X (n, k) float64; varm "loadings" (k, genes): what one standard deviation of a factor adds to a gene;
    uns: reconstruction_error (Frobenius norm of the residual over that of the data), iterations.
    settings : solver ("minibatch", or "cd" for coordinate descent on all cells), max_iterations, tolerance, batch
    """
    # in double precision: rounding in single grows over the iterations until processors differ in the second digit
    expression = cells.X.astype(np.float64)
    if not 1 < components <= min(expression.shape):
        problem = f"{components} components of {expression.shape[0]} cells × {expression.shape[1]} genes"
        raise InputError("fly_brain.cases", problem, f"give 2 to {min(expression.shape)}")
    common = {
        "init": "nndsvda",
        "random_state": seed,
        "max_iter": settings["max_iterations"],
        "tol": settings["tolerance"],
    }
    if settings["solver"] == "cd":
        model = NMF(components, solver="cd", **common)
    else:
        model = MiniBatchNMF(components, batch_size=settings["batch"], **common)
    scores = model.fit_transform(expression).astype(np.float64)
    spread = scores.std(axis=0)
    empty = spread == 0  # a factor that no cell has: its weight changes nothing
    spread[empty] = 1.0
    norm = np.sqrt(expression.multiply(expression).sum())
    found = AnnData(scores / spread, obs=cells.obs)
    found.varm["loadings"] = model.components_.astype(np.float64) * spread[:, None]
    found.uns["genes"] = cells.var["symbol"].to_numpy(dtype=str)
    found.uns["reconstruction_error"] = float(model.reconstruction_err_ / norm)
    found.uns["iterations"] = int(model.n_iter_)
    return found


if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        options = {"components": params.components, "settings": params.settings, "seed": params.seed}
        found = factorise(read_h5ad(snakemake.input.cells), **options)
        log.info("NMF: %s iterations, relative error %.3f", found.uns["iterations"], found.uns["reconstruction_error"])
        with whole_file(snakemake.output[0]) as part:
            found.write_h5ad(part)
