"""Schema: principal components of RNA, weighted to agree with age and to disagree with the replicate (paper: Fig S1).

Beside it what it is held against: equal weights (RNA alone), no batch term, and stages shuffled within replicates. The
paper names neither s nor the weight of the replicate, so that several s are tried.
"""

import logging
from collections.abc import Iterator, Mapping

import numpy as np
from anndata import AnnData
from sklearn.decomposition import PCA

from evaluation.labels import shuffled_within
from gastrulation.fit import EQUAL, NO_BATCH, SCHEMA, SHUFFLED, Fit
from running import InputError
from schema_core import Modality, Moments, solve

logger = logging.getLogger(__name__)


def fits(cells: AnnData, settings: Mapping, whole: bool, seed: int) -> Iterator[Fit]:
    """Schema at each s, and its controls at each s.

    settings : components, min_correlations, max_weight_ratio, batch_weight, shuffles
    """
    if settings["components"] >= min(cells.shape):
        problem = f"{settings['components']} of {cells.n_obs} cells x {cells.n_vars} genes"
        raise InputError("gastrulation.components", problem, "lower it")
    basis = PCA(settings["components"], random_state=seed)
    places = basis.fit_transform(cells.X).astype(float)
    variance = places.var(axis=0)

    age, replicate = cells.obs["age"].to_numpy(dtype=float), cells.obs["replicate"].to_numpy()
    batch = settings["batch_weight"] if whole else 0.0

    def weighted(variant: str, ages: np.ndarray, gamma: float, shuffle: int = 0) -> Iterator[Fit]:
        modalities = [Modality(ages), Modality(replicate, "categorical")][: 2 if gamma else 1]
        covariances = Moments.from_arrays(places, modalities).covariances()
        for s in settings["min_correlations"]:
            limits = {"min_correlation": s, "max_weight_ratio": settings["max_weight_ratio"]}
            found = solve(covariances, [1.0, gamma][: len(modalities)], **limits)
            logger.info("%s, s = %g: %s", variant, s, found.certificate)
            scores = gene_gains(found.weights, variance, basis.components_)
            yield Fit(variant, places * np.sqrt(found.weights), scores, ages, s, shuffle)

    yield from weighted(SCHEMA, age, batch)
    equal = np.ones_like(variance)
    yield Fit(EQUAL, places, spread_of(equal, variance, basis.components_), age)
    if whole:
        yield from weighted(NO_BATCH, age, 0.0)
    rng = np.random.default_rng(seed)
    within = replicate if whole else np.zeros_like(replicate)
    for shuffle in range(settings["shuffles"]):
        yield from weighted(SHUFFLED, shuffled_within(age, within, rng), batch, shuffle)


def spread_of(weights: np.ndarray, variance: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Standard deviation of each gene in weighted components: the root of Σ_i w_i λ_i V_ij², (genes,).

    weights, variance : (k,), w and λ; components : (k, genes), V
    """
    return np.sqrt((weights * variance) @ components**2)


def gene_gains(weights: np.ndarray, variance: np.ndarray, components: np.ndarray) -> np.ndarray:
    """How much more each gene varies in the weighted components than in unweighted ones, (genes,)."""
    return spread_of(weights, variance, components) - spread_of(np.ones_like(weights), variance, components)
