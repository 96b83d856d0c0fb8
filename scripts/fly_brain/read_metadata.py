"""Read the table of cells that GEO serves beside the tarball: age, line and cell type of each."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from running import InputError

COLUMNS = {"new_barcode": "barcode", "Age": "age", "Genotype": "line", "annotation": "annotation"}
REMEDY = "use the metadata that GEO serves with this tarball (GSE107451)"


def read_metadata(path: Path | str, cells: pd.DataFrame) -> pd.DataFrame:
    """Age in days (int), line and annotation of each cell, in the order of ``cells``.

    cells : index barcode; line, age (text) of the tarball's own annotation, against which both are checked
    Raises InputError for a file that is damaged or has other columns, for a cell that comes twice, an age that is not
    a number of days, cells that it does not describe, and ages or lines that are not the tarball's.
    """
    path = Path(path)
    table = _read(path)
    twice = table["barcode"].duplicated().to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise InputError(path, f"row {row + 2}: cell {table['barcode'][row]!r} is there already", REMEDY)
    age = pd.to_numeric(table["age"], errors="coerce").replace(np.inf, np.nan).to_numpy(dtype=float)
    bad = ~((age >= 0) & (age % 1 == 0))  # NaN too
    if bad.any():
        row = int(bad.argmax())
        problem = f"row {row + 2}, column 'Age': {table['age'][row]!r} is not a whole number of days"
        raise InputError(path, problem, "write ages as 0, 1, 3, ...")
    table = table.assign(age=age.astype(int)).set_index("barcode")
    unknown = ~cells.index.isin(table.index)
    if unknown.any():
        first = cells.index[int(unknown.argmax())]
        problem = f"describes other cells: {unknown.sum()} of {len(cells)} cells of the matrix are not in it"
        raise InputError(path, f"{problem}, the first is {first!r}", REMEDY)
    found = table.loc[cells.index]
    for name in ("age", "line"):
        differs = (found[name].astype(str) != cells[name]).to_numpy()
        if differs.any():
            row = int(differs.argmax())
            here, there = found[name].iloc[row], cells[name].iloc[row]
            problem = f"cell {cells.index[row]!r} has the {name} {here}, in the tarball {there}"
            raise InputError(path, problem, REMEDY)
    return found


def _read(path: Path) -> pd.DataFrame:
    """The wanted columns as text, under our names."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as content:
            header = content.readline().rstrip("\n").split("\t")
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise InputError(path, f"has no column {missing[0]!r}, but {', '.join(header[:12])}", REMEDY)
            table = pd.read_csv(
                content, sep="\t", names=header, usecols=list(COLUMNS), dtype=str, keep_default_na=False, quoting=3
            )
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pd.errors.ParserError) as error:
        problem = f"cannot be read as a table compressed with gzip ({type(error).__name__}: {error})"
        raise InputError(path, problem, "delete it and let the workflow fetch it again") from error
    return table.rename(columns=COLUMNS)
