"""One modality alone: its components as they are."""

import anndata

from sci_car.embedding import save_embedding


def embed(out: str, reduced: str, seed: int, *, basis: str) -> None:
    """The components ``basis`` of reduced.h5ad."""
    table = anndata.read_h5ad(reduced)
    save_embedding(out, table.obs_names, table.obsm[basis])
