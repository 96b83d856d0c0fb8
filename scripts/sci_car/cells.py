"""The file that every step of the part reads: cells with raw counts of RNA and ATAC, and their published labels."""

from pathlib import Path

import anndata
import mudata
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csr_matrix, issparse

from running import InputError

AGAIN = "delete it and run the workflow again"
APART = {"pull_on_update": False}  # columns stay with their modality (the default from mudata 0.4 on)


def together(
    rna: csr_matrix, genes: pd.DataFrame, atac: csr_matrix, peaks: pd.DataFrame, obs: pd.DataFrame
) -> mudata.MuData:
    """Both matrices (cells x features, int32) as one MuData; tables are indexed by cell, symbol and peak."""
    modalities = {
        "rna": anndata.AnnData(rna, obs=pd.DataFrame(index=obs.index), var=genes),
        "atac": anndata.AnnData(atac, obs=pd.DataFrame(index=obs.index), var=peaks),
    }
    with mudata.set_options(**APART):
        cells = mudata.MuData(modalities)
    cells.obs = cells.obs.join(obs)
    return cells


def write_cells(cells: mudata.MuData, path: Path | str) -> None:
    """Write what ``load_cells`` reads."""
    with mudata.set_options(**APART):
        cells.write(path, compression="gzip")


def load_cells(path: Path | str) -> mudata.MuData:
    """Read and check cells.h5mu.

    Modalities ``rna`` (cells x genes, named by symbol; var gene_id, gene_type) and ``atac`` (cells x peaks;
    var chr, start, end), the same cells in the same order, raw counts in CSR (int32). ``obs`` of the whole:
    ``cell_type`` (category; NA where no label was published), ``tsne_1``, ``tsne_2`` (NaN where not).
    """
    with mudata.set_options(**APART):
        cells = mudata.read_h5mu(path)
    if set(cells.mod) != {"rna", "atac"}:
        raise InputError(path, f"holds {', '.join(cells.mod)}, where rna and atac are expected", AGAIN)
    if not {"cell_type", "tsne_1", "tsne_2"} <= set(cells.obs):
        raise InputError(path, "obs lacks cell_type, tsne_1 or tsne_2", AGAIN)
    for column in ("tsne_1", "tsne_2"):  # mudata stores numbers that happen to be whole, or all missing, as integers
        cells.obs[column] = cells.obs[column].to_numpy(np.float64, na_value=np.nan)
    if not isinstance(cells.obs["cell_type"].dtype, pd.CategoricalDtype):
        raise InputError(path, "obs: cell_type is not a category", AGAIN)
    for name, modality in cells.mod.items():
        if not modality.obs_names.equals(cells.obs_names):
            raise InputError(path, f"the cells of {name} are not those of the whole, in their order", AGAIN)
        if not (modality.obs_names.is_unique and modality.var_names.is_unique):
            raise InputError(path, f"{name}: a cell or a feature is there twice", AGAIN)
        if not (issparse(modality.X) and modality.X.format == "csr" and is_counts(modality.X.data)):
            raise InputError(path, f"{name}: X is not a CSR matrix of counts", AGAIN)
    return cells


def is_counts(values: np.ndarray) -> bool:
    """Whether all are whole numbers from 0."""
    return bool((values >= 0).all() and (values == np.floor(values)).all())


def check_enough(cells: mudata.MuData, components: int, name: str) -> None:
    """Raise InputError if there are not more cells, genes and peaks than the ``components`` of a method called so."""
    sizes = {"cells": cells.n_obs, "genes": cells["rna"].n_vars, "peaks": cells["atac"].n_vars}
    kind, least = min(sizes.items(), key=lambda item: item[1])
    if least <= components:
        problem = f"{least} {kind}, where {name} needs more than its {components} components"
        raise InputError("the cells after preprocessing", problem, "use more data, or fewer components in sci_car")


PROXIMAL_TUBULE = "Proximal tubule"
SHORT = {
    "Proximal tubule": "PT",
    "Collecting duct": "CD",
    "Distal convoluted tubule": "DCT",
    "Medullary collecting duct": "Medullary CD",
    "Loop of Henle": "LoH",
    "Active proliferating cells (Ki-67+)": "Proliferating",
    "Paranephric body adipocyte": "Adipocyte",
    "intercalated": "IC",
    "principal": "PC",
}


def is_proximal_tubule(labels: pd.Series) -> pd.Series:
    """Which cells belong to the proximal tubule (False for cells without a label)."""
    return labels.astype("string").str.startswith(PROXIMAL_TUBULE).fillna(False).astype(bool)


def short_name(label: str) -> str:
    """A label as a figure has room for it."""
    for long, short in SHORT.items():
        label = label.replace(long, short)
    return label.replace(" cells", "").replace(" cell", "").replace("PT S3 (type ", "PT S3 (")


def window_counts(
    counts: sparse.csr_matrix, peaks: pd.DataFrame, *, size: int, min_cells: int
) -> tuple[sparse.csr_matrix, pd.Index]:
    """Counts (cells, windows) of peaks (rows with chr and start) in windows of ``size`` bases, and their names.

    Peaks with a count in fewer than ``min_cells`` cells are left out first; windows without a peak do not exist. The
    paper has 2,629 windows of 1 Mb and 10 cells.
    """
    kept = np.flatnonzero(counts.getnnz(axis=0) >= min_cells)
    names = peaks["chr"].astype(str) + ":" + (peaks["start"] // size).astype(str)
    codes, windows = pd.factorize(names.iloc[kept], sort=True)
    to_window = sparse.csr_matrix(
        (np.ones(len(kept), dtype=counts.dtype), (kept, codes)), shape=(counts.shape[1], len(windows))
    )
    return (counts @ to_window).tocsr(), pd.Index(windows)
