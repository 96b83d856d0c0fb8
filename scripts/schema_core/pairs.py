"""Covariances over chosen pairs, for distances that have no closed form, and how many pairs that takes."""

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from scipy import sparse

from schema_core.covariances import Covariances
from schema_core.draws import all_pairs, generator, random_pairs
from schema_core.encoding import Labels, encode_features, encode_modality, unit_of
from schema_core.errors import InvalidInput
from schema_core.given import check_lengths, check_rows, checked_weights
from schema_core.modality import Modality, named_modalities
from schema_core.sketching import Sketch


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
    sample_weight: Any = None,
    *,
    features: str = "numeric",
    n_pairs: int | None = 2_000_000,
    random_state: int | np.random.Generator | None = 0,
    sketch: Sketch | None = None,
) -> Covariances:
    """Covariances over ``n_pairs`` random pairs (with replacement), or over every pair once where it is None; of a
    ``sketch`` of the rows, if there is one (see :class:`schema_core.Sketch`).

    Takes what :meth:`schema_core.Moments.from_arrays` takes, and modalities with a distance or kernel as well. An
    observation that lacks a modality counts in no pair of it, but what a distance of one's own is given is its affair.
    With weights v a pair is as often drawn, or counts, as there are such pairs of v observations for each row.
    """
    encoded, given = encode_features(X, features), named_modalities(modalities, reference)
    values: dict[str, Any] = {}
    has: dict[str, np.ndarray | None] = {}
    for name, one in given.items():
        values[name], has[name] = _values(one, name, keep_all=name == "reference")
    n = len(encoded)
    check_lengths({"X": n} | {name: column.shape[0] for name, column in values.items()})
    check_rows(X, {name: one.values for name, one in given.items()} | {"sample_weight": sample_weight})
    weights = checked_weights(sample_weight, n)
    if n < 2 or (weights is not None and weights.sum() <= 1):
        raise InvalidInput(
            f"X has {n} row(s) (n_samples = {n}), some of zero weight perhaps, and pairs need at least 2; give more "
            "observations"
        )
    if n_pairs is not None and not (isinstance(n_pairs, Integral) and n_pairs > 1):
        raise InvalidInput(f"pairs={n_pairs!r} must be 'all' or a number of pairs above 1")
    if sketch is not None:
        sketch.check(n, weights)
        draw = sketch.pairs(n_pairs, random_state)
    else:
        draw = all_pairs(n, weights) if n_pairs is None else random_pairs(n, n_pairs, generator(random_state), weights)
    k, of_features = len(encoded.blocks), _feature_distances(encoded)
    partial = [j for j, name in enumerate(given) if has[name] is not None]
    whole = [*range(k), *(k + j for j in range(len(given)) if j not in partial)]
    sums: _Sums | None = None  # of all, of each modality that some lack, and of the reference before its kernel
    within: dict[int, _Sums] = {}
    own: _Sums | None = None
    for first, second, counts in draw:
        if not len(first):
            continue
        distances, known = np.empty((len(first), k + len(given))), {}
        distances[:, :k] = of_features(first, second)
        for j, (name, one) in enumerate(given.items()):
            mask = has[name]
            both = slice(None) if mask is None else mask[first] & mask[second]
            known[j] = both
            distances[both, k + j] = _distances(one, name, values[name][first[both]], values[name][second[both]])
        if reference is not None and given["reference"].kernel is not None:
            plain = replace(given["reference"], kernel=None), values["reference"]
            before = _distances(plain[0], "reference", plain[1][first], plain[1][second])
            own = own or _Sums(np.column_stack([before, distances[:, -1]]))
            own.add(np.column_stack([before, distances[:, -1]]), counts)
        sums = sums or _Sums(distances[:, whole])
        sums.add(distances[:, whole], counts)
        for j in partial:
            some, of_some = distances[known[j]][:, [*range(k), k + j]], None if counts is None else counts[known[j]]
            if len(some):
                within[j] = within.get(j) or _Sums(some)
                within[j].add(some, of_some)
    assert sums is not None  # there are at least two rows, and so a pair
    for j in partial:
        if j not in within:
            raise InvalidInput(f"modalities[{j}] is known for no pair of observations; leave it out")
    found = {j: one.covariances(k, False) for j, one in sorted(within.items())}
    joint = sums.covariances(k, reference is not None).with_partial(found)
    return joint if own is None else joint.with_reference_share(own.covariances(1, True).reference_correlations[0])


