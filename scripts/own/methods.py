"""The methods that need the core alone: one table as it is, Schema, its control, and CCA."""

from time import perf_counter

import anndata
import numpy as np

from baselines.cca import canonical_variates
from own.asked import BATCH
from own.fit import fitted
from own.others import load, save


def place(out: str, cells: str, method: str, seed: int, settings: dict, factors: int) -> None:
    """Write the places of the cells by a method of own.asked.METHODS.

    settings : {modalities, min_correlation, max_weight_ratio}; factors : the most that CCA gives
    """
    data, rows, one, other = load(cells, [one["name"] for one in settings["modalities"]])
    start = perf_counter()
    if method == "primary":
        points = one
    elif method == "modality":
        points = other
    elif method == "cca":
        points, _ = canonical_variates(one, other, min(factors, one.shape[1], other.shape[1], len(rows) - 1))
    else:
        points = by_schema(data, settings, shuffle=method == "schema_shuffled", seed=seed)
    save(out, points, rows, perf_counter() - start)


def by_schema(data: anndata.AnnData, settings: dict, *, shuffle: bool, seed: int) -> np.ndarray:
    """The weighted cells; ``shuffle`` gives each the modalities of another, of its batch where there are batches."""
    if shuffle:
        groups = data.obs[BATCH].astype(str).to_numpy() if BATCH in data.obs else np.zeros(data.n_obs)
        order, rng = np.arange(data.n_obs), np.random.default_rng(seed)
        for group in np.unique(groups):
            mine = np.flatnonzero(groups == group)
            order[mine] = rng.permutation(mine)
        data = data.copy()
        for one in settings["modalities"]:
            held = data.obsm if one["name"] in data.obsm else data.obs
            values = held[one["name"]]
            held[one["name"]] = (
                values.iloc[order].set_axis(data.obs_names) if hasattr(values, "iloc") else values[order]
            )
    fitted(data, settings["modalities"], settings["min_correlation"], settings["max_weight_ratio"])
    return np.asarray(data.obsm["X_schema"], dtype=float)
