"""Read where the beads of a puck lie, and which atlas cluster each was assigned to."""

from typing import BinaryIO

import pandas as pd

from formats.kinds import NAME, NUMBER_OR_NA, WHOLE_OR_NA
from formats.tables import Table, read_table

LOCATIONS = {"barcodes": NAME, "xcoord": NUMBER_OR_NA, "ycoord": NUMBER_OR_NA}
CLUSTERS = {"Var1": NAME, "x": WHOLE_OR_NA}
ALIASES = {"barcodes": ("barcode", ""), "Var1": ("barcodes", "barcode", "")}


def read_locations(content: BinaryIO, label: str) -> pd.DataFrame:
    """Columns x, y (float, pixels) of the beads that have a place, indexed by barcode; ``label`` for errors."""
    table = read_table(content, LOCATIONS, name=label, aliases=ALIASES).without_gaps()
    table.once("barcodes", "bead")
    return table.frame.set_axis(["barcode", "x", "y"], axis=1).set_index("barcode")


def read_clusters(content: BinaryIO, label: str) -> Table:
    """The atlas cluster (int) of each bead that has one: columns barcode, cluster."""
    table = read_table(content, CLUSTERS, name=label, aliases=ALIASES).without_gaps()
    table.once("Var1", "bead")
    table.frame = table.frame.set_axis(["barcode", "cluster"], axis=1).astype({"cluster": int})
    return table
