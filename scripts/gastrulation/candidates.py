"""Which cells may be the paper's 16,152: each filter that the atlas' table allows, on each pair of samples a stage.

The paper says "epiblast cells", three stages and two replicates each. MOFA+'s own data, which it cites, have the
samples 1 and 5 of E6.5, 10 and 14 of E7.0, 26 and 27 of E7.25, and other lineages too.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from gastrulation.filters import FILTERS


def in_words(samples: Mapping[str, Sequence]) -> str:
    """Samples by stage: "E6.5: 1 5; E7.0: 10 14"."""
    return "; ".join(f"{stage}: {' '.join(map(str, chosen))}" for stage, chosen in samples.items())


def candidates(meta: pd.DataFrame, samples: Mapping[str, Sequence], chosen: str) -> pd.DataFrame:
    """Rows (filter, samples, cells, analysed) for every filter and every two samples of each stage of ``samples``.

    meta : stage, sample, doublet, stripped, celltype; analysed : whether it is ``chosen`` on ``samples`` themselves
    """
    rows = []
    for name, keeps in FILTERS.items():
        kept = meta[keeps(meta)]
        sizes = kept.groupby(["stage", "sample"]).size()
        of_stage = [sorted(meta.loc[meta["stage"] == stage, "sample"].unique(), key=in_order) for stage in samples]
        for pairs in product(*(combinations(found, 2) for found in of_stage)):
            asked = dict(zip(samples, pairs, strict=True))
            same = all(set(asked[stage]) == set(map(str, samples[stage])) for stage in samples)
            cells = sum(sizes.get((stage, one), 0) for stage, pair in asked.items() for one in pair)
            analysed = "yes" if same and name == chosen else "no"
            rows.append({"filter": name, "samples": in_words(asked), "cells": int(cells), "analysed": analysed})
    return pd.DataFrame(rows)


def in_order(sample: str) -> tuple:
    """By which names of samples are put in order: numbers by their size, before all others."""
    return (len(sample), sample) if sample.isdecimal() else (np.inf, sample)


def stages_of(words: str) -> dict[str, list[str]]:
    """The samples by stage that :func:`in_words` wrote."""
    return {stage: samples.split() for stage, _, samples in (part.partition(": ") for part in words.split("; "))}
