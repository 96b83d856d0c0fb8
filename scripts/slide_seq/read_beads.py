"""Read where the beads of a puck lie, and which atlas cluster each was assigned to."""

from typing import BinaryIO

import pandas as pd

from formats.kinds import NAME, NUMBER, WHOLE
from formats.tables import Table, read_table

LOCATIONS = {"barcodes": NAME, "xcoord": NUMBER, "ycoord": NUMBER}
CLUSTERS = {"Var1": NAME, "x": WHOLE}
ALIASES = {"barcodes": ("barcode", ""), "Var1": ("barcodes", "barcode", "")}


def read_locations(content: BinaryIO, label: str) -> pd.DataFrame:
    """Columns x, y (float, pixels), indexed by barcode. ``label`` names the file in errors."""
    table = read_table(content, LOCATIONS, name=label, aliases=ALIASES)
    table.once("barcodes", "bead")
    return table.frame.set_axis(["barcode", "x", "y"], axis=1).set_index("barcode")


def read_clusters(content: BinaryIO, label: str) -> Table:
    """The atlas cluster (int) of each bead that has one: columns barcode, cluster."""
    table = read_table(content, CLUSTERS, name=label, aliases=ALIASES)
    table.once("Var1", "bead")
    table.frame.columns = ["barcode", "cluster"]
    return table
