"""What every method is given, the cells that have every modality, and what it gives: their places."""

from collections.abc import Sequence
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

from own.asked import PRIMARY
from running import InputError, whole_file


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


def load(cells: str, names: Sequence[str]) -> tuple[anndata.AnnData, np.ndarray, np.ndarray, np.ndarray]:
    """The cells that have every modality, their rows, the trusted table (n, k), and the others (n, p)."""
    data = anndata.read_h5ad(cells)
    second = others(data, names)
    rows = np.flatnonzero(np.isfinite(second).all(axis=1))
    if len(rows) < 3:
        raise InputError(cells, f"{len(rows)} cells have every modality", "compare where three or more have")
    return data[rows].copy(), rows, np.asarray(data.obsm[PRIMARY], dtype=float)[rows], second[rows]


def save(out: str, points: np.ndarray, rows: np.ndarray, seconds: float) -> None:
    """Write points (n, d), rows (n,) of the cells that were placed, and the seconds that it took without reading."""
    if not np.isfinite(points).all():
        raise InputError(out, "the method placed cells at NaN or infinity", "leave it out of own.methods")
    with whole_file(Path(out)) as part, part.open("wb") as stream:
        np.savez(stream, points=points, rows=rows, seconds=seconds)
