"""The authors' released package, schema_learn 0.2, unmodified, in its mode "scale": one weight for each feature.

It samples pairs, with a seed of its own, and solves its grid of quadratic programs. Where modalities or features are
labels, it counts pairs that agree. The Hamming distance counts those that differ: with the opposite weight of the
modality it gives the same program.
"""

import contextlib
import io
import logging
from collections.abc import Iterator, Sequence

import numpy as np
from cvxopt import solvers
from schema.schema_qp import SchemaQP

logger = logging.getLogger(__name__)


def run_schema_learn(
    features: np.ndarray,
    modalities: Sequence[np.ndarray],
    kinds: Sequence[str],
    modality_weights: Sequence[float],
    *,
    min_correlation: float,
    max_weight_ratio: float,
    pairs: int,
    reference: np.ndarray | None = None,
    labels: bool = False,
    **options: int,
) -> SchemaQP:
    """The fitted model of features (n, k), with ``feature_weights()`` (k,), of mean 1, and ``transform(features)``.

    modalities : (n,) or (n, d) each, of a kind "numeric", "categorical" or "feature_vector"
    reference : what distances should stay correlated with, where it is not the features themselves
    labels : the features are labels, compared by agreement, not numbers
    options : further ``params`` of SchemaQP

    Raises IndexError where no point of its grid reaches ``min_correlation``.
    """
    params = {"dist_npairs": pairs, "d0_type_is_feature_vector_categorical": int(labels)} | options
    model = SchemaQP(min_correlation, mode="scale", params=params)
    model.reset_maxwt_param(max_weight_ratio)
    with _left_as_found():
        model.fit(features, modalities, kinds, modality_weights, d0=reference)
    return model


@contextlib.contextmanager
def _left_as_found() -> Iterator[None]:
    """What it prints goes to the log; the seed of NumPy and the options of cvxopt, which it sets, are set back."""
    random, options, printed = np.random.get_state(), dict(solvers.options), io.StringIO()  # noqa: NPY002 (the global one)
    try:
        with contextlib.redirect_stdout(printed):
            yield
    finally:
        np.random.set_state(random)  # noqa: NPY002
        solvers.options.clear()
        solvers.options.update(options)
        logger.info("schema_learn: %s", " ".join(printed.getvalue().split()))
