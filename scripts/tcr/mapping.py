"""From the weights of one solve to the comparable weights of an ensemble."""

import numpy as np


def mapped(weights: np.ndarray) -> np.ndarray:
    """√w mapped linearly so that the lowest is 0 and the highest 1; (…, k) over the last axis.

    (Paper: "Feature weights produced in each sub-run were normalized by linearly mapping the lowest weight to 0 and
    the highest to 1"; the released code maps √w, the scale of the transform, and so does this.) Equal weights say
    nothing about order and become NaN.
    """
    root = np.sqrt(np.asarray(weights, dtype=float))
    low, high = root.min(axis=-1, keepdims=True), root.max(axis=-1, keepdims=True)
    flat = high - low <= 1e-12 * high
    return np.where(flat, np.nan, (root - low) / np.where(flat, 1.0, high - low))
