"""The one format in which every method of the part gives its result: a score for each gene, the highest first.

Columns: method, positions ("observed", or "shuffled" for the control), kind ("final", or "granule" and "other" for the
intermediate rankings of a method that is run on two groups of cells), gene, score (float; NaN: not scored).

SpatialDE and Trendsceek know nothing of cell types. The paper therefore runs them on granule cells and on the others,
and takes differences; Moran's I and SPARK-X are run alike.
"""

from collections.abc import Callable

import anndata
import numpy as np
import pandas as pd

from running import read_table, write_parquet

COLUMNS = ["method", "positions", "kind", "gene", "score"]
GROUPS = ("granule", "other")
POSITIONS = ("observed", "shuffled")


def ranking(genes: np.ndarray, score: np.ndarray, *, method: str, positions: str, kind: str = "final") -> pd.DataFrame:
    """One ranking in the common format."""
    table = pd.DataFrame({"gene": np.asarray(genes, dtype=str), "score": np.asarray(score, dtype=float)})
    return table.assign(method=method, positions=positions, kind=kind)[COLUMNS]


def rank_difference(granule: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How much higher a gene ranks in granule cells than in the others (paper: Methods, SpatialDE and Trendsceek).

    Ranks among the genes scored in both groups, as shares of their number; ties share a mean rank. NaN elsewhere.
    """
    both = np.isfinite(granule) & np.isfinite(other)
    difference = np.full(len(granule), np.nan)
    ranks = [pd.Series(scores[both]).rank(pct=True).to_numpy() for scores in (granule, other)]
    difference[both] = ranks[0] - ranks[1]
    return difference


def by_groups(genes: np.ndarray, score_of: Callable[[str], np.ndarray], *, method: str, positions: str) -> pd.DataFrame:
    """The rankings of granule cells, of other cells, and of their difference.

    score_of : gives the scores (genes,) of a group, "granule" or "other"
    """
    scores = {group: np.asarray(score_of(group), dtype=float) for group in GROUPS}
    scores["final"] = rank_difference(scores["granule"], scores["other"])
    labels = {"method": method, "positions": positions}
    return pd.concat([ranking(genes, score, kind=kind, **labels) for kind, score in scores.items()], ignore_index=True)


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

    settings : genes_table (path), genes and beads (sizes of the declared subsets; all where there is none, or null)
    score : gives (genes,) for the beads of one group at their places (n, 2), higher for more spatial variation
    """
    beads = anndata.read_h5ad(beads_path)
    table = read_table(settings["genes_table"])
    n_genes, n_beads = settings.get("genes"), settings.get("beads")
    genes = None if n_genes is None else first_genes(table, n_genes)
    groups = {group: subset(beads, group, n_beads, genes, seed) for group in ("granule", "other")}
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
