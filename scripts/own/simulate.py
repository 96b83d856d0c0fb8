"""A made-up AnnData of any number of rows, written block by block, in which it is known what should be weighted up.

Independent standard normal features; of these the planted ones make up, with noise, a number (obs/age), a label
(obs/cell_type) and a narrow vector (obsm/protein). What a row holds depends on the seed and its block alone.
"""

from collections.abc import Sequence
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd

from own.rows import chunks
from running import step, whole_file

BLOCK = 100_000
PLANTED = {"age": (0, 1, 2, 3), "cell_type": (4, 5, 6), "protein": (7, 8, 9)}
LEVELS = ("alpha", "beta", "gamma", "delta", "late")  # the last occurs among the last rows only
PROTEINS = 4
LATE_SHARE = 0.01


def planted(k: int) -> np.ndarray:
    """Which of k features the modalities are made of, (k,) bool."""
    return np.isin(np.arange(k), [column for columns in PLANTED.values() for column in columns])


def block(start: int, stop: int, rows: int, k: int, seed: int) -> dict[str, np.ndarray]:
    """Rows start to stop, of ``rows``: X (n, k) float32, age (n,), codes of cell_type (n,), protein (n, PROTEINS)."""
    rng = np.random.default_rng([seed, start])
    n = stop - start
    X = rng.standard_normal((n, k), dtype=np.float32)
    age = 40 + 10 * (X[:, PLANTED["age"]].sum(axis=1, dtype=float) + rng.standard_normal(n))
    score = X[:, PLANTED["cell_type"]].sum(axis=1) + rng.standard_normal(n)
    codes = np.digitize(score, [-1.5, 0.0, 1.5]).astype(np.int8)
    late = np.arange(start, stop) >= rows - int(LATE_SHARE * rows)
    codes[late & (rng.random(n) < 0.5)] = len(LEVELS) - 1
    mixing = np.random.default_rng([seed]).standard_normal((len(PLANTED["protein"]), PROTEINS))
    protein = X[:, PLANTED["protein"]] @ mixing + rng.standard_normal((n, PROTEINS))
    return {"X": X, "age": age, "codes": codes, "protein": protein.astype(np.float32)}


def skeleton(k: int) -> anndata.AnnData:
    """The same without rows; anndata writes it, so that names and encodings are its own."""
    obs = pd.DataFrame({"age": np.empty(0), "cell_type": pd.Categorical([], LEVELS)}, index=pd.Index([], dtype=str))
    var = pd.DataFrame({"planted": planted(k)}, index=[f"feature_{i}" for i in range(k)])
    obsm = {"protein": np.empty((0, PROTEINS), np.float32)}
    return anndata.AnnData(np.empty((0, k), np.float32), obs=obs, var=var, obsm=obsm)


def grown(file: h5py.File, place: str, rows: int) -> h5py.Dataset:
    """Replace a dataset without rows by one with ``rows``, of the same type and attributes."""
    old = file[place]
    attributes, kind, shape = dict(old.attrs), old.dtype, (rows, *old.shape[1:])
    del file[place]
    new = file.create_dataset(place, shape, kind)
    new.attrs.update(attributes)
    return new


def write(path: Path | str, rows: int, k: int, seed: int) -> None:
    """Write the AnnData; one block is in memory at a time."""
    skeleton(k).write_h5ad(path)
    with h5py.File(path, "r+") as file:
        index = f"obs/{file['obs'].attrs['_index']}"
        places = {"X": "X", "age": "obs/age", "codes": "obs/cell_type/codes", "protein": "obsm/protein"}
        datasets = {name: grown(file, place, rows) for name, place in places.items()}
        names = grown(file, index, rows)
        for start, stop in chunks(0, rows, BLOCK):
            for name, values in block(start, stop, rows, k, seed).items():
                datasets[name][start:stop] = values
            names[start:stop] = [str(i) for i in range(start, stop)]


def recovered(weights: Sequence[float]) -> float:
    """The share of the planted features among as many features of the largest weights."""
    truth = planted(len(weights))
    return float(truth[np.argsort(weights)[::-1][: truth.sum()]].mean())


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        with whole_file(snakemake.output[0]) as part:
            write(part, params.rows, params.features, params.seed)
