"""The heuristic of Cao et al. 2018: cells are grouped by RNA, and the groups clustered by ATAC (paper: Methods)."""

import anndata
import numpy as np
from sklearn.cluster import KMeans

from sci_car.embedding import save_embedding


def embed(out: str, reduced: str, seed: int, *, k: int) -> None:
    """Each cell at the mean ATAC components of its k-means group of RNA components.

    The mean of the components is the component of the mean profile, since they are linear in it.
    """
    table = anndata.read_h5ad(reduced)
    groups = KMeans(k, n_init=1, random_state=seed).fit_predict(table.obsm["rna_svd"])
    means = np.stack([table.obsm["atac_svd"][groups == group].mean(axis=0) for group in range(k)])
    save_embedding(out, table.obs_names, means[groups], units=groups)
