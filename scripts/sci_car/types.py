"""The cell types of the mouse kidney, and the proximal tubule's, of which the paper speaks."""

import pandas as pd

PROXIMAL_TUBULE = "Proximal tubule"
SHORT = {
    "Proximal tubule": "PT",
    "Collecting duct": "CD",
    "Distal convoluted tubule": "DCT",
    "Medullary collecting duct": "Medullary CD",
    "Loop of Henle": "LoH",
    "Active proliferating cells (Ki-67+)": "Proliferating",
    "Paranephric body adipocyte": "Adipocyte",
    "intercalated": "IC",
    "principal": "PC",
}


def is_proximal_tubule(labels: pd.Series) -> pd.Series:
    """Which cells belong to the proximal tubule (False for cells without a label)."""
    return labels.astype("string").str.startswith(PROXIMAL_TUBULE).fillna(False).astype(bool)


def short_name(label: str) -> str:
    """A label as a figure has room for it."""
    for long, short in SHORT.items():
        label = label.replace(long, short)
    return label.replace(" cells", "").replace(" cell", "").replace("PT S3 (type ", "PT S3 (")
