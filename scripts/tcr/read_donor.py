"""Read one donor's binarized matrix: a cell's antibody counts, its CDR3 sequences, and the ligand it binds.

Source of the file: 10x Genomics, CD8+ T cells of four donors stained with 50 dextramers and 14 antibodies;
the paper's "Methods: Schema reveals CDR3 segments crucial to T cell receptor binding specificity".
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from running import InputError
from sources.tcr_header import BINDERS, LIGANDS, MARKERS, NEGATIVE_CONTROLS

CDR3 = "cell_clono_cdr3_aa"
COLUMNS = ("barcode", "donor", CDR3, *MARKERS, *BINDERS)
PANEL = (*LIGANDS, *NEGATIVE_CONTROLS)  # the order of BINDERS
FETCH = "delete the file and let the workflow fetch it again"
MEND = "mend the row, or delete the file and let the workflow fetch it again"


def read_donor(path: Path | str) -> pd.DataFrame:
    """Read the cells of a donor's file, one row each and in the file's order.

    Columns: ``barcode`` (str), ``donor`` (int), ``cdr3`` (str, as published: "TRA:CAV...F;TRB:CAS...F"), the
    14 MARKERS (float32, UMI counts), ``ligand`` (category over the 44 LIGANDS and 6 NEGATIVE_CONTROLS; NA
    where the cell binds none). Raises InputError on anything the publisher's files do not hold.
    """
    path = Path(path)
    _check_header(path)
    types = dict.fromkeys(("barcode", "donor", CDR3), pa.string())
    types |= dict.fromkeys(MARKERS, pa.float32()) | dict.fromkeys(BINDERS, pa.bool_())
    try:
        table = csv.read_csv(
            path,
            # Strict on purpose: no quotes, no blank lines, no word for "missing", one word for each truth.
            parse_options=csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                include_columns=COLUMNS,
                column_types=types,
                null_values=[],
                true_values=["True"],
                false_values=["False"],
            ),
        )
    except pa.ArrowInvalid as error:
        raise _explain(path, str(error)) from error
    if not table.num_rows:
        raise InputError(path, "no cell below the header (row 1)", FETCH)
    counts = np.column_stack([table[marker].to_numpy() for marker in MARKERS])
    bound = np.column_stack([table[binder].to_numpy() for binder in BINDERS])
    if not (np.isfinite(counts).all() and (counts >= 0).all() and bound.sum(axis=1).max() <= 1):
        raise _explain(path, "a count that is no count, or a cell with two binders")
    code = np.where(bound.any(axis=1), bound.argmax(axis=1), -1)
    cells = table.select(["barcode", "donor", CDR3]).to_pandas().rename(columns={CDR3: "cdr3"})
    _check_barcodes(path, cells)
    cells["donor"] = _donor_numbers(path, cells["donor"])
    cells[list(MARKERS)] = counts
    return cells.assign(ligand=pd.Categorical.from_codes(code, categories=PANEL))


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        first = file.readline(1 << 20).decode("utf-8", errors="replace").rstrip("\r\n")
    if not first:
        raise InputError(path, "the file is empty, or its first row is", FETCH)
    if first.lstrip().startswith("<"):
        raise InputError(path, "row 1: an HTML page, where a CSV table is expected", FETCH)
    names = first.split(",")
    remedy = f"expected the binarized matrix as 10x Genomics serves it; {FETCH}"
    for name in COLUMNS:
        if names.count(name) != 1:
            fault = "occurs twice in" if name in names else "is missing from"
            raise InputError(path, f"row 1: column {name!r} {fault} the header", remedy)
    for name in names:
        if name.endswith("_binder") and name not in BINDERS:
            raise InputError(path, f"row 1: column {name!r} is of none of the 50 dextramers", remedy)


def _explain(path: Path, symptom: str) -> InputError:
    """Find the first row that ``read_donor`` cannot accept. Slow, so only for a file with a fault."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        names = file.readline().rstrip("\r\n").split(",")
        for number, line in enumerate(file, start=2):
            row = line.rstrip("\r\n").split(",")
            if len(row) != len(names):
                problem = f"row {number}: {len(row)} fields, where the header has {len(names)} (a truncated file?)"
                return InputError(path, problem, FETCH)
            cell = dict(zip(names, row, strict=True))
            for marker in MARKERS:
                if not _is_count(cell[marker]):
                    problem = f"row {number}, column {marker!r}: {cell[marker]!r} is not a count of at least 0"
                    return InputError(path, problem, MEND)
            for binder in BINDERS:
                if cell[binder] not in ("True", "False"):
                    problem = f"row {number}, column {binder!r}: {cell[binder]!r} is neither True nor False"
                    return InputError(path, problem, MEND)
            bound = [binder for binder in BINDERS if cell[binder] == "True"]
            if len(bound) > 1:
                problem = f"row {number}: {' and '.join(map(repr, bound))} are True, where at most one may be"
                return InputError(path, problem, MEND)
    return InputError(path, symptom.splitlines()[0], FETCH)


def _is_count(text: str) -> bool:
    try:
        return 0 <= float(text) < math.inf
    except ValueError:
        return False


def _check_barcodes(path: Path, cells: pd.DataFrame) -> None:
    empty = cells["barcode"] == ""
    if empty.any():
        raise InputError(path, f"row {empty.argmax() + 2}, column 'barcode': no barcode", MEND)
    twice = cells.duplicated(["donor", "barcode"])
    if twice.any():
        last = int(twice.argmax())
        same = (cells[["donor", "barcode"]] == cells.loc[last, ["donor", "barcode"]]).all(axis=1)
        problem = f"rows {same.argmax() + 2} and {last + 2}: the same cell, barcode {cells.loc[last, 'barcode']!r}"
        raise InputError(path, problem, "keep one of the two rows")


def _donor_numbers(path: Path, names: pd.Series) -> pd.Series:
    valid = names.str.fullmatch(r"donor\d+")
    if not valid.all():
        row = int((~valid).argmax())
        problem = f"row {row + 2}, column 'donor': {names[row]!r} is not 'donor' and a number"
        raise InputError(path, problem, MEND)
    return names.str.removeprefix("donor").astype(int)
