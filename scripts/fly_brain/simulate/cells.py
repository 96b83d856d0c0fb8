"""Simulate the cells of the fly brain: who they are, how deep they are sequenced, and what they express."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from fly_brain.simulate.truth import AGE_EFFECT, LINE_EFFECT, MARKER_EFFECT, PACE_SD, TYPES, Truth

LEAST_UMI = 501  # [davie] the shallowest published cell
LETTERS = np.array(list("ACGT"))


def allot(total: int, numbers: Sequence[float]) -> np.ndarray:
    """Whole numbers in the proportions of ``numbers`` that sum to ``total`` (largest remainders)."""
    exact = np.asarray(numbers, dtype=float) * total / np.sum(numbers)
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def draw_cells(
    total: int,
    ages: Sequence[int],
    composition: Mapping[str, Sequence[int]],
    depth: Mapping[str, Sequence[float]],
    depth_sd: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row per cell: barcode, line, age (days), replicate, sex, annotation, depth (UMI), pace.

    composition, depth : by line, for each age the published number of cells and the median of their UMI
    depth_sd : standard deviation of log UMI within a line and age
    """
    groups = [(line, age) for line in composition for age in ages]
    sizes = allot(total, [n for of_line in composition.values() for n in of_line])
    lines = np.repeat([line for line, _ in groups], sizes)
    age = np.repeat([age for _, age in groups], sizes)
    median = np.repeat([value for line in composition for value in depth[line]], sizes)
    names, _, share = zip(*TYPES, strict=True)
    replicate = rng.choice(["r1", "r2"], total)
    letters = LETTERS[rng.integers(0, 4, (total, 16))]
    barcodes = [
        f"{''.join(word)}-{line}_{days}d_{copy}"
        for word, line, days, copy in zip(letters, lines, age, replicate, strict=True)
    ]
    return pd.DataFrame(
        {
            "barcode": barcodes,
            "line": lines,
            "age": age,
            "replicate": replicate,
            "sex": rng.choice(["female", "male"], total),
            "annotation": rng.choice(names, total, p=np.array(share) / np.sum(share)),
            "depth": np.maximum(LEAST_UMI, rng.lognormal(np.log(median), depth_sd)).astype(int),
            "pace": rng.normal(0.0, PACE_SD, total),
        }
    )


def draw_counts(
    cells: pd.DataFrame, symbols: Sequence[str], base: np.ndarray, truth: Truth, rng: np.random.Generator
) -> csr_matrix:
    """Counts of cells × genes: of each cell ``depth`` molecules drawn at random from what it expresses."""
    index = {symbol: i for i, symbol in enumerate(symbols)}
    early, late, line_genes = ([index[s] for s in genes] for genes in (truth.early, truth.late, truth.line_genes))
    second_line = cells["line"].unique()[-1]
    profiles = {}
    for name, genes in truth.markers.items():
        for line in cells["line"].unique():
            profile = base.copy()
            profile[[index[s] for s in genes]] *= np.exp(MARKER_EFFECT)
            profile[line_genes] *= np.exp(LINE_EFFECT if line == second_line else 0.0)
            profiles[name, line] = profile
    found = []
    progress = np.clip(cells["age"].astype(str).map(truth.progress) + cells["pace"], 0, 1).to_numpy()
    for name, line, done, depth in zip(cells["annotation"], cells["line"], progress, cells["depth"], strict=True):
        profile = profiles[name, line].copy()
        profile[early] *= np.exp(AGE_EFFECT * (0.5 - done))
        profile[late] *= np.exp(AGE_EFFECT * (done - 0.5))
        cumulative = np.cumsum(profile)
        drawn = np.searchsorted(cumulative, rng.random(depth) * cumulative[-1], side="right")
        counts = np.bincount(drawn, minlength=len(symbols))
        genes = np.flatnonzero(counts).astype(np.int32)
        found.append((genes, counts[genes].astype(np.int32)))
    indices, data = (np.concatenate(part) for part in zip(*found, strict=True))
    starts = np.concatenate([[0], np.cumsum([len(genes) for genes, _ in found])])
    return csr_matrix((data, indices, starts), shape=(len(cells), len(symbols)))
