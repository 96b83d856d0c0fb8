"""Subsets of the data for the stability analysis."""

import numpy as np


def ligand_groups(ligands: np.ndarray, n_groups: int, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Rows of ``n_groups`` groups of ligands: at random, or (rng None) in the order of their names.

    Where fewer than two ligands would fall to a group there are fewer groups, since one ligand has no distance.
    """
    names = np.unique(ligands)
    order = names if rng is None else rng.permutation(names)
    parts = np.array_split(order, max(1, min(n_groups, len(names) // 2)))
    return [np.flatnonzero(np.isin(ligands, part)) for part in parts]
