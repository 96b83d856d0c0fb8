"""What a method of Figure S1 gives, and the names of the variants of those that we have."""

from dataclasses import dataclass

import numpy as np

SCHEMA, EQUAL, NO_BATCH, SHUFFLED = "schema", "equal weights", "no batch term", "stages shuffled"
CENTRED, UNCENTRED = "groups centred", "groups not centred"


@dataclass(frozen=True)
class Fit:
    """What a variant of a method made of some cells.

    Attributes
    ----------
    variant : its name
    places : (n, d), where it places the cells
    scores : (genes,), the larger, the more a gene has to do with stage
    ages : (n,), what it took for the ages of the cells
    s : the least correlation asked for; NaN where there is none
    shuffle : which of several shuffles it is
    """

    variant: str
    places: np.ndarray
    scores: np.ndarray
    ages: np.ndarray
    s: float = float("nan")
    shuffle: int = 0
