"""Draw the counts of simulated sci-CAR cells from the planted truth (``sci_car_truth`` explains [data] and [ours])."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from scipy.stats import norm

from gene_sets.simulate import BLOCK
from sci_car.simulate.truth import (
    GENES,
    MARKER_FACTOR,
    OTHER_OPEN,
    PROGRAMME_BLOCKS,
    PROGRAMME_SD,
    SUBTYPE_BLOCKS,
    SUBTYPE_FACTOR,
    TUBULE,
    TUBULE_OPEN,
    TYPES,
    Truth,
    marker_block,
)

# [data] The 5,000 most variable genes of the subset: 561 counts a cell, log sd 0.49, 180 genes of a cell seen.
RNA_DEPTH, RNA_DEPTH_SD = 600, 0.49
GENE_SD = 1.0  # [ours] of the logarithm of a gene's usual level
DISPERSION = 2.0  # [ours] shape of the gamma of negative binomial counts
OTHER_SHARE = 0.1  # [ours] of a cell's counts in genes that are not protein-coding
# [data] The 10,000 most variable peaks of the subset: 17 of a cell's are not 0, artefacts aside (0.17 %; the paper's
# whole sample 0.28 % of 247,293), with log sd 0.8 that [ours] is a little less; so 0.7 % of our 2,500.
ATAC_DEPTH, ATAC_DEPTH_SD = 20, 0.6
PEAK_SD = 0.8  # [ours] of the logarithm of how open a peak usually is
SECOND_END = 0.6  # [data] counts of 2 are as frequent as counts of 1: a fragment's two ends often lie in one peak
# [data] The two artefacts hold 93 % of the subset's ATAC counts, in nearly every cell; [ours] the spread.
ARTEFACT_MEANS, ARTEFACT_SD = (120.0, 350.0), 0.8


def rna_counts(kinds: np.ndarray, others: int, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, GENES + others) of cells of these types (numbers from 0): protein-coding genes, then others."""
    # Every block has the same levels, in an order of its own: no block is strong or weak by chance.
    usual = np.exp(
        GENE_SD * rng.permuted(np.tile(norm.ppf((np.arange(BLOCK) + 0.5) / BLOCK), (GENES // BLOCK, 1)), axis=1)
    )
    factor = np.ones((len(TYPES), GENES))
    for kind in range(len(TYPES)):
        factor[kind, _genes(marker_block(kind))] = MARKER_FACTOR
    for kind, block in enumerate(SUBTYPE_BLOCKS):
        factor[kind, _genes(block)] = SUBTYPE_FACTOR
    level = (usual.ravel() * factor)[kinds]
    for block in PROGRAMME_BLOCKS:
        level[:, _genes(block)] *= np.exp(rng.normal(0, PROGRAMME_SD, len(kinds)))[:, None]
    depth = _lognormal(RNA_DEPTH, RNA_DEPTH_SD, len(kinds), rng)
    coding = _overdispersed(level, depth, rng)
    rest = np.exp(rng.normal(0, GENE_SD, (1, others))).repeat(len(kinds), axis=0)
    return csr_matrix(np.hstack([coding, _overdispersed(rest, OTHER_SHARE * depth, rng)]))


def atac_counts(kinds: np.ndarray, peaks: pd.Series, truth: Truth, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, peaks + 2) of cells of these types; the last two columns are the artefacts."""
    usual = np.exp(rng.normal(0, PEAK_SD, len(peaks)))
    open_ = np.ones((len(TYPES), len(peaks)))
    for kind, own in enumerate(truth.own_peaks.values()):
        open_[kind, peaks.isin(own)] = TUBULE_OPEN if kind < TUBULE else OTHER_OPEN
    level = (usual * open_)[kinds]
    depth = _lognormal(ATAC_DEPTH, ATAC_DEPTH_SD, len(kinds), rng)
    fragments = rng.poisson(level / level.sum(axis=1, keepdims=True) * depth[:, None])
    counts = fragments + rng.binomial(fragments, SECOND_END)
    artefacts = [rng.poisson(_lognormal(mean, ARTEFACT_SD, len(kinds), rng)) for mean in ARTEFACT_MEANS]
    return csr_matrix(hstack([csr_matrix(counts), csr_matrix(np.column_stack(artefacts))]))


def _genes(block: int) -> slice:
    return slice((block - 1) * BLOCK, block * BLOCK)


def _lognormal(mean: float, sd: float, size: int, rng: np.random.Generator) -> np.ndarray:
    return mean * np.exp(rng.normal(-(sd**2) / 2, sd, size))


def _overdispersed(level: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Negative binomial counts of these levels (cells, genes), scaled so that a cell has ``depth`` on average."""
    mean = level / level.sum(axis=1, keepdims=True) * depth[:, None]
    return rng.poisson(rng.gamma(DISPERSION, mean / DISPERSION))
