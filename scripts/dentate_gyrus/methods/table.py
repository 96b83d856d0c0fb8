"""The table of methods that represent cells with spliced and unspliced counts: what rules, figures and ledger know.

A method's script has ``represent(cells, settings, rng)``: cells (AnnData with obsm ``spliced`` and ``unspliced``,
principal components of each layer) to an iterator of :class:`Placed`. ``settings`` are dentate_gyrus of the config. To
add a method: a script in this folder, a line in METHODS, and its name at dentate_gyrus.methods in the config.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

CHANGE, FIRST = "change", "first component"  # what a pseudotime lies along
PSEUDOTIME, DISTANCE, TSNE, RANKS = "pseudotime", "distance", "t-SNE", "ranks"  # scores


@dataclass(frozen=True)
class Method:
    """One method as rules, figures and ledger know it.

    Attributes
    ----------
    module : the script in this folder
    label : its name in figures
    group : "alone" (one layer alone), "schema", "control", or "rival"
    """

    module: str
    label: str
    group: str


METHODS = {  # in the order of the figures
    "spliced": Method("spliced", "spliced alone", "alone"),
    "unspliced": Method("unspliced", "unspliced alone", "alone"),
    "schema": Method("schema", "Schema", "schema"),
    "schema_shuffled": Method("schema_shuffled", "other cells' unspliced", "control"),
    "cca": Method("cca", "CCA", "rival"),
}


class Placed(NamedTuple):
    """What a method makes of the cells.

    ``points`` (n, d): where they are; ``time`` (n,): their pseudotime, of either sign, None where a method has none of
    its own; ``min_correlation``: s, NaN for methods that have none; ``repeat``: which of several shuffles; ``weights``
    (d,) of the components, for Schema; ``correlations`` of squared distances, for Schema: ``before`` and ``after`` with
    those of the modality, ``reference`` with those of the spliced counts.
    """

    points: np.ndarray
    time: np.ndarray | None = None
    min_correlation: float = np.nan
    repeat: int = 0
    weights: np.ndarray | None = None
    correlations: dict[str, float] | None = None


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def along_the_change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Pseudotime of the authors' script, (n,): how far a cell lies along the mean change of direction.

    Rows of both (n, d) are scaled to unit length. The mean over cells of their difference is a direction, on which
    the rows before are projected. Its sign is arbitrary. It is a projection of the spliced counts: what the unspliced
    ones add is one direction for all cells.
    """
    start = unit(before)
    return start @ (unit(after) - start).mean(axis=0)


def label_of(method: str, min_correlation: float) -> str:
    """The name of a representation: "CCA", or "Schema, s = 0.99"."""
    label = METHODS[method].label
    return label if np.isnan(min_correlation) else f"{label}, s = {min_correlation:g}"


def in_order(names: Iterable[str]) -> list[str]:
    """Names of methods in the order of METHODS."""
    return [name for name in METHODS if name in set(names)]
