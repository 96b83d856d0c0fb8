"""Schema: components of RNA reweighted to agree with ATAC (paper: Methods, sci-CAR; s = 0.99)."""

import logging

import anndata
import numpy as np

from schema_core import Modality, Schema
from sci_car.embedding import save_embedding

logger = logging.getLogger(__name__)


def embed(
    out: str, reduced: str, seed: int, *, basis: str, solver: str, shuffle: bool = False, **limits: float
) -> None:
    """The components ``basis``, weighted within ``limits``.

    ``shuffle`` gives each cell the ATAC components of another: the control.
    """
    table = anndata.read_h5ad(reduced)
    points, atac = table.obsm[basis], table.obsm["atac_svd"]
    if shuffle:
        atac = np.random.default_rng(seed).permutation(atac)
    model = Schema(solver=solver, **limits).fit(points, Modality(atac, "vector"))
    (before,), (after,) = model.modality_correlations_
    kept = model.reference_correlation_
    logger.info("correlation with ATAC %.4f, before %.4f; with RNA %.4f; %s", after, before, kept, model.certificate_)
    save_embedding(out, table.obs_names, model.transform(points))
