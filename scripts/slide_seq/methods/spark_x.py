"""SPARK-X (Zhu, Sun & Zhou, Genome Biology 2021): does expression depend on place, through eleven kernels.

No Python package of it is kept up, and its statistic is short. Each kernel is the projection on two transformed
coordinates: as they are; exp(-x^2 / 2 l^2); cos(2 pi x / l), with l at five quantiles of |x|. For a gene y the
covariance test of its expression kernel (rank one) and of the projection (rank two), both centred, is
n tr(EK) = n R^2 with R^2 of the regression of y on the two coordinates, and its null distribution is that of
a chi-square with two degrees of freedom, so that p = exp(-n R^2 / 2). Kernels are combined by Cauchy's rule.
"""

import anndata
import numpy as np
from scipy import sparse

from slide_seq.ranking import write_rankings

QUANTILES = (0.2, 0.4, 0.6, 0.8, 1.0)
SMALL = -600.0  # a log p below it is near what a number can hold
LARGE = 1 - 1e-15  # a p of 1, of a kernel that explains nothing, would outweigh all others


def kernel_coordinates(places: np.ndarray) -> list[np.ndarray]:
    """The eleven pairs of transformed coordinates, each (n, 2) and centred."""
    centred = places - places.mean(axis=0)
    lengths = np.quantile(np.abs(centred), QUANTILES, axis=0)
    pairs = [centred]
    pairs += [np.exp(-(centred**2) / (2 * length**2)) for length in lengths]
    pairs += [np.cos(2 * np.pi * centred / length) for length in lengths]
    return [pair - pair.mean(axis=0) for pair in pairs]


def explained(counts: sparse.csr_matrix, coordinates: np.ndarray) -> np.ndarray:
    """R^2 (genes,) of counts (n, genes) on centred coordinates (n, 2); NaN for a gene that does not vary."""
    n = counts.shape[0]
    basis = np.linalg.qr(coordinates)[0]  # centred, so that centring the counts changes nothing
    projected = np.asarray(counts.T @ basis)
    total = np.asarray(counts.multiply(counts).sum(axis=0)).ravel() - np.asarray(counts.sum(axis=0)).ravel() ** 2 / n
    varies = total > 1e-9
    return np.where(varies, (projected**2).sum(axis=1) / np.where(varies, total, 1.0), np.nan)


def combined(log_p: np.ndarray) -> np.ndarray:
    """The log of the Cauchy combination of p-values, (genes,) of log p (kernels, genes).

    The mean of tan(pi (1/2 - p)) is referred to the Cauchy distribution. For small p the tangent is 1 / (pi p) and the
    tail 1 / (pi t), which is used where the numbers themselves would vanish.
    """
    smallest = log_p.min(axis=0)
    in_units = np.exp(smallest - log_p).mean(axis=0)  # mean of 1 / p in units of 1 / p_min: nothing overflows
    p = np.clip(np.exp(np.maximum(log_p, SMALL)), None, LARGE)
    statistic = np.mean(1 / np.tan(np.pi * p), axis=0)
    return np.where(smallest < SMALL, smallest - np.log(in_units), np.log(np.arctan2(1, statistic) / np.pi))


def significance(beads: anndata.AnnData, places: np.ndarray) -> np.ndarray:
    """-log10 of the combined p-value (genes,); NaN for a gene that does not vary among these beads."""
    counts, n = sparse.csr_matrix(beads.X, dtype=float), beads.n_obs
    r2 = np.stack([explained(counts, pair) for pair in kernel_coordinates(places)])
    varies = np.isfinite(r2).all(axis=0)
    score = np.full(beads.n_vars, np.nan)
    score[varies] = -combined(-0.5 * n * r2[:, varies]) / np.log(10)
    return score


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the rankings of one puck to ``out``, see :func:`slide_seq.ranking.write_rankings`."""
    write_rankings(out, "spark_x", beads, settings, seed, significance)
