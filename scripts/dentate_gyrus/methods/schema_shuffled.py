"""The control: Schema with the unspliced counts of other cells."""

from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData

from dentate_gyrus.methods.schema import weighted
from dentate_gyrus.methods.table import Placed


def represent(cells: AnnData, settings: Mapping, rng: np.random.Generator) -> Iterator[Placed]:
    """As Schema, for each of ``settings["shuffles"]`` ways to deal the unspliced counts to the cells."""
    for repeat in range(settings["shuffles"]):
        dealt = rng.permutation(cells.n_obs)
        yield from weighted(cells.obsm["spliced"], cells.obsm["unspliced"][dealt], settings, repeat)
