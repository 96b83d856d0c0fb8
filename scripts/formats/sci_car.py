"""A sci-CAR sample as GEO serves it: the tables beside the two count matrices, and which cells are in both.

Source of the files: Cao et al. 2018, GEO GSE117089. They are comma-separated with a header, often compressed, in the
order of the matrix's rows (genes, peaks) or columns (cells); NA stands for a missing value. Each function takes what
the registry says of its file, ``published``, see ``formats.published``.
"""

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import spmatrix

from formats.kinds import LABEL, NAME, NUMBER_OR_NA, TEXT, WHOLE, Kind
from formats.matrix_market import write_counts
from formats.tables import read_published
from running import InputError, whole_file

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
    return read_cells(path, {}, published)


def read_cells(path: Path | str, columns: Mapping[str, Kind], published: Mapping | None = None) -> pd.DataFrame:
    """The cells of a matrix: ``sample`` (str), and further ``columns``."""
    return _read(path, {"sample": NAME, **columns}, "cell", published)


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


def in_both(rna_cells: pd.DataFrame, atac_cells: pd.DataFrame, files: str) -> pd.DataFrame:
    """The cells of both tables in the order of the RNA table, with their row in each: ``in_rna``, ``in_atac``.

    files : what to call them in an error. Raises InputError where no cell is in both.
    """
    where = pd.Series(np.arange(len(atac_cells)), index=atac_cells["sample"])
    found = rna_cells["sample"].isin(where.index)
    if not found.any():
        problem = f"none of {len(rna_cells)} and {len(atac_cells)} cells is in both tables"
        example = f"the first are {rna_cells['sample'].iloc[0]!r} and {atac_cells['sample'].iloc[0]!r}"
        raise InputError(files, f"{problem} ({example})", "use the RNA and the ATAC files of the same sample")
    joint = rna_cells[found].reset_index(names="in_rna")
    joint["in_atac"] = where[joint["sample"]].to_numpy()
    return joint


def write_file(path: Path, content: pd.DataFrame | spmatrix) -> None:
    """Write a table, or counts of cells x features, as GEO serves it; no date stands in the gzip."""
    with whole_file(path) as part:
        if isinstance(content, pd.DataFrame):
            text = content.to_csv(index=False, na_rep="NA", lineterminator="\n")
            part.write_bytes(gzip.compress(text.encode(), mtime=0))
        else:
            write_counts(content, part)
