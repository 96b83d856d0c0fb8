"""Count what a sci-CAR sample held and what was kept: the numbers that the paper gives of its data."""

from collections.abc import Mapping

import mudata
import numpy as np
import pandas as pd


def summarise(cells: mudata.MuData, before: Mapping[str, float]) -> pd.DataFrame:
    """Rows ``quantity``, ``value``: those of ``before``, and of the cells that were kept.

    cells_joint, cells_labelled, cell_types; genes, peaks (kept); rna_counts_per_cell (mean and median),
    genes_per_cell, peaks_per_cell (means of how many are not 0), peak_share_per_cell (the mean share of
    peaks that are not 0: the paper's 0.28 %), cells_without_peaks.
    """
    rna, atac = cells["rna"].X, cells["atac"].X
    depth = np.asarray(rna.sum(axis=1)).ravel()
    peaks_per_cell = atac.getnnz(axis=1)
    after = {
        "cells_joint": cells.n_obs,
        "cells_labelled": cells.obs["cell_type"].notna().sum(),
        "cell_types": cells.obs["cell_type"].nunique(),
        "genes": rna.shape[1],
        "peaks": atac.shape[1],
        "rna_counts_per_cell": depth.mean(),
        "rna_counts_per_cell_median": np.median(depth),
        "genes_per_cell": rna.getnnz(axis=1).mean(),
        "peaks_per_cell": peaks_per_cell.mean(),
        "peak_share_per_cell": peaks_per_cell.mean() / atac.shape[1],
        "cells_without_peaks": (peaks_per_cell == 0).sum(),
    }
    rows = [(name, float(value)) for name, value in {**before, **after}.items()]
    return pd.DataFrame(rows, columns=["quantity", "value"])
