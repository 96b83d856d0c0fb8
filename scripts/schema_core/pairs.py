"""Covariances over chosen pairs, for distances that have no closed form, and how many pairs that takes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from schema_core.covariances import Covariances
from schema_core.encoding import check_columns, encode_features, factorize, label_columns, numeric_columns
from schema_core.errors import InvalidInput
from schema_core.modality import Modality, as_modalities, as_reference, check_lengths

PAIRS_AT_ONCE = 200_000


def pairs_for_error(error: float, confidence: float, bound: float, n_estimates: int = 1) -> int:
    """How many random pairs estimate correlations of distances to a given error.

    With distances standardised over pairs and bounded by ``bound`` standard deviations, a correlation is the mean of
    products in [-bound², bound²], so Hoeffding's inequality and a union bound give
    P = 2 bound⁴ ln(2 m / δ) / ε²: logarithmic in the confidence and independent of N (paper: Text S5).

    Parameters
    ----------
    error : ε > 0, the largest deviation of any of the m correlations
    confidence : 1 - δ in (0, 1)
    bound : the largest standardised distance
    n_estimates : m, how many correlations must hold at once (k features and J modalities: k (k + J))
    """
    if not (error > 0 and 0 < confidence < 1 and bound > 0 and n_estimates >= 1):
        raise InvalidInput(
            f"error={error}, confidence={confidence}, bound={bound}, n_estimates={n_estimates}: "
            "need error > 0, 0 < confidence < 1, bound > 0, n_estimates >= 1"
        )
    return int(np.ceil(2 * bound**4 * np.log(2 * n_estimates / (1 - confidence)) / error**2))


def sampled_covariances(
    X: Any,
    modalities: Any,
    reference: Any = None,
    *,
    features: str = "numeric",
    n_pairs: int | None = 2_000_000,
    random_state: int | np.random.Generator | None = 0,
) -> Covariances:
    """Covariances over ``n_pairs`` random pairs (with replacement), or over every pair once where it is None.

    Takes what :meth:`schema_core.Moments.from_arrays` takes, and modalities with a distance or kernel as well.
    """
    encoded = encode_features(X, features)
    targets = [(one, f"modalities[{j}]") for j, one in enumerate(as_modalities(modalities))]
    if reference is not None:
        targets.append((as_reference(reference), "reference"))
    values = [_values(one, name) for one, name in targets]
    n = encoded.values.shape[0]
    check_lengths([n, *(len(one) for one in values)])
    if n < 2:
        raise InvalidInput(f"X has {n} row(s) (n_samples = {n}), and pairs need at least 2; give more observations")
    if n_pairs is not None and n_pairs < 2:
        raise InvalidInput(f"pairs={n_pairs} is too few for a correlation; use at least 2, or 'all'")
    draw = _all_pairs(n) if n_pairs is None else _random_pairs(n, n_pairs, np.random.default_rng(random_state))
    k = len(encoded.blocks)
    centre, gram = None, np.zeros((1 + k + len(targets),) * 2)
    for first, second in draw:
        distances = np.empty((len(first), k + len(targets)))
        distances[:, :k] = _feature_distances(encoded.values, first, second, features)
        for j, ((one, name), column) in enumerate(zip(targets, values, strict=True)):
            distances[:, k + j] = _distances(one, name, column[first], column[second])
        centre = distances.mean(axis=0) if centre is None else centre
        augmented = np.hstack([np.ones((len(distances), 1)), distances - centre])
        gram += augmented.T @ augmented
    mean = gram[0, 1:] / gram[0, 0]
    covariance = gram[1:, 1:] / gram[0, 0] - np.outer(mean, mean)
    return Covariances.from_joint(covariance, mean + centre, k, reference is not None, round(gram[0, 0]))


def _random_pairs(n: int, n_pairs: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, n_pairs, PAIRS_AT_ONCE):
        size = min(PAIRS_AT_ONCE, n_pairs - start)
        first = rng.integers(n, size=size)
        yield first, (first + rng.integers(1, n, size=size)) % n


def _all_pairs(n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rows_at_once = max(1, PAIRS_AT_ONCE // n)
    for start in range(0, n - 1, rows_at_once):
        first, second = np.meshgrid(np.arange(start, min(start + rows_at_once, n)), np.arange(n), indexing="ij")
        keep = second > first
        yield first[keep], second[keep]


def _values(modality: Modality, name: str) -> np.ndarray:
    """The values to index by pair: floats, or labels as codes; as given where the distance is the caller's own."""
    if modality.distance is not None:
        return np.asarray(modality.values)
    check_columns(modality, name)
    if modality.is_categorical:
        labels = label_columns(modality.values, name)
        return np.stack([factorize(labels[:, j], name)[0] for j in range(labels.shape[1])], axis=1)
    values = numeric_columns(modality.values, name)
    return values if isinstance(values, np.ndarray) else values.toarray()


def _feature_distances(values: Any, first: np.ndarray, second: np.ndarray, features: str) -> np.ndarray:
    if features == "categorical":
        return values[first] != values[second]
    difference = values[first] - values[second]
    return (difference if isinstance(difference, np.ndarray) else difference.toarray()) ** 2


def _distances(modality: Modality, name: str, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Distances of one modality on pairs, shape (P,), checked to be finite."""
    if modality.distance is not None:
        distance = np.asarray(modality.distance(first, second), dtype=float)
    elif modality.is_categorical:
        distance = (first != second).sum(axis=1).astype(float)
    else:
        distance = ((first - second) ** 2).sum(axis=1)
    if modality.kernel is not None:
        distance = np.asarray(modality.kernel(distance), dtype=float)
    if distance.shape != (len(first),):
        raise InvalidInput(f"{name}: its distance or kernel gave shape {distance.shape} for {len(first)} pairs")
    if not np.isfinite(distance).all():
        raise InvalidInput(f"{name}: its distance or kernel gave NaN or inf; mend the function")
    return distance
