"""Which genes and peaks of a sci-CAR sample are used."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from running import InputError

REGION = re.compile(r"([^:]+):(\d+)-(\d+)")


def genes_of_types(genes: pd.DataFrame, types: Sequence[str]) -> np.ndarray:
    """Which genes have one of the types, (n,) boolean; raises InputError if none has."""
    chosen = genes["gene_type"].isin(types).to_numpy()
    if not chosen.any():
        problem = f"no gene is of type {', '.join(types)}, but of {', '.join(sorted(genes['gene_type'].unique())[:5])}"
        raise InputError("the table of genes", problem, "change sci_car.filter.gene_types")
    return chosen


def by_symbol(counts: csr_matrix, genes: pd.DataFrame) -> tuple[csr_matrix, pd.DataFrame]:
    """Add up the counts of genes that share a symbol, since gene sets and readers know genes by symbol alone.

    counts : cells x genes. Returns both in the order of the first gene of each symbol; the row of several
    has their identifiers with ";" between.
    """
    code, symbols = pd.factorize(genes["symbol"])
    to_symbol = csr_matrix((np.ones(len(code), counts.dtype), (np.arange(len(code)), code)))
    together = genes.groupby("symbol", sort=False).agg(gene_id=("gene_id", ";".join), gene_type=("gene_type", "first"))
    summed = csr_matrix(counts @ to_symbol)
    summed.sort_indices()
    return summed, together.reindex(symbols)


def on_chromosomes(peaks: pd.DataFrame, chromosomes: Sequence[str]) -> np.ndarray:
    """Which peaks lie on one of the chromosomes, (n,) boolean; raises InputError if none does."""
    chosen = peaks["chr"].isin(chromosomes).to_numpy()
    if not chosen.any():
        problem = f"no peak is on {chromosomes[0]} to {chromosomes[-1]}; the first is on {peaks['chr'].iloc[0]!r}"
        raise InputError("the table of peaks", problem, "change sci_car.filter.chromosomes")
    return chosen


def overlapping(peaks: pd.DataFrame, regions: Sequence[str]) -> np.ndarray:
    """Which peaks overlap one of the regions ("chr2:98662037-98662942", both ends included), (n,) boolean."""
    hit = np.zeros(len(peaks), dtype=bool)
    for region in regions:
        match = REGION.fullmatch(region)
        if not match:
            raise InputError("sci_car.filter.artefacts", f"{region!r} is no region", "write chromosome:start-end")
        same = (peaks["chr"] == match[1]) & (peaks["start"] <= int(match[3])) & (peaks["end"] >= int(match[2]))
        hit |= same.to_numpy()
    return hit


def seen_in(counts: csr_matrix, cells: int) -> np.ndarray:
    """Which features (columns) have a count in at least so many cells (rows), (n,) boolean."""
    return counts.getnnz(axis=0) >= cells
