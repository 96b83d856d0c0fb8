"""Canonical correlation analysis of the components of RNA and ATAC, 30 factors (paper: Methods, sci-CAR)."""

import anndata

from baselines.cca import canonical_variates
from sci_car.embedding import save_embedding


def embed(out: str, reduced: str, seed: int, *, cca_factors: int) -> None:
    """The canonical variates of RNA."""
    table = anndata.read_h5ad(reduced)
    variates, _ = canonical_variates(table.obsm["rna_svd"], table.obsm["atac_svd"], cca_factors)
    save_embedding(out, table.obs_names, variates)
