"""Do variable genes share topologically associating domains (TADs) more often than as many random genes?

The question and the number of random sets are those of the authors' script; the paper prints no number.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from a549.names import ALL, ANY, SAME_CHROMOSOMES

MEASURED, ALL_GENES = "measured genes", "all genes"
COLUMNS = ["set", "background", "random", "genes", "pairs", "share", "median", "low", "high", "p", "draws"]


def pairs_in_domains(genes: pd.Series, tads: pd.Series) -> np.ndarray:
    """Pairs of different genes that lie in one domain or more together, (n, 2) numbers of genes.

    genes, tads : (rows,) numbers of a gene and of a domain that it lies in
    """
    shape = (int(genes.max()) + 1, int(tads.max()) + 1)
    inside = sparse.csr_array((np.ones(len(genes), int), (genes.to_numpy(), tads.to_numpy())), shape=shape)
    together = sparse.triu(inside @ inside.T, k=1).tocoo()
    return np.column_stack([together.row, together.col])


def share(chosen: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The share of pairs of the chosen genes that lie in one domain together; chosen (sets, genes), boolean."""
    n = chosen.sum(axis=1)
    return (chosen[:, pairs[:, 0]] & chosen[:, pairs[:, 1]]).sum(axis=1) / np.maximum(n * (n - 1) / 2, 1)


def random_sets(chosen: np.ndarray, groups: np.ndarray, n: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """n random sets (genes,), each with as many of every group as are chosen."""
    due = np.bincount(groups, weights=chosen).astype(int)
    start = np.searchsorted(np.sort(groups), np.arange(len(due)))
    for _ in range(n):
        order = np.lexsort((rng.random(len(groups)), groups))
        rank = np.empty(len(groups), int)
        rank[order] = np.arange(len(groups)) - start[groups[order]]
        yield rank < due[groups]


def shared_domains(places: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Rows of COLUMNS: the share of pairs of a set that share a domain, and the same of random sets.

    places : ``gene``, ``chrom``, ``tad``, ``quartile``, missing for genes that were not measured; a row for each
        gene in each domain

    Each quartile is held against the measured genes in domains, and all measured genes against all genes in
    domains. ``low`` and ``high`` are the ends of all random sets; ``p`` is (1 + those not below) / (1 + draws).
    Fewer than two genes of a set give no row.
    """
    code, names = pd.factorize(places["gene"])
    pairs = pairs_in_domains(pd.Series(code), places["tad"])
    genes = places.drop_duplicates("gene")
    chrom, quartile = pd.factorize(genes["chrom"])[0], genes["quartile"].to_numpy(dtype=float)
    measured, rng, rows = ~np.isnan(quartile), np.random.default_rng([seed, 6]), []
    levels = np.unique(quartile[measured])
    asked = [(f"quartile {level:.0f}", quartile == level, MEASURED, measured) for level in levels if len(levels) > 1]
    for name, chosen, background, among in [
        (ALL, measured, ALL_GENES, np.ones(len(names), bool)),
        *asked,
    ]:
        if chosen.sum() < 2:
            continue
        number = np.cumsum(among) - 1
        within = number[pairs[among[pairs].all(axis=1)]]
        own = float(share(chosen[among][None], within)[0])
        for random, groups in ((ANY, np.zeros_like(chrom)), (SAME_CHROMOSOMES, chrom)):
            sets = random_sets(chosen[among], groups[among], draws, rng)
            found = np.array([share(one[None], within)[0] for one in sets])
            row = [name, background, random, int(chosen.sum()), round(own * chosen.sum() * (chosen.sum() - 1) / 2), own]
            p = (1 + (found >= own).sum()) / (1 + draws)
            rows.append([*row, np.median(found), found.min(), found.max(), p, draws])
    return pd.DataFrame(rows, columns=COLUMNS)
