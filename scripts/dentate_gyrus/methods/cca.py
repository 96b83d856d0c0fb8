"""CCA of the components of both layers."""

from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData

from baselines.cca import canonical_variates
from dentate_gyrus.methods.table import Placed, along_the_change


def represent(cells: AnnData, settings: Mapping, rng: np.random.Generator) -> Iterator[Placed]:
    """The canonical variates of the spliced counts; pseudotime is along the change from them to the unspliced ones'.

    The authors' script has 30 components and the same treatment as for Schema. Variates of the two layers come in
    pairs, so that their difference is a direction in one space.
    """
    layers = cells.obsm["spliced"], cells.obsm["unspliced"]
    spliced, _ = canonical_variates(*layers, settings["cca_components"])
    unspliced, _ = canonical_variates(*layers[::-1], settings["cca_components"])
    aligned = unspliced * np.where((spliced * unspliced).sum(axis=0) < 0, -1, 1)
    yield Placed(spliced, along_the_change(spliced, aligned))
