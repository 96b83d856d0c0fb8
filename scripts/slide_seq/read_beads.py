"""Read where the beads of a puck lie, and which atlas cluster each was assigned to."""

from io import BufferedIOBase

import numpy as np
import pandas as pd

from running import InputError

FETCH = "get the file again, whole and as published"


def read_locations(content: BufferedIOBase, label: str) -> pd.DataFrame:
    """Columns x, y (float, pixels), indexed by barcode. ``label`` names the file in errors."""
    table = _table(content, label, ("barcodes", "xcoord", "ycoord")).rename(columns={"xcoord": "x", "ycoord": "y"})
    for axis in ("x", "y"):
        number = pd.to_numeric(table[axis], errors="coerce").to_numpy(dtype=float)
        wrong = ~np.isfinite(number)
        if wrong.any():
            row = int(wrong.argmax())
            problem = f"row {row + 2}, column '{axis}coord': {table[axis].iloc[row]!r} is no coordinate"
            raise InputError(label, problem, "give each bead its place in pixels, or leave it out")
        table[axis] = number
    return _by_barcode(table, "barcodes", label)


def read_clusters(content: BufferedIOBase, label: str) -> pd.Series:
    """The atlas cluster (int) of each bead that has one, indexed by barcode."""
    table = _table(content, label, ("Var1", "x"))
    whole = table["x"].str.fullmatch(r"\d+")
    if not whole.all():
        row = int((~whole).to_numpy().argmax())
        problem = f"row {row + 2}, column 'x': {table['x'].iloc[row]!r} is no number of an atlas cluster"
        raise InputError(label, problem, "give the cluster's number, or leave the bead out")
    return _by_barcode(table.assign(x=table["x"].astype(int)), "Var1", label)["x"].rename("cluster")


def _table(content: BufferedIOBase, label: str, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(content, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(label, f"is no CSV table ({' '.join(str(error).split())})", FETCH) from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        problem = (
            f"row 1: has no column {' and '.join(map(repr, missing))}, but {', '.join(map(str, table.columns[:8]))}"
        )
        raise InputError(label, problem, FETCH)
    if table.empty:
        raise InputError(label, "no bead below the header (row 1)", FETCH)
    return table[list(columns)]


def _by_barcode(table: pd.DataFrame, key: str, label: str) -> pd.DataFrame:
    twice = table[key].duplicated()
    if twice.any():
        row = int(twice.to_numpy().argmax())
        raise InputError(label, f"row {row + 2}: barcode {table[key].iloc[row]!r} stands twice", "keep one of the rows")
    return table.set_index(key).rename_axis("barcode")
