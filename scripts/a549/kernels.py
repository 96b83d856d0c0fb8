"""Kernels of distance: how much a peak counts for a gene, by where it lies from the gene's start of transcription.

A feature of a gene is the sum over peaks of accessibility times a kernel (paper: Methods, "Schema", feature selection;
the kernels are those of the authors' script). Windows count a peak or not; radial ones fall as exp(-d² / 2 scale²).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

CROSSING = "crossing the TSS"
UNITS = ((1_000_000, "Mb"), (1_000, "kb"), (1, "bp"))


def length(bases: float) -> str:
    """A length in words: 500 bp, 20 kb, 1 Mb."""
    unit, name = next((one for one in UNITS if bases >= one[0]), UNITS[-1])
    return f"{bases / unit:g} {name}"


def kernel_table(windows: Mapping[str, Sequence[float]], scales: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """One row a kernel, from far upstream to far downstream: ``name``, ``kind``, ``side``, ``low``, ``high``.

    windows : by side the edges, in bp; scales : by side the scales of radial kernels, in bp

    ``kind`` is window or radial; ``low`` and ``high`` are the ends of a window, or 0 and the scale. ``side`` is -1
    upstream, 1 downstream, and 0 for peaks that cross the TSS, which radial kernels of both sides count in full.
    """
    rows: list[dict] = []
    for side, word in ((-1, "upstream"), (1, "downstream")):
        own = [
            {"name": f"{length(low) if low else 0}-{length(high)} {word}", "kind": "window", "low": low, "high": high}
            for low, high in pairwise(windows[word])
        ]
        crossing = {"name": CROSSING, "kind": "window", "side": 0, "low": 0, "high": 0}
        own = [one | {"side": side} for one in own]
        rows += [*own[::-1], crossing] if side < 0 else own
    for side, word in ((-1, "upstream"), (1, "downstream")):
        rows += [
            {"name": f"radial {length(scale)} {word}", "kind": "radial", "side": side, "low": 0, "high": scale}
            for scale in scales[word]
        ]
    return pd.DataFrame(rows)[["name", "kind", "side", "low", "high"]]


def value(kernel: Mapping, distance: np.ndarray) -> np.ndarray:
    """The kernel's value for peaks at ``distance`` (n,), in bp, negative upstream."""
    along = distance * kernel["side"]
    if kernel["kind"] == "radial":
        return np.where(along >= 0, np.exp(-0.5 * (distance / kernel["high"]) ** 2), 0.0)
    if kernel["side"] == 0:
        return (distance == 0).astype(float)
    return ((along > 0) & (along >= kernel["low"]) & (along < kernel["high"])).astype(float)


def summed(kernels: pd.DataFrame, pairs: pd.DataFrame, accessibility: np.ndarray, n_genes: int) -> np.ndarray:
    """Features (n_genes, kernels): for each gene the sum over its peaks of accessibility times the kernel.

    pairs : ``gene``, ``peak`` (numbers), ``distance``; accessibility : of each peak
    """
    gene, distance = pairs["gene"].to_numpy(), pairs["distance"].to_numpy()
    heights = accessibility[pairs["peak"].to_numpy()]
    columns = [
        np.bincount(gene, weights=heights * value(kernel, distance), minlength=n_genes)
        for kernel in kernels.to_dict("records")
    ]
    return np.column_stack(columns)
