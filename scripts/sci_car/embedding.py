"""What every method gives: a place for each cell, in one format, so that methods can be exchanged.

Parquet with one row per cell: ``unit`` (cells that share a unit are one point, as in the pseudocell heuristic) and
coordinates x0, x1, ...
"""

from pathlib import Path

import numpy as np
import pandas as pd

from running import InputError, write_parquet


def save_embedding(out: Path | str, cells: pd.Index, points: np.ndarray, units: np.ndarray | None = None) -> None:
    """Write the places ``points`` (n, d) of n cells, whole; ``units`` (n,) by default one per cell.

    Raises InputError where a coordinate is not finite: such a method has failed.
    """
    points = np.asarray(points, dtype=float)
    if not np.isfinite(points).all():
        raise InputError(
            out, "the method placed cells at NaN or infinity", "leave it out of sci_car.methods, or give it other data"
        )
    table = pd.DataFrame(points, index=cells, columns=[f"x{i}" for i in range(points.shape[1])])
    table.insert(0, "unit", np.arange(len(table)) if units is None else units)
    write_parquet(table, out)


def load_embedding(path: Path | str) -> tuple[np.ndarray, np.ndarray]:
    """Places of the units (u, d), and the row of each cell in them (n,)."""
    table = pd.read_parquet(path)
    units, cells = np.unique(table["unit"], return_inverse=True)
    first = np.zeros(len(units), dtype=int)
    first[cells[::-1]] = np.arange(len(table))[::-1]
    return table.drop(columns="unit").to_numpy()[first], cells
