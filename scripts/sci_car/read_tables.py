"""Read the tables beside the two count matrices of a sci-CAR sample: cells, genes, peaks.

Source of the files: Cao et al. 2018, GEO GSE117089. They are comma-separated with a header, often compressed, in the
order of the matrix's rows (genes, peaks) or columns (cells); NA stands for a missing value. Each function takes what
the registry says of its file, ``published``, see ``formats.published``.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from formats.kinds import LABEL, NAME, NUMBER_OR_NA, TEXT, WHOLE, Kind
from formats.tables import read_published

CELLS = {"sample": NAME, "cell_name": LABEL, "tsne_1": NUMBER_OR_NA, "tsne_2": NUMBER_OR_NA}
GENES = {"gene_id": NAME, "gene_type": TEXT, "gene_short_name": LABEL}
PEAKS = {"peak": NAME, "chr": NAME, "start": WHOLE, "end": WHOLE}
BOTH = "keep the rows of one, here and in the matrix"


def read_rna_cells(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """The cells of the RNA matrix: ``sample`` (str), ``cell_type``, ``tsne_1``, ``tsne_2`` (float64, NaN if missing).

    ``cell_type`` is a category: the published ``cell_name`` with runs of blanks collapsed and none at the ends;
    NA for a cell without a label.
    """
    cells = _read(path, CELLS, "cell", published)
    names = cells.pop("cell_name").str.split().str.join(" ")
    cells.insert(1, "cell_type", names.astype("category"))
    return cells


def read_atac_cells(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """The cells of the ATAC matrix: ``sample`` (str)."""
    return _read(path, {"sample": NAME}, "cell", published)


def read_genes(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """The genes: ``gene_id`` (str, with its version), ``gene_type``, ``symbol`` (the identifier if it has none)."""
    genes = _read(path, GENES, "gene", published).rename(columns={"gene_short_name": "symbol"})
    return genes.assign(symbol=genes["symbol"].fillna(genes["gene_id"]))


def read_peaks(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """The peaks: ``peak`` (str), ``chr`` (str), ``start``, ``end`` (int64, base pairs as published)."""
    return _read(path, PEAKS, "peak", published)


def _read(path: Path | str, kinds: Mapping[str, Kind], what: str, published: Mapping | None) -> pd.DataFrame:
    """The columns of a table, in which the first names each row."""
    table = read_published(path, kinds, published=published)
    table.once(next(iter(kinds)), what, remedy=BOTH)
    if "start" in kinds:
        table.refuse(table.frame["start"] > table.frame["end"], "peak {peak!r} ends before it starts")
    return table.frame
