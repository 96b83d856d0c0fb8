"""Where each cell stands in the maps of Figure 2: the published t-SNE, or our own where there is none."""

import logging

import anndata
import pandas as pd
from sklearn.manifold import TSNE

from running import step, write_table

logger = logging.getLogger(__name__)


def places(table: anndata.AnnData, seed: int) -> pd.DataFrame:
    """Columns x, y, origin, one row per cell; "published" where most labelled cells have coordinates, else "own".

    Cells without published coordinates are then left out of the maps (x and y missing). t-SNE has its default
    perplexity, less for fewer than 91 cells.
    """
    published = table.obs[["tsne_1", "tsne_2"]].astype(float)
    labelled = table.obs["cell_type"].notna()
    if published[labelled].notna().all(axis=1).mean() > 0.5:
        return published.set_axis(["x", "y"], axis=1).assign(origin="published")
    logger.info("no published coordinates: t-SNE of %s RNA components", table.obsm["rna_svd"].shape)
    perplexity = min(30.0, (table.n_obs - 1) / 3)
    own = TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(table.obsm["rna_svd"])
    return pd.DataFrame(own, index=table.obs_names, columns=["x", "y"]).assign(origin="own")


if __name__ == "__main__":
    with step(snakemake):
        table = places(anndata.read_h5ad(snakemake.input.reduced), snakemake.params.seed)
        write_table(table.rename_axis("cell").reset_index(), snakemake.output[0])
