"""CDR3 sequences as arrays of residues, and the features that are made of them."""

import numpy as np
import pandas as pd

from tcr.chains import AMINO_ACIDS

NULL = "-"


def residues_by_location(cdr3: pd.Series, width: int) -> np.ndarray:
    """The residue at each of the first ``width`` locations, (n, width) of ASCII codes; ``-`` past the end.

    (Paper: the i-th element is the 1-letter code at position i "or a null value if the sequence length was shorter".)
    """
    padded = cdr3.str.slice(0, width).str.ljust(width, NULL)
    return np.frombuffer("".join(padded).encode("ascii"), dtype=np.uint8).reshape(len(cdr3), width)


def residue_counts(locations: np.ndarray, first: int, last: int) -> np.ndarray:
    """How often each of the 20 residues stands at locations first..last (1-based, inclusive), (n, 20) float.

    ``locations`` is what :func:`residues_by_location` gives. For one location this is a Boolean vector.
    """
    window = locations[:, first - 1 : last]
    return np.stack([(window == ord(residue)).sum(axis=1) for residue in AMINO_ACIDS], axis=1).astype(float)


def position_entropy(locations: np.ndarray) -> np.ndarray:
    """Shannon entropy in nats of the residues at each location, (width,); null values count as a residue."""
    entropies = []
    for column in locations.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        entropies.append(-(share * np.log(share)).sum())
    return np.array(entropies)
