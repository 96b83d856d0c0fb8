"""Read the rows of an .h5ad range by range, in memory that does not grow with the number of rows.

Rows are slices of the HDF5 datasets behind an element of the AnnData; what has no rows (names, levels) is read by
anndata. ``anndata.read_h5ad(backed="r")`` reads all of obs, index included, and its sparse matrices all of indptr: both
grow with the rows; anndata's lazy reader needs dask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from formats import hdf5
from running import InputError

READ_AGAIN = "write it again with anndata: read_h5ad(path).write_h5ad(path)"
# the encodings of anndata 0.8 to 0.12 that are read here
ENCODINGS = {"csr_matrix": "0.1.0", "csc_matrix": "0.1.0", "array": "0.2.0", "string-array": "0.2.0"}
ENCODINGS |= {"dataframe": "0.2.0", "categorical": "0.2.0"}
ENCODINGS |= dict.fromkeys(("nullable-integer", "nullable-boolean", "nullable-string-array"), "0.1.0")


@contextmanager
def open_h5ad(path: Path | str) -> Iterator[h5py.File]:
    """Open for reading; InputError where there is no file, or one that holds no AnnData of today's form."""
    if not Path(path).expanduser().exists():
        raise InputError(path, "no such file", "give the path of an .h5ad in own.file, or null for made-up data")
    with hdf5.opened(path) as file:
        if "mod" in file:
            problem = f"holds the modalities {', '.join(file['mod'])} (MuData), not one AnnData"
            raise InputError(path, problem, "write one of them: mdata.mod[name].write_h5ad(path)")
        for name in ("obs", "var"):
            if name not in file:
                raise InputError(path, f"holds no {name}, so it is not an AnnData", "give an .h5ad that anndata wrote")
            if encoding(file[name]) != "dataframe":
                raise InputError(path, f"{name} is no table of anndata's", READ_AGAIN)
        hdf5.readable(_index(file["obs"]))
        hdf5.readable(_index(file["var"]))
        yield file


def encoding(stored: h5py.Group | h5py.Dataset) -> str:
    """How anndata says an element is stored; InputError where that is not one of ENCODINGS."""
    kind, found = (_text(stored.attrs.get(f"encoding-{what}", "")) for what in ("type", "version"))
    path, place = stored.file.filename, stored.name[1:]
    if kind == "null":
        raise InputError(path, f"{place} is empty (None)", "name another element, or fill it")
    known = ENCODINGS.get(kind)
    if known == found:
        return kind
    if not kind or (known and _numbers(found) < _numbers(known)):
        raise InputError(path, f"{place} is stored as by an anndata before 0.8", READ_AGAIN)
    problem = f"{place} has the encoding {kind!r} {found}, which is not read here (anndata {version('anndata')})"
    raise InputError(path, problem, "store it as an array, a CSR matrix or a table")


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]


