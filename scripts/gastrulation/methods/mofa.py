"""MOFA+ with the samples as groups (Argelaguet et al. 2020), beside which the paper evaluates Schema.

MOFA+ brings each gene to mean 0 in every group first, so that neither sample nor stage can shift its factors; the
variant without this centring shows what that does.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData

from baselines.mofa_groups import mofa_of_groups
from evaluation.mixing import explained
from gastrulation.fit import CENTRED, UNCENTRED, Fit


def fits(cells: AnnData, settings: Mapping, whole: bool, seed: int) -> Iterator[Fit]:
    """MOFA+ as it is; of all cells also without centring.

    settings : mofa, with factors, iterations and stochastic
    """
    for centred in (True, False) if whole else (True,):
        groups = cells.obs["sample"].astype(str).to_numpy()
        places, loadings = mofa_of_groups(cells.X, groups, seed=seed, centred=centred, **settings["mofa"])
        ages = cells.obs["age"].to_numpy(dtype=float)
        yield Fit(CENTRED if centred else UNCENTRED, places, stage_scores(cells.X, ages, loadings), ages)


def stage_scores(values: np.ndarray, ages: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    """Each gene's magnitude in the factors, which count by how much of the cells' spread along them stage explains.

    values : (n, genes); loadings : (factors, genes). The spread is that of expression in the factor's direction, not of
    the factor's values, whose means MOFA+ has made equal.
    """
    along = (values - values.mean(axis=0)) @ loadings.T
    return np.array([explained(column[:, None], ages) for column in along.T]) @ np.abs(loadings)