class _Sums:
    """Sums over pairs of products of distances (P, B), about a centre and in units that suit the first of them."""

    def __init__(self, distances: np.ndarray):
        self.unit = unit_of(np.abs(distances).max(axis=0))
        # from the first on, so that what is constant stays so to the last bit
        self.centre = distances[0] / self.unit + (distances / self.unit - distances[0] / self.unit).mean(axis=0)
        self.gram = np.zeros((1 + distances.shape[1],) * 2)

    def add(self, distances: np.ndarray, counts: np.ndarray | None) -> None:
        """Add pairs, each as often as ``counts`` (P,) says, or once."""
        augmented = np.hstack([np.ones((len(distances), 1)), distances / self.unit - self.centre])
        self.gram += augmented.T @ (augmented if counts is None else augmented * counts[:, None])

    def covariances(self, k: int, has_reference: bool) -> Covariances:
        """Of k features, modalities, and the reference if there is one."""
        gram, centre = self.gram, self.centre
        mean = gram[0, 1:] / gram[0, 0]
        covariance = gram[1:, 1:] / gram[0, 0] - np.outer(mean, mean)
        still = np.diag(covariance) <= (64 * np.finfo(float).eps * centre) ** 2
        covariance[still, :] = covariance[:, still] = 0.0
        return Covariances.from_joint(covariance, mean + centre, self.unit, k, has_reference, round(gram[0, 0]))


def _values(modality: Modality, name: str, keep_all: bool) -> tuple[Any, np.ndarray | None]:
    """The values to index by pair: floats, or labels as codes; as given where the distance is the caller's own.

    And which observations have them, (N,) bool, or None for all.
    """
    if modality.distance is not None:
        own = modality.values
        own = own.tocsr() if sparse.issparse(own) else np.asarray(own)
        if not own.ndim:
            raise InvalidInput(f"{name} is of type {type(modality.values).__name__}, no table; give an array")
        return own, None
    encoded = encode_modality(modality, name, keep_all=keep_all)
    part = encoded.part
    values: Any = part.values if isinstance(part, Labels) else part.all_rows()
    values = values.toarray() if sparse.issparse(values) else values
    if encoded.rows is None:
        return values, None
    everywhere, has = np.zeros((encoded.n, values.shape[1]), values.dtype), np.zeros(encoded.n, dtype=bool)
    everywhere[encoded.rows], has[encoded.rows] = values, True
    return everywhere, has


def _feature_distances(encoded: Any) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function of the two observations of P pairs that gives the features' distances, (P, k)."""
    if isinstance(encoded, Labels):
        return lambda first, second: encoded.values[first] != encoded.values[second]
    values = encoded.all_rows()

    def squared(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        difference = values[first] - values[second]
        return (difference.toarray() if sparse.issparse(difference) else difference) ** 2

    return squared


def _distances(modality: Modality, name: str, first: Any, second: Any) -> np.ndarray:
    """Distances of one modality on pairs, shape (P,), checked to be finite."""
    n_pairs = first.shape[0]
    if modality.distance is not None:
        distance = _called(modality.distance, f"{name}: its distance", first, second)
    elif modality.is_categorical:
        distance = (first != second).sum(axis=1).astype(float)
    else:
        distance = ((first - second) ** 2).sum(axis=1)
    if modality.kernel is not None:
        distance = _called(modality.kernel, f"{name}: its kernel", distance)
    if distance.shape != (n_pairs,):
        raise InvalidInput(f"{name}: its distance or kernel gave shape {distance.shape} for {n_pairs} pairs")
    if not np.isfinite(distance).all():
        raise InvalidInput(f"{name}: its distance or kernel gave NaN or inf; mend the function")
    return distance


def _called(function: Callable, what: str, *arguments: Any) -> np.ndarray:
    """What a function of the caller's gives, as floats; InvalidInput where it fails."""
    try:
        return np.asarray(function(*arguments), dtype=float)
    except Exception as error:
        raise InvalidInput(f"{what} failed with {type(error).__name__}: {error}; mend the function") from error
