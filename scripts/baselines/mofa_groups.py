"""MOFA+ (Argelaguet et al. 2020), by mofapy2: common factors of one table whose cells are of several groups.

mofapy2 itself, since muon, which calls it, takes longer to import than a small model to train.
"""

import contextlib
import logging

import numpy as np
from mofapy2.run.entry_point import entry_point

BATCH, FORGETTING = 0.5, 0.5  # of stochastic inference: the share of cells at a time, and how fast its steps shrink
logger = logging.getLogger(__name__)


class _Log:
    """What mofapy2 prints goes to the log, where nobody has to see it."""

    def write(self, text: str) -> int:
        logger.debug(text.rstrip())
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def mofa_of_groups(
    values: np.ndarray,
    groups: np.ndarray,
    *,
    factors: int,
    iterations: int,
    stochastic: bool,
    centred: bool,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The factors (n, k) and loadings (k, p) of a dense table (n, p) whose rows are of ``groups`` (n,).

    k is at most ``factors``: MOFA+ may end with fewer. stochastic : inference on half of the cells at a time; centred :
    whether every column is brought to mean 0 in each group first
    """
    rows = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    # it takes the logarithm of 0 where a weight is certain, and goes on
    with contextlib.redirect_stdout(_Log()), np.errstate(divide="ignore", invalid="ignore"):
        model = entry_point()
        model.set_data_options(center_groups=centred, use_float32=True)
        model.set_data_matrix([[np.asarray(values[of_group], np.float32) for of_group in rows]])
        model.set_model_options(factors=factors, ard_factors=True)
        model.set_train_options(iter=iterations, seed=seed, quiet=True)
        if stochastic:
            model.set_stochastic_options(batch_size=BATCH, forgetting_rate=FORGETTING)
        model.build()
        model.run()
    expected = {name: model.model.nodes[name].getExpectation() for name in ("Z", "W")}
    places = np.empty_like(expected["Z"])
    places[np.concatenate(rows)] = expected["Z"]
    return places, expected["W"][0].T
