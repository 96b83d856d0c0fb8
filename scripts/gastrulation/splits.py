"""Replicates held out: every way to take one sample of each stage, beside what is left."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd


class Split(NamedTuple):
    """Some of the cells: ``pair`` counts the ways to part the samples (-1: all cells), ``half`` is 0 or 1."""

    pair: int
    half: int
    cells: np.ndarray

    @property
    def whole(self) -> bool:
        """Whether these are all cells."""
        return self.pair < 0


def splits(obs: pd.DataFrame, most: int) -> Iterator[Split]:
    """All cells first, then both halves of at most ``most`` of the 2^(stages - 1) ways to part the samples.

    obs : stage, replicate (0 or 1)
    """
    yield Split(-1, 0, np.ones(len(obs), dtype=bool))
    stages = list(obs["stage"].unique())
    first, *others = stages
    for pair, taken in enumerate(list(product((0, 1), repeat=len(others)))[:most]):
        of_stage = {first: 0} | dict(zip(others, taken, strict=True))
        half = (obs["replicate"] != obs["stage"].astype(object).map(of_stage)).to_numpy()
        for number in (0, 1):
            yield Split(pair, number, half == bool(number))
