"""Expression as the part's methods see it (paper: Methods, Slide-seq; scaling as its authors released it)."""

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

from running import step, write_table


def shares(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Counts (beads, genes) divided by each bead's total; a bead without counts stays 0."""
    total = np.asarray(counts.sum(axis=1, dtype=float)).ravel()
    return sparse.csr_matrix(sparse.diags_array(1 / np.where(total > 0, total, 1.0)) @ counts.astype(float))


def scaled(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shares with each gene scaled to unit variance (population), not centred: the matrix stays sparse and >= 0."""
    expression = shares(counts)
    sd = np.sqrt(variances(expression))
    return sparse.csr_matrix(expression @ sparse.diags_array(1 / np.where(sd > 0, sd, 1.0)))


def variances(matrix: sparse.csr_matrix) -> np.ndarray:
    """The population variance of each column, (columns,)."""
    mean = np.asarray(matrix.mean(axis=0)).ravel()
    return np.maximum(np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel() - mean**2, 0.0)


def log_normalised(counts: sparse.csr_matrix, target: float = 100.0) -> sparse.csr_matrix:
    """log(1 + target x share), the usual input of Moran's I; target is about a bead's total in these data."""
    return (shares(counts) * target).log1p()


def gene_table(beads: anndata.AnnData, puck: str) -> pd.DataFrame:
    """Per gene: puck, beads (in how many it is seen), mean (share of counts), scaled_mean (as Schema has it)."""
    return pd.DataFrame(
        {
            "gene": beads.var_names,
            "puck": puck,
            "beads": np.asarray((beads.X > 0).sum(axis=0)).ravel(),
            "mean": np.asarray(shares(beads.X).mean(axis=0)).ravel(),
            "scaled_mean": np.asarray(scaled(beads.X).mean(axis=0)).ravel(),
        }
    )


if __name__ == "__main__":
    with step(snakemake):
        pairs = zip(snakemake.input.beads, snakemake.params.pucks, strict=True)
        table = pd.concat([gene_table(anndata.read_h5ad(path), puck) for path, puck in pairs])
        write_table(table, snakemake.output[0])
