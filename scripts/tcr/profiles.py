"""From the weights of all sub-runs to one profile per run: the average over the ensemble."""

import numpy as np
import pandas as pd

LOCATION_RUN = ["chain", "method", "subset", "orientation", "modalities", "first_location"]
SUB_RUN = ["min_correlation", "max_weight_ratio"]


def mapped(weights: np.ndarray) -> np.ndarray:
    """√w mapped linearly so that the lowest is 0 and the highest 1; (…, k) over the last axis. NaN for no weight.

    (Paper: "Feature weights produced in each sub-run were normalized by linearly mapping the lowest weight to 0 and
    the highest to 1"; the released code maps √w, the scale of the transform, and so does this.) Equal weights say
    nothing about order and become NaN.
    """
    root = np.sqrt(np.asarray(weights, dtype=float))
    low, high = np.nanmin(root, axis=-1, keepdims=True), np.nanmax(root, axis=-1, keepdims=True)
    flat = high - low <= 1e-12 * high
    return np.where(flat, np.nan, (root - low) / np.where(flat, 1.0, high - low))


def location_profiles(weights: pd.DataFrame) -> pd.DataFrame:
    """Mean over sub-runs of the mapped weights: one row per run (LOCATION_RUN) and location, column ``weight``."""
    wide = weights.pivot(index=LOCATION_RUN + SUB_RUN, columns="location", values="weight")
    parts = []
    for _, rows in wide.groupby("first_location"):  # without the first location there is one column less
        seen = rows.dropna(axis=1)
        parts.append(pd.DataFrame(mapped(seen.to_numpy()), index=seen.index, columns=seen.columns).stack())
    by_sub_run = pd.concat(parts).rename("weight").reset_index()
    return by_sub_run.groupby([*LOCATION_RUN, "location"])["weight"].mean().reset_index()


def residue_profiles(weights: pd.DataFrame) -> pd.DataFrame:
    """Mapped weights of residues over windows and sub-runs: method, encoding, subset, residue, weight.

    Column ``weight``: the median as released for the encoding "counts", the mean as in the text for "boolean".
    """
    runs = ["method", "encoding", "subset"]
    wide = weights.pivot(index=[*runs, "window", *SUB_RUN], columns="residue", values="weight")
    by_run = pd.DataFrame(mapped(wide.to_numpy()), index=wide.index, columns=wide.columns).groupby(level=runs)
    both = pd.DataFrame({"median": by_run.median().stack(), "mean": by_run.mean().stack()}).reset_index()
    both["weight"] = both["median"].where(both["encoding"] == "counts", both["mean"])
    return both[[*runs, "residue", "weight"]]
