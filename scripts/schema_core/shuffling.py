"""What the same reweighting gains where there is nothing to gain: modalities whose observations are shuffled.

Shuffling changes c alone, Cov(d, ρ_j); S, g and the spread of ρ_j stay. So each shuffle costs one product of the
features and their squares with the modality, N × 2k × (p + 1), and one solve.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from schema_core.covariances import Covariances
from schema_core.encoding import Encoded, Labels, Numbers
from schema_core.moments import Moments
from schema_core.observed import Observed
from schema_core.solving import solve

PIECE = 4096  # rows at once, in the cache with their squares
FEW_PROGRAMS = 20  # of a local search, for each shuffle


@dataclass(frozen=True)
class Control:
    """A gain beside those of shuffled modalities.

    Attributes
    ----------
    gain : float, the objective above that of equal weights
    shuffled : (n,), the gains of the same problem with modalities shuffled
    p_value : (1 + how many of these are not below the gain) / (1 + n)
    n_local : how many of them are of a local search, and can be too small
    """

    gain: float
    shuffled: np.ndarray
    p_value: float
    n_local: int

    def __str__(self) -> str:
        low, high = np.quantile(self.shuffled, [0.025, 0.975])
        return (
            f"gain {self.gain:.4f}, of shuffled cells {self.shuffled.mean():.4f} (95% within {low:.4f} to {high:.4f}, "
            f"n = {len(self.shuffled)}), p = {self.p_value:.3g}"
        )


def control(
    observed: Observed, covariances: Covariances, gamma: np.ndarray, orders: Iterator[np.ndarray], **asked: float | str
) -> Control:
    """The gain of a fit beside those with modalities in other orders of the rows; asked : of :func:`solve`."""
    gain, gains, n_local = _gain(covariances, gamma, asked)[0], [], 0
    for order in orders:
        found, local = _gain(shuffled(observed, covariances, order), gamma, asked, FEW_PROGRAMS)
        gains.append(found)
        n_local += local
    p_value = (1 + sum(one >= gain for one in gains)) / (1 + len(gains))
    return Control(gain, np.array(gains), p_value, n_local)


def orders_within(keys: np.ndarray, n: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """n random orders of rows (N,) that keep each row among those of its key (N,)."""
    rows = np.argsort(keys, kind="stable")
    for _ in range(n):
        order = np.empty(len(keys), dtype=np.intp)
        order[rows] = np.lexsort((rng.random(len(keys)), keys))
        yield order


def shuffled(observed: Observed, covariances: Covariances, order: np.ndarray) -> Covariances:
    """The covariances with row n of each modality in the place of row order[n]'s. Rows that lack a modality stay so."""
    modalities = [_reordered(one, order) for one in observed.modalities]
    if observed.weights is not None:  # the spread of a modality is then another, too
        return Moments.of(replace(observed, modalities=modalities)).covariances()
    correlations, within = covariances.modality_correlations.copy(), dict(covariances.within)
    for j, one in enumerate(modalities):
        alone = within.get(j, covariances)
        features = observed.features if one.rows is None else observed.features.only(one.rows)
        sums, n = _sum_of_products(features, one.part), len(features)
        column = 0 if j in within else j
        mean_modality = _mean(one.part)
        covariance = sums / (n * (n - 1.0)) - alone.mean_distance * mean_modality
        scale = np.where(alone.feature_sd > 0, alone.feature_sd, np.inf) * alone.modality_sd[column]
        found = covariance / scale
        if j in within:
            within[j] = replace(alone, modality_correlations=found[:, None])
            found = found * alone.feature_sd / np.where(covariances.feature_sd > 0, covariances.feature_sd, 1.0)
        correlations[:, j] = found
    return replace(covariances, modality_correlations=correlations, within=within)


def _gain(covariances: Covariances, gamma: np.ndarray, asked: dict, programs: int | None = None) -> tuple[float, bool]:
    """The objective above that of equal weights, and whether a local search found it."""
    solution = solve(covariances, gamma, programs=programs, **asked)
    equal = covariances.correlations(np.ones(len(solution.weights)))[1] @ gamma
    return float(solution.objective - equal), solution.certificate.kind == "local"


