"""Read one donor's binarized matrix: a cell's antibody counts, its CDR3 sequences, and the ligand it binds.

Source of the file: 10x Genomics, CD8+ T cells of four donors stained with 50 dextramers and 14 antibodies;
the paper's "Methods: Schema reveals CDR3 segments crucial to T cell receptor binding specificity".
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from formats.kinds import COUNT, FLAG, LABEL, NAME, Kind
from formats.tables import MEND, read_published
from running import InputError
from tcr.columns import BINDERS, LIGANDS, MARKERS, NEGATIVE_CONTROLS

CDR3 = "cell_clono_cdr3_aa"
DONOR = Kind("'donor' and a number", lambda texts: pd.to_numeric(texts.str.extract(r"^donor(\d{1,9})$", expand=False)))
KINDS = {"barcode": NAME, "donor": DONOR, CDR3: LABEL} | dict.fromkeys(MARKERS, COUNT) | dict.fromkeys(BINDERS, FLAG)
PANEL = (*LIGANDS, *NEGATIVE_CONTROLS)  # the order of BINDERS


def read_donor(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """Read the cells of a donor's file in the file's order; the index is their row in it.

    Columns: ``barcode`` (str), ``donor`` (int), ``cdr3`` (str, as published: "TRA:CAV...F;TRB:CAS...F"; empty for
    none), the 14 MARKERS (float32, UMI counts), ``ligand`` (category over the 44 LIGANDS and 6 NEGATIVE_CONTROLS; NA
    where the cell binds none). Raises InputError on anything the publisher's files do not hold.

    published : what the registry says of the file, see ``formats.published``
    """
    table = read_published(path, KINDS, published=published)
    for name in table.others:
        if name.endswith("_binder"):
            raise InputError(path, f"row 1: column {name!r} is of none of the 50 dextramers", MEND)
    cells = table.frame
    bound = cells[list(BINDERS)].to_numpy()
    several = bound.sum(axis=1) > 1
    names = " and ".join(repr(BINDERS[i]) for i in np.flatnonzero(bound[several.argmax()]))
    table.refuse(several, f"{names} are True, where at most one may be")
    table.once("barcode", "cell", "donor")
    code = np.where(bound.any(axis=1), bound.argmax(axis=1), -1)
    cells = cells[["barcode", "donor"]].assign(cdr3=cells[CDR3].fillna(""), **cells[list(MARKERS)])
    return cells.assign(ligand=pd.Categorical.from_codes(code, categories=PANEL)).set_index(pd.Index(table.rows))
