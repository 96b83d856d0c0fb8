"""Filters of cells that the atlas' table allows. The paper says "epiblast cells" and names no filter.

Each takes the table of cells (doublet, stripped, celltype) and says which it keeps.
"""

OUTSIDE = ("ExE", "Parietal endoderm", "Visceral endoderm")  # how types begin that are not of the embryo itself


def _whole(meta):
    return ~meta["doublet"] & ~meta["stripped"]


FILTERS = {  # from the most cells to the fewest
    "all cells": lambda meta: meta["doublet"].notna(),
    "no doublets": lambda meta: ~meta["doublet"],
    "no doublets or stripped nuclei": _whole,
    "of the embryo itself": lambda meta: _whole(meta) & ~meta["celltype"].fillna("").str.startswith(OUTSIDE),
    "epiblast": lambda meta: _whole(meta) & (meta["celltype"] == "Epiblast"),
}
