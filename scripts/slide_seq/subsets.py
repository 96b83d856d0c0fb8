"""The declared subsets of beads and genes on which slow methods run: stated in the config, the same in each run."""

import anndata
import numpy as np
import pandas as pd

from slide_seq.ranking import GROUPS


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
