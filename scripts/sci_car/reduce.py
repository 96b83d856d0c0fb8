"""Reduce both modalities to a few components, which all but the deep methods work on (paper: Methods).

RNA by truncated SVD to 100 and by NMF, ATAC by truncated SVD to 50. SVD and not PCA, since centring would make the
peaks dense.
"""

from pathlib import Path

import anndata
import mudata
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.decomposition import NMF, TruncatedSVD

from baselines.normalise import NORMALISATIONS
from running import step, whole_file
from sci_car.cells import check_enough, load_cells


def svd(matrix: sparse.csr_matrix, n_components: int) -> TruncatedSVD:
    """A fitted truncated SVD. Its solver is named: the randomised one would need a seed and gives another answer."""
    return TruncatedSVD(n_components, algorithm="arpack", random_state=0).fit(matrix.astype(np.float64))


def reduced(cells: mudata.MuData, rna: dict, atac: dict) -> anndata.AnnData:
    """The cells with X empty, obsm rna_svd, rna_nmf, atac_svd, and varm with the loadings of the RNA components.

    rna : {normalisation, components, nmf_components}; atac : {normalisation, components}
    """
    expression = NORMALISATIONS[rna["normalisation"]](cells["rna"].X.tocsr())
    peaks = NORMALISATIONS[atac["normalisation"]](cells["atac"].X.tocsr())
    for name, components in (("RNA", rna["components"]), ("ATAC", atac["components"]), ("RNA", rna["nmf_components"])):
        check_enough(cells, components, f"the reduction of {name}")
    of_rna, of_atac = svd(expression, rna["components"]), svd(peaks, atac["components"])
    # the cap on iterations is scikit-learn's default: on sparse counts NMF creeps long after it has found its factors
    nmf = NMF(rna["nmf_components"], init="nndsvda", random_state=0, max_iter=200, tol=1e-3)
    factors = nmf.fit_transform(expression)
    table = anndata.AnnData(obs=cells.obs, var=pd.DataFrame(index=cells["rna"].var_names))
    table.obsm = {
        "rna_svd": of_rna.transform(expression),
        "rna_nmf": factors,
        "atac_svd": of_atac.transform(peaks),
    }
    table.varm = {"rna_svd": of_rna.components_.T, "rna_nmf": nmf.components_.T}
    return table


if __name__ == "__main__":
    with step(snakemake) as log, whole_file(snakemake.output[0]) as part:
        params = snakemake.params
        table = reduced(load_cells(snakemake.input.cells), params.rna, params.atac)
        log.info("%d cells: %s", table.n_obs, {name: values.shape[1] for name, values in table.obsm.items()})
        table.write_h5ad(Path(part))
