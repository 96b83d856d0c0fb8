"""Read the tables beside the two count matrices of a sci-CAR sample: cells, genes, peaks.

Source of the files: Cao et al. 2018, GEO GSE117089. They are comma-separated with a header, often compressed, in the
order of the matrix's rows (genes, peaks) or columns (cells); NA stands for a missing value.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from running import InputError
from sources.opening import DAMAGED, opened

FETCH = "delete the file and let the workflow fetch it again"
MEND = f"mend the row, or {FETCH}"
CELL_COLUMNS = ("sample", "cell_name", "tsne_1", "tsne_2")
GENE_COLUMNS = ("gene_id", "gene_type", "gene_short_name")
PEAK_COLUMNS = ("peak", "chr", "start", "end")
MISSING = ("", "NA")


def read_rna_cells(path: Path | str) -> pd.DataFrame:
    """The cells of the RNA matrix: ``sample`` (str), ``cell_type``, ``tsne_1``, ``tsne_2`` (float64, NaN if missing).

    ``cell_type`` is a category: the published ``cell_name`` with runs of blanks collapsed and none at the ends;
    NA for a cell without a label.
    """
    table = _read(path, CELL_COLUMNS)
    _once(path, table["sample"], "cell")
    names = table["cell_name"].str.split().str.join(" ")
    labels = names.mask(names.isin(MISSING)).astype("category")
    places = {column: _numbers(path, table[column]) for column in ("tsne_1", "tsne_2")}
    return pd.DataFrame({"sample": table["sample"], "cell_type": labels, **places})


def read_atac_cells(path: Path | str) -> pd.DataFrame:
    """The cells of the ATAC matrix: ``sample`` (str)."""
    table = _read(path, ("sample",))
    _once(path, table["sample"], "cell")
    return table


def read_genes(path: Path | str) -> pd.DataFrame:
    """The genes: ``gene_id`` (str, with its version), ``gene_type``, ``symbol`` (the identifier if it has none)."""
    table = _read(path, GENE_COLUMNS)
    _once(path, table["gene_id"], "gene")
    symbol = table["gene_short_name"].str.strip()
    return pd.DataFrame(
        {
            "gene_id": table["gene_id"],
            "gene_type": table["gene_type"],
            "symbol": symbol.where(symbol != "", table["gene_id"]),
        }
    )


def read_peaks(path: Path | str) -> pd.DataFrame:
    """The peaks: ``peak`` (str), ``chr`` (str), ``start``, ``end`` (int64, base pairs as published)."""
    table = _read(path, PEAK_COLUMNS)
    _once(path, table["peak"], "peak")
    for column in ("start", "end"):
        whole = table[column].str.fullmatch(r"\d{1,15}")
        if not whole.all():
            row = int((~whole).argmax())
            problem = f"row {row + 2}, column {column!r}: {table[column][row]!r} is not a position"
            raise InputError(path, problem, MEND)
        table[column] = table[column].astype(np.int64)
    backward = table["start"] > table["end"]
    if backward.any():
        row = int(backward.argmax())
        raise InputError(path, f"row {row + 2}: peak {table['peak'][row]!r} ends before it starts", MEND)
    return table


def _read(path: Path | str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns as published, all text. Row i of the file (from 1, the header included) is row i - 2 here."""
    try:
        with opened(path) as file:
            table = csv.read_csv(
                file,
                read_options=csv.ReadOptions(use_threads=False),  # so that an error names the row
                parse_options=csv.ParseOptions(ignore_empty_lines=False),
                convert_options=csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), null_values=[]),
            )
    except (*DAMAGED, pa.ArrowInvalid) as error:
        raise InputError(path, f"cannot be read to its end ({str(error).splitlines()[0]})", FETCH) from error
    for column in columns:
        if table.column_names.count(column) != 1:
            fault = "occurs twice in" if column in table.column_names else "is missing from"
            found = ", ".join(map(repr, table.column_names[:8]))
            raise InputError(path, f"row 1: column {column!r} {fault} the header ({found})", FETCH)
    if not table.num_rows:
        raise InputError(path, "no row below the header (row 1)", FETCH)
    return table.select(columns).to_pandas()


def _once(path: Path | str, names: pd.Series, kind: str) -> None:
    """Raise InputError unless every row has a name of its own."""
    blank = names.str.strip().isin(MISSING)
    if blank.any():
        raise InputError(path, f"row {int(blank.argmax()) + 2}, column {names.name!r}: the {kind} has no name", MEND)
    twice = names.duplicated()
    if twice.any():
        last = int(twice.argmax())
        first = int((names == names[last]).argmax())
        problem = f"rows {first + 2} and {last + 2}: the same {kind}, {names[last]!r}"
        raise InputError(path, problem, f"keep the rows of one, here and in the matrix, or {FETCH}")


def _numbers(path: Path | str, texts: pd.Series) -> pd.Series:
    missing = texts.str.strip().isin(MISSING)
    values = pd.to_numeric(texts.mask(missing), errors="coerce").astype(np.float64)
    wrong = ~missing & ~np.isfinite(values)
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(path, f"row {row + 2}, column {texts.name!r}: {texts[row]!r} is not a number", MEND)
    return values
