"""Spliced counts alone."""

from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData

from dentate_gyrus.methods.table import Placed


def represent(cells: AnnData, settings: Mapping, rng: np.random.Generator) -> Iterator[Placed]:
    """The principal components as they are."""
    yield Placed(cells.obsm["spliced"])