def _reordered(one: Encoded, order: np.ndarray) -> Encoded:
    if one.rows is None:
        return replace(one, part=one.part.only(order))
    place = np.full(one.n, -1)
    place[one.rows] = np.arange(len(one.rows))
    return replace(one, part=one.part.only(place[order[one.rows]]))


def _mean(part: Numbers | Labels) -> float:
    """The mean distance over pairs of distinct observations."""
    n = len(part)
    if isinstance(part, Labels):
        agree = sum((np.bincount(field).astype(float) ** 2).sum() for field in part.values.T)
        return (part.values.shape[1] * float(n) ** 2 - agree) / (n * (n - 1.0))
    total, norms = np.zeros(part.values.shape[1]), 0.0
    centre = part.centre()
    for start in range(0, n, PIECE):
        rows = part.rows(start, min(start + PIECE, n)) - centre
        total += rows.sum(axis=0)
        norms += (rows**2).sum()
    return (2 * n * norms - 2 * (total**2).sum()) / (n * (n - 1.0))


def _sum_of_products(features: Numbers | Labels, modality: Numbers | Labels) -> np.ndarray:
    """Σ d_i ρ over ordered pairs of observations, (k,), for each feature i and one modality.

    With columns x of a feature of squared norm u, and y, v likewise of the modality:
    2N Σuv + 2 Σu Σv - 4 Σ_y Σy Σuy - 4 Σ_x Σx Σxv + 4 Σ_xy (Σxy)².
    """
    n, k = len(features), len(features.blocks)
    one, two = _columns(features, norms=True), _columns(modality, norms=False)
    products: Any = 0.0
    sums: Any = 0.0
    others: Any = 0.0
    for start in range(0, n, PIECE):
        x, y = one(start, min(start + PIECE, n)), two(start, min(start + PIECE, n))
        products = products + (x.T @ y)
        sums, others = sums + np.asarray(x.sum(axis=0)).ravel(), others + np.asarray(y.sum(axis=0)).ravel()
    products = products.toarray() if sparse.issparse(products) else np.asarray(products)
    if isinstance(modality, Labels):  # every norm is the same, and the sum of the columns of each field is 1
        half = 0.5 * modality.values.shape[1]
        products, others = (
            np.column_stack([np.sqrt(0.5) * products, half * sums]),
            np.append(np.sqrt(0.5) * others, half * n),
        )
    if isinstance(features, Labels):
        owner = np.repeat(np.arange(k), [block.width for block in features.blocks])
        xs, xv, xy = np.sqrt(0.5) * sums, np.sqrt(0.5) * products[:, -1], np.sqrt(0.5) * products[:, :-1]
        us, uv, uy = np.full(k, 0.5 * n), np.full(k, 0.5 * others[-1]), np.tile(0.5 * others[:-1], (k, 1))
    else:
        owner = np.arange(k)
        xs, xv, xy = sums[:k], products[:k, -1], products[:k, :-1]
        us, uv, uy = sums[k:], products[k:, -1], products[k:, :-1]
    of_columns = np.bincount(owner, xs * xv, k), np.bincount(owner, (xy**2).sum(axis=1), k)
    return 2 * n * uv + 2 * us * others[-1] - 4 * uy @ others[:-1] - 4 * of_columns[0] + 4 * of_columns[1]


def _columns(part: Numbers | Labels, *, norms: bool):
    """A function of rows that gives centred columns, then their squares (``norms``) or their squared norm, dense.

    Of labels it gives the 0/1 columns of their levels alone, sparse.
    """
    if isinstance(part, Labels):
        widths = [len(field) for block in part.blocks for field in block.levels or ()]
        edges = np.cumsum([0, *widths])

        def of_labels(start: int, stop: int) -> sparse.csr_array:
            codes = part.values[start:stop] + edges[:-1]
            ends = np.arange(0, codes.size + 1, codes.shape[1])
            return sparse.csr_array((np.ones(codes.size), codes.ravel(), ends), shape=(len(codes), edges[-1]))

        return of_labels
    centre = part.centre()

    def of_numbers(start: int, stop: int) -> np.ndarray:
        rows = part.rows(start, stop) - centre
        return np.hstack([rows, rows**2 if norms else (rows**2).sum(axis=1, keepdims=True)])

    return of_numbers
