"""Read the rows of an .h5ad range by range, in memory that does not grow with the number of rows.

Rows are slices of the HDF5 datasets behind an element of the AnnData; what has no rows (names, levels) is read by
anndata. ``anndata.read_h5ad(backed="r")`` reads all of obs, index included, and its sparse matrices all of indptr: both
grow with the rows; anndata's lazy reader needs dask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from anndata.io import read_elem
from scipy import sparse

from running import InputError

REWRITE = "write it once more with a current anndata"


@contextmanager
def open_h5ad(path: Path | str) -> Iterator[h5py.File]:
    """Open for reading; InputError where there is no file, or one that holds no AnnData."""
    if not Path(path).is_file():
        raise InputError(path, "no such file", "give the path of an .h5ad in scale_out.h5ad, or null for made-up data")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(path, f"not a readable HDF5 file ({error})", "give an .h5ad, or copy it again") from error
    with file:
        if "obs" not in file or "_index" not in file["obs"].attrs:
            raise InputError(path, "holds no obs, so it is not an AnnData", "give an .h5ad that anndata wrote")
        yield file


class Element:
    """X, or a key of layers, obs or obsm, one row (or value) per observation.

    Attributes
    ----------
    place : "X", "layers/<key>", "obs/<key>" or "obsm/<key>"
    width : number of columns
    """

    def __init__(self, file: h5py.File, place: str):
        self.path, self.place = file.filename, place
        folder, _, key = place.partition("/")
        if folder not in file or (key and key not in file[folder]):
            known = ", ".join(file[folder]) if key and folder in file else ", ".join(file)
            raise InputError(self.path, f"holds no {place}", f"name one that {folder if key else 'it'} holds: {known}")
        self.stored = file[place]
        self.encoding = self.stored.attrs.get("encoding-type", "")
        if self.encoding == "csc_matrix":
            raise InputError(self.path, f"{place} is stored by columns (CSC)", "store it in CSR, by rows: X.tocsr()")
        n = self._length(self.stored)
        if n != n_observations(file):
            problem = f"{place} has {n:,} rows, obs has {n_observations(file):,}"
            raise InputError(self.path, problem, "the file is damaged: write it again")

    @property
    def width(self) -> int:
        """How many columns there are."""
        if self.encoding == "csr_matrix":
            return int(self.stored.attrs["shape"][1])
        if self.encoding == "dataframe":
            return len(self.stored.attrs["column-order"])
        return 1 if len(self._rows(self.stored).shape) == 1 else self._rows(self.stored).shape[1]

    @property
    def holds_labels(self) -> bool:
        """Whether values are words or a category, which have no numeric distance."""
        columns = [self.stored[name] for name in self.stored.attrs["column-order"]] if self.is_frame else [self.stored]
        kinds = {column.attrs.get("encoding-type", "") for column in columns}
        return bool(kinds & {"categorical", "string-array", "nullable-string-array"})

    @property
    def is_frame(self) -> bool:
        """Whether it is a table of named columns."""
        return self.encoding == "dataframe"

    def rows(self, start: int, stop: int) -> Any:
        """Rows of numbers or labels: an array (stop - start,) or (stop - start, width), CSR matrix or data frame."""
        if self.encoding == "csr_matrix":
            ends = self.stored["indptr"][start : stop + 1]
            held = slice(int(ends[0]), int(ends[-1]))
            parts = (self.stored["data"][held], self.stored["indices"][held], ends - ends[0])
            return sparse.csr_matrix(parts, shape=(stop - start, self.width))
        if self.is_frame:
            names = self.stored.attrs["column-order"]
            return pd.DataFrame({name: _values(self.stored[name], start, stop) for name in names})
        return _values(self.stored, start, stop)

    def _length(self, stored: h5py.Group | h5py.Dataset) -> int:
        if self.encoding == "csr_matrix":
            return int(stored.attrs["shape"][0])
        return self._rows(stored[stored.attrs["_index"]] if self.is_frame else stored).shape[0]

    def _rows(self, stored: h5py.Group | h5py.Dataset) -> h5py.Dataset:
        """The dataset whose first axis is that of the observations."""
        encoding = stored.attrs.get("encoding-type", "")
        if encoding == "categorical":
            return stored["codes"]
        if encoding.startswith("nullable-"):
            return stored["values"]
        if encoding not in ("array", "string-array"):
            raise InputError(self.path, f"{self.place} has the encoding {encoding!r}, unknown here", REWRITE)
        return stored


def n_observations(file: h5py.File) -> int:
    """How many observations an AnnData has."""
    obs = file["obs"]
    return obs[obs.attrs["_index"]].shape[0]


def column_names(file: h5py.File, element: Element) -> list[str]:
    """Names of an element's columns: those of var, of a table's columns, or numbered."""
    if element.is_frame:
        return list(map(str, element.stored.attrs["column-order"]))
    if not element.place.startswith("obsm/"):
        return list(map(str, read_elem(file["var"]).index))
    return [f"{element.place.removeprefix('obsm/')}[{i}]" for i in range(element.width)]


def _values(stored: h5py.Group | h5py.Dataset, start: int, stop: int) -> Any:
    """Some values of an array, a category (as its labels), or a column with a mask (missing where masked)."""
    encoding = stored.attrs.get("encoding-type", "")
    if encoding == "categorical":
        return pd.Categorical.from_codes(stored["codes"][start:stop], read_elem(stored["categories"]))
    if encoding.startswith("nullable-"):
        values, mask = _values(stored["values"], start, stop), stored["mask"][start:stop]
        return np.where(mask, None, values) if mask.any() else values
    if encoding == "string-array":
        return stored.asstr()[start:stop]
    return stored[start:stop]
