"""Small pucks for the tests of the Slide-seq part, with faults where they are asked for."""

from pathlib import Path

import numpy as np
import pandas as pd

MAPPING = "BeadMapping_10-17_1014"
BARCODES, GENES = ["AAA", "CCC", "GGG", "TTT"], ["Gapdh", "Calm1", "Pcp2"]
COUNTS = np.array([[1, 0, 12], [0, 3, 0], [9, 9, 0], [0, 0, 104]])  # beads x genes
TEXTS = {
    "MappedDGEForR.csv": "Row,AAA,CCC,GGG,TTT\nGapdh,1,0,9,0\nCalm1,0,3,9,0\nPcp2,12,0,0,104\n",
    "BeadLocationsForR.csv": "barcodes,xcoord,ycoord\nAAA,1.5,2\nGGG,10,20\nCCC,3,4\nTTT,0,0\n",
    "AnalogizerClusterAssignments.csv": "Var1,x\nAAA,1\nCCC,2\nTTT,1\n",
}


def write_puck(folder: Path, mapping: str = MAPPING, **changed: str | None) -> Path:
    """A folder Puck_1 with one bead mapping; ``changed`` by how a file's name begins: its text, or None."""
    place = folder / "Puck_1" / mapping
    place.mkdir(parents=True)
    for name, text in TEXTS.items():
        key = next((key for key in changed if name.startswith(key)), None)
        content = text if key is None else changed[key]
        if content is not None:
            (place / name).write_text(content)
    return folder / "Puck_1"


GENE_NAMES = np.array([f"g{i:03d}" for i in range(300)])


def genes_table(pucks="abc", genes=GENE_NAMES, rng=None):
    """The table of genes of pucks that share most of their mean expression."""
    rng = rng or np.random.default_rng(0)
    base = rng.gamma(1, size=len(genes))
    tables = []
    for puck in pucks:
        mean = base * rng.lognormal(0, 0.3, len(genes))
        beads = (1000 * mean / mean.max()).astype(int)
        tables.append(pd.DataFrame({"gene": genes, "puck": puck, "beads": beads, "mean": mean, "scaled_mean": mean}))
    return pd.concat(tables, ignore_index=True)
