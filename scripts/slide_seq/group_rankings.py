"""Run a score of spatial variation on granule cells and on the others, observed and shuffled, and take differences.

This is how the paper adapts SpatialDE and Trendsceek, which know nothing of cell types; Moran's I and SPARK-X alike.
"""

from collections.abc import Callable

import anndata
import numpy as np
import pandas as pd

from running import read_table, write_parquet
from slide_seq.preprocess import POSITIONS
from slide_seq.ranking import GROUPS, by_groups


def first_genes(table: pd.DataFrame, n: int | None) -> pd.Index:
    """The n genes that are seen in the most beads, counted over all pucks, among the genes of every puck; all for None.

    table : gene, puck, beads (in how many beads of the puck the gene is seen)
    """
    wide = table.pivot(index="gene", columns="puck", values="beads").dropna()
    order = wide.sum(axis=1).reset_index(name="beads").sort_values(["beads", "gene"], ascending=[False, True])
    return pd.Index(order["gene"].iloc[:n])


def beads_of(group: str, granule: np.ndarray, n: int | None, rng: np.random.Generator) -> np.ndarray:
    """Rows of at most n random beads of a group ("granule" or "other"), in order; all of them for None."""
    assert group in GROUPS
    rows = np.flatnonzero(granule if group == "granule" else ~granule)
    return np.sort(rng.choice(rows, n, replace=False)) if n is not None and n < len(rows) else rows


def subset(beads: anndata.AnnData, group: str, n: int | None, genes: pd.Index | None, seed: int) -> anndata.AnnData:
    """Beads of one group and the genes of a declared subset; a generator of its own for each, so that none moves."""
    rng = np.random.default_rng([seed, GROUPS.index(group)])
    chosen = beads[beads_of(group, beads.obs["granule"].to_numpy(), n, rng)]
    return (chosen if genes is None else chosen[:, genes]).copy()


def places(beads: anndata.AnnData, positions: str) -> np.ndarray:
    """Where the beads lie, (n, 2) in pixels, for positions "observed" or "shuffled"."""
    return beads.obs[[f"x_{positions}", f"y_{positions}"]].to_numpy()


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
