"""From data to covariances, by closed forms where there are any, else over pairs."""

import warnings
from numbers import Integral
from typing import Any

import numpy as np

from schema_core.covariances import Covariances
from schema_core.encoding import encode_features
from schema_core.errors import InvalidInput, SchemaWarning
from schema_core.modality import Modality
from schema_core.moments import Moments
from schema_core.observed import Observed
from schema_core.pairs import sampled_covariances

# Where a distance has no closed form, every pair of up to this many observations is still visited.
EVERY_PAIR_UP_TO = 2_000
# A correlation over a subset of the observations that differs by more is said.
BIASED = 0.05


def measured(
    X: Any,
    modalities: list[Modality],
    reference: Modality | None,
    sample_weight: Any = None,
    *,
    features: str,
    pairs: str | int,
    random_state: Any,
) -> tuple[Observed | None, Moments | None, Covariances, list[tuple] | None]:
    """What is observed and its moments where closed forms serve, covariances, and the levels of features of labels.

    X, sample_weight : as :func:`schema_core.Moments.from_arrays` takes them; pairs, random_state : as the estimator
    """
    if pairs != "all" and not (isinstance(pairs, Integral) and pairs > 1):
        raise InvalidInput(f"pairs={pairs!r} must be 'all' or a number of pairs above 1")
    closed = all(one.has_closed_form for one in [*modalities, *([] if reference is None else [reference])])
    if pairs == "all" and (closed or X.shape[0] > EVERY_PAIR_UP_TO):
        observed = Observed.of(X, modalities, reference, sample_weight, features=features)
        moments = Moments.of(observed)
        return observed, moments, moments.covariances(), levels_of(observed.features.blocks)
    n_pairs = None if pairs == "all" else int(pairs)
    options = {"features": features, "n_pairs": n_pairs, "random_state": random_state}
    covariances = sampled_covariances(X, modalities, reference, sample_weight, **options)
    levels = levels_of(encode_features(X, features).blocks) if features == "categorical" else None
    return None, None, covariances, levels


def levels_of(blocks: tuple) -> list[tuple] | None:
    """The levels of each feature of labels; None where features are numbers."""
    return None if blocks[0].levels is None else [block.levels[0] for block in blocks]


def warn_of_biased_subsets(covariances: Covariances, weights: np.ndarray) -> None:
    """Warn where a correlation would be another over the observations that have the modality, taken alone.

    Of weights (k,). Corr(ρ_w, ρ_j) has the variance of ρ_w over all pairs; over a part of them it can be another.
    """
    if not covariances.within:
        return
    used, alone = covariances.correlations(weights)[1], covariances.correlations_within(weights)
    for j, one in covariances.within.items():
        if not abs(alone[j] - used[j]) <= BIASED:
            text = (
                f"modalities[{j}] has a correlation of {used[j]:.3f} over all pairs, but {alone[j]:.3f} over the "
                f"{one.n_pairs} pairs that have it alone: the observations that lack it are not like the others"
            )
            warnings.warn(text, SchemaWarning, stacklevel=4)
