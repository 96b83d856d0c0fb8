"""Read the table of cells that GEO serves beside the tarball: age, line and cell type of each."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from formats.kinds import NAME, TEXT, WHOLE
from formats.tables import read_table
from running import InputError
from running.errors import plain

KINDS = {"new_barcode": NAME, "Age": WHOLE, "Genotype": NAME, "annotation": TEXT}
COLUMNS = {"new_barcode": "barcode", "Age": "age", "Genotype": "line"}
REMEDY = "use the metadata that GEO serves with this tarball (GSE107451)"


def read_metadata(path: Path | str, cells: pd.DataFrame, published: Mapping | None = None) -> pd.DataFrame:
    """Age in days (int), line and annotation of each cell, in the order of ``cells``.

    cells : index barcode; line, age (text) of the tarball's own annotation, against which both are checked
    published : what the registry says of the file, see ``formats.published``

    Raises InputError for a file that is damaged or has other columns, for a cell that comes twice, an age that is not
    a number of days, cells that it does not describe, and ages or lines that are not the tarball's.
    """
    table = read_table(path, KINDS, aliases={"new_barcode": ("",)}, published=published)
    table.once("new_barcode", "cell")
    known = table.frame.rename(columns=COLUMNS).set_index("barcode")
    unknown = ~cells.index.isin(known.index)
    if unknown.any():
        first = cells.index[int(unknown.argmax())]
        problem = f"describes other cells: {unknown.sum()} of {len(cells)} cells of the matrix are not in it"
        raise InputError(path, f"{problem}, the first is {first!r}", REMEDY)
    found = known.loc[cells.index]
    for name in ("age", "line"):
        differs = (found[name].astype(str) != cells[name]).to_numpy()
        if differs.any():
            row = int(differs.argmax())
            here, there = found[name].iloc[row], cells[name].iloc[row]
            problem = f"cell {cells.index[row]!r} has the {name} {plain(here)}, in the tarball {plain(there)}"
            raise InputError(path, problem, REMEDY)
    return found
