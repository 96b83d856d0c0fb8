"""The methods that are compared on one's own cells; each writes the places of the cells that have every modality."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import anndata
import numpy as np
import pandas as pd

from own.cells import PRIMARY
from running import InputError, whole_file

LABELS_OF = {
    "primary": "use_rep alone",
    "modality": "other modalities alone",
    "schema": "Schema",
    "schema_shuffled": "Schema, shuffled cells",
    "cca": "CCA",
    "mofa": "MOFA+",
}


def others(data: anndata.AnnData, names: Sequence[str]) -> np.ndarray:
    """The modalities side by side, (n, p), each of the same total variance; labels as columns of 0 and 1.

    A cell that lacks one has NaN.
    """
    parts = []
    for name in names:
        values = data.obsm[name] if name in data.obsm else data.obs[[name]]
        frame = pd.DataFrame(np.asarray(values)) if not isinstance(values, pd.DataFrame) else values
        lacking = frame.isna().any(axis=1).to_numpy()
        words = [column for column in frame if not pd.api.types.is_numeric_dtype(frame[column])]
        table = pd.get_dummies(frame, columns=words, dtype=float).to_numpy(dtype=float)
        table[lacking] = np.nan
        spread = np.sqrt(np.nanvar(table, axis=0).sum())
        parts.append(table / (spread or 1.0))
    return np.hstack(parts)


def whole_cells(data: anndata.AnnData, names: Sequence[str]) -> np.ndarray:
    """Which cells have every modality, (n,) bool."""
    return np.isfinite(others(data, names)).all(axis=1)


def place(out: str, cells: str, method: str, seed: int, settings: dict, factors: int) -> None:
    """Write points (n, d), rows (n,) of the cells that were placed, and the seconds that it took without reading.

    settings : {modalities, min_correlation, max_weight_ratio}
    """
    data = anndata.read_h5ad(cells)
    names = [one["name"] for one in settings["modalities"]]
    rows = np.flatnonzero(whole_cells(data, names))
    if len(rows) < 3:
        raise InputError(cells, f"{len(rows)} cells have every modality", "compare where three or more have")
    data = data[rows].copy()
    one, other = np.asarray(data.obsm[PRIMARY], dtype=float), others(data, names)
    most = min(factors, one.shape[1], other.shape[1], len(rows) - 1)
    start = perf_counter()
    if method == "primary":
        points = one
    elif method == "modality":
        points = other
    elif method == "cca":
        from baselines.cca import canonical_variates

        points = canonical_variates(one, other, most)[0]
    elif method == "mofa":
        from baselines.mofa import mofa_factors

        points = mofa_factors({"primary": one, "other": other}, data.obs_names, min(factors, len(rows) - 1), seed)
    else:
        points = by_schema(data, settings, shuffle=method == "schema_shuffled", seed=seed)
    seconds = perf_counter() - start
    if not np.isfinite(points).all():
        raise InputError(out, "the method placed cells at NaN or infinity", "leave it out of own.methods")
    with whole_file(Path(out)) as part, part.open("wb") as stream:
        np.savez(stream, points=points, rows=rows, seconds=seconds)


def by_schema(data: anndata.AnnData, settings: dict, *, shuffle: bool, seed: int) -> np.ndarray:
    """The weighted cells; ``shuffle`` gives each the modalities of another, of its batch where there are batches."""
    from own.cells import BATCH
    from own.fit import fitted

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