def _index(frame: h5py.Group) -> h5py.Group | h5py.Dataset:
    """The names of the rows of a table."""
    name = _text(frame.attrs.get("_index", ""))
    if name not in frame:
        raise InputError(frame.file.filename, f"{frame.name[1:]} has no names of its rows", READ_AGAIN)
    return frame[name]


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
        self.encoding = encoding(self.stored)
        if self.encoding == "csc_matrix":
            raise InputError(self.path, f"{place} is stored by columns (CSC)", "store it in CSR, by rows: X.tocsr()")
        hdf5.readable(self.stored)
        n, lengths = n_observations(file), [len(rows) for rows in map(_rows, self.columns)]
        if self.encoding == "csr_matrix":
            lengths = [int(self.stored.attrs["shape"][0]), len(self.stored["indptr"]) - 1]
        for length in lengths:
            if length != n:
                problem = f"{place} has {length:,} rows, obs has {n:,}"
                raise InputError(self.path, problem, "the file is damaged: write it again")

    @property
    def columns(self) -> list[h5py.Group | h5py.Dataset]:
        """The columns of a table; else what is stored, alone; none of a sparse matrix."""
        if self.encoding == "csr_matrix":
            return []
        return [self.stored[name] for name in self.stored.attrs["column-order"]] if self.is_frame else [self.stored]

    @property
    def width(self) -> int:
        """How many columns there are."""
        if self.encoding == "csr_matrix":
            return int(self.stored.attrs["shape"][1])
        shape = _rows(self.stored).shape if not self.is_frame else (0, len(self.columns))
        return 1 if len(shape) == 1 else shape[1]

    @property
    def holds_labels(self) -> bool:
        """Whether values are words or a category, which have no numeric distance."""
        return bool(
            {encoding(column) for column in self.columns} & {"categorical", "string-array", "nullable-string-array"}
        )

    def kind(self, asked: str | None) -> str:
        """The kind of modality that was asked for, or that the way of storage makes."""
        if asked:
            return asked
        return (("numeric", "vector"), ("categorical", "categories"))[self.holds_labels][self.width != 1]

    @property
    def is_frame(self) -> bool:
        """Whether it is a table of named columns."""
        return self.encoding == "dataframe"

    def rows(self, start: int, stop: int) -> Any:
        """Rows of numbers or labels: an array (stop - start,) or (stop - start, width), CSR matrix or data frame.

        Raises OSError or ValueError where the file is damaged there.
        """
        if self.encoding == "csr_matrix":
            ends = self.stored["indptr"][start : stop + 1]
            held = slice(int(ends[0]), int(ends[-1]))
            parts = (self.stored["data"][held], self.stored["indices"][held], ends - ends[0])
            found = sparse.csr_matrix(parts, shape=(stop - start, self.width))
            found.check_format(full_check=True)
            return found
        if self.is_frame:
            names = self.stored.attrs["column-order"]
            return pd.DataFrame({name: _values(self.stored[name], start, stop) for name in names})
        return _values(self.stored, start, stop)


def _rows(stored: h5py.Group | h5py.Dataset) -> h5py.Dataset:
    """The dataset whose first axis is that of the observations."""
    kind = encoding(stored)
    rows = stored["codes" if kind == "categorical" else "values"] if isinstance(stored, h5py.Group) else stored
    if rows.dtype.kind not in "biufOS" or not 1 <= rows.ndim <= 2:
        problem = f"{stored.name[1:]} holds {rows.dtype} in {rows.ndim} axes, neither numbers nor labels by row"
        raise InputError(stored.file.filename, problem, "store it as an array of one or two axes")
    return rows


def n_observations(file: h5py.File) -> int:
    """How many observations an AnnData has."""
    return len(_rows(_index(file["obs"])))


def column_names(file: h5py.File, element: Element) -> list[str]:
    """Names of an element's columns: those of var, of a table's columns, or numbered."""
    if element.is_frame:
        return list(map(str, element.stored.attrs["column-order"]))
    if element.place.startswith("obsm/"):
        return [f"{element.place.removeprefix('obsm/')}[{i}]" for i in range(element.width)]
    names = list(map(str, _values(_index(file["var"]), 0, None)))
    if len(names) != element.width:
        problem = f"{element.place} has {element.width:,} columns, var has {len(names):,}"
        raise InputError(element.path, problem, "the file is damaged: write it again")
    return names


def _values(stored: h5py.Group | h5py.Dataset, start: int, stop: int | None) -> Any:
    """Some values of an array, a category (as its labels), or a column with a mask (missing where masked)."""
    kind = encoding(stored)
    if kind == "categorical":
        return pd.Categorical.from_codes(stored["codes"][start:stop], _values(stored["categories"], 0, None))
    if kind.startswith("nullable-"):
        values, mask = stored["values"], stored["mask"][start:stop]
        values = values.asstr()[start:stop] if values.dtype.kind in "OS" else values[start:stop]
        return np.where(mask, None, values) if mask.any() else values
    if kind == "string-array":
        return stored.asstr()[start:stop]
    return stored[start:stop]
