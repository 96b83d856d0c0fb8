"""From data to covariances, by closed forms where there are any, else over pairs."""

from numbers import Integral
from typing import Any

from schema_core.covariances import Covariances
from schema_core.encoding import encode_features
from schema_core.errors import InvalidInput
from schema_core.modality import Modality
from schema_core.moments import Moments
from schema_core.pairs import sampled_covariances

# Where a distance has no closed form, every pair of up to this many observations is still visited.
EVERY_PAIR_UP_TO = 2_000


def measured(
    X: Any,
    modalities: list[Modality],
    reference: Modality | None,
    *,
    features: str,
    pairs: str | int,
    random_state: Any,
) -> tuple[Moments | None, Covariances, list[tuple] | None]:
    """Moments where closed forms serve, covariances, and the levels of each feature of labels.

    X : as :func:`schema_core.Moments.from_arrays` takes it; pairs, random_state : as the estimator has them
    """
    if pairs != "all" and not (isinstance(pairs, Integral) and pairs > 1):
        raise InvalidInput(f"pairs={pairs!r} must be 'all' or a number of pairs above 1")
    closed = all(one.has_closed_form for one in [*modalities, *([] if reference is None else [reference])])
    if pairs == "all" and (closed or X.shape[0] > EVERY_PAIR_UP_TO):
        moments = Moments.from_arrays(X, modalities, reference, features=features)
        return moments, moments.covariances(), levels_of(moments.layout.blocks[: moments.layout.n_features])
    n_pairs = None if pairs == "all" else int(pairs)
    options = {"features": features, "n_pairs": n_pairs, "random_state": random_state}
    covariances = sampled_covariances(X, modalities, reference, **options)
    return None, covariances, levels_of(encode_features(X, features).blocks) if features == "categorical" else None


def levels_of(blocks: tuple) -> list[tuple] | None:
    """The levels of each feature of labels; None where features are numbers."""
    return None if blocks[0].levels is None else [block.levels[0] for block in blocks]
