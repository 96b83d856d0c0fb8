"""Run a score of spatial variation on granule cells and on the others, observed and shuffled, and take differences.

This is how the paper adapts SpatialDE and Trendsceek, which know nothing of cell types; Moran's I and SPARK-X alike.
"""

from collections.abc import Callable

import anndata
import numpy as np
import pandas as pd

from running import read_table, write_parquet
from slide_seq.preprocess import POSITIONS
from slide_seq.ranking import by_groups
from slide_seq.subsets import first_genes, places, subset

Score = Callable[[anndata.AnnData, np.ndarray], np.ndarray]


def write_rankings(out: str, method: str, beads_path: str, settings: dict, seed: int, score: Score) -> None:
    """Write the rankings of one puck to ``out``.

    settings : genes_table (path), genes and beads (sizes of the declared subsets, null for all)
    score : gives (genes,) for the beads of one group at their places (n, 2), higher for more spatial variation
    """
    beads = anndata.read_h5ad(beads_path)
    table = read_table(settings["genes_table"])
    genes = None if settings["genes"] is None else first_genes(table, settings["genes"])
    groups = {group: subset(beads, group, settings["beads"], genes, seed) for group in ("granule", "other")}
    tables = [
        by_groups(
            groups["granule"].var_names,
            lambda group, positions=positions: score(groups[group], places(groups[group], positions)),
            method=method,
            positions=positions,
        )
        for positions in POSITIONS
    ]
    write_parquet(pd.concat(tables, ignore_index=True), out, index=False)
