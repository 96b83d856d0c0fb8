"""Read rows of an .h5ad, .h5mu or zarr store range by range, in memory that does not grow with the number of rows.

Rows are slices of the datasets behind an element of the AnnData; what has no rows (names, levels) is read by
anndata. ``anndata.read_h5ad(backed="r")`` reads all of obs, index included, and its sparse matrices all of indptr: both
grow with the rows; anndata's lazy reader needs dask.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from own.encodings import READ_AGAIN, encoding, path_of
from own.files import found, readable, text
from running import InputError


def _index(frame: Any) -> Any:
    """The names of the rows of a table."""
    name = text(frame.attrs.get("_index", ""))
    if name not in frame:
        raise InputError(path_of(frame), f"{frame.name[1:]} has no names of its rows", READ_AGAIN)
    return frame[name]


def names(holder: Any) -> pd.Index:
    """The names of the cells of an AnnData or MuData."""
    return pd.Index(_values(_index(holder["obs"]), 0, None).astype(object))


class Element:
    """X, or a key of layers, obs or obsm, one row (or value) per observation.

    Attributes
    ----------
    place : "X", "layers/<key>", "obs/<key>" or "obsm/<key>"
    width : number of columns
    """

    def __init__(self, top: Any, path: Path | str, place: str):
        self.path, self.place, self.modality = str(path), place, place.rpartition(":")[0]
        self.holder, self.name = found(top, path, place)
        for name in ("obs", "var"):
            if name not in self.holder:
                raise InputError(path, f"holds no {name}, so it is not an AnnData", "give a file that anndata wrote")
            if encoding(self.holder[name]) != "dataframe":
                raise InputError(path, f"{name} is no table of anndata's", READ_AGAIN)
            readable(_index(self.holder[name]), path, f"names in {name}")
        self.stored = self.holder[self.name]
        self.encoding = encoding(self.stored)
        if self.encoding == "csc_matrix":
            raise InputError(path, f"{place} is stored by columns (CSC)", "store it in CSR, by rows: X.tocsr()")
        readable(self.stored, path, place)
        n, lengths = n_observations(self.holder), [_rows(one).shape[0] for one in self.columns]
        if self.encoding == "csr_matrix":
            lengths = [int(self.stored.attrs["shape"][0]), self.stored["indptr"].shape[0] - 1]
        for length in lengths:
            if length != n:
                problem = f"{place} has {length:,} rows, obs has {n:,}"
                raise InputError(path, problem, "the file is damaged: write it again")

    @property
    def columns(self) -> list[Any]:
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
            order = self.stored.attrs["column-order"]
            return pd.DataFrame({name: _values(self.stored[name], start, stop) for name in order})
        return _values(self.stored, start, stop)

    def at(self, where: np.ndarray, piece: int) -> Any:
        """Rows by number (n,), in any order, missing (NaN) at -1; no more than ``piece`` of others are read at once."""
        if len(where) and (where >= 0).all() and (np.diff(where) == 1).all():
            return self.rows(int(where[0]), int(where[-1]) + 1)
        wanted = np.unique(where[where >= 0]) if (where >= 0).any() else np.zeros(1, dtype=int)
        parts: list[Any] = []
        for start in range(int(wanted[0]), int(wanted[-1]) + 1, piece):
            mine = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, start + piece)]
            if len(mine):
                rows = self.rows(int(mine[0]), int(mine[-1]) + 1)
                parts.append(rows[mine - mine[0]] if sparse.issparse(rows) else as_frame(rows).iloc[mine - mine[0]])
        if sparse.issparse(parts[0]):
            held = sparse.vstack(parts, format="csr")
            if (where >= 0).all():
                return held[np.searchsorted(wanted, where)]
            parts = [as_frame(held)]
        got = pd.concat(parts).set_axis(wanted).reindex(np.where(where < 0, -1, where)).reset_index(drop=True)
        return got.to_numpy() if not self.is_frame and got.ndim == 2 else got


def as_frame(rows: Any) -> pd.Series | pd.DataFrame:
    """Rows of numbers or labels as pandas has them; flags as 0 and 1, so that they can be missing."""
    dense = rows.toarray() if sparse.issparse(rows) else rows
    if isinstance(dense, pd.DataFrame):
        return dense
    dense = dense.astype(float) if getattr(dense.dtype, "kind", "O") == "b" else dense
    return pd.DataFrame(dense) if np.ndim(dense) == 2 else pd.Series(dense)


def _rows(stored: Any) -> Any:
    """The dataset whose first axis is that of the observations."""
    kind = encoding(stored)
    rows = stored["codes" if kind == "categorical" else "values"] if hasattr(stored, "keys") else stored
    if rows.dtype.kind not in "biufOST" or not 1 <= rows.ndim <= 2:
        problem = f"{stored.name[1:]} holds {rows.dtype} in {rows.ndim} axes, neither numbers nor labels by row"
        raise InputError(path_of(stored), problem, "store it as an array of one or two axes")
    return rows


def n_observations(holder: Any) -> int:
    """How many observations an AnnData has."""
    return _rows(_index(holder["obs"])).shape[0]


def column_names(element: Element) -> list[str]:
    """Names of an element's columns: those of var, of a table's columns, or numbered."""
    if element.is_frame:
        return list(map(str, element.stored.attrs["column-order"]))
    if element.name.startswith("obsm/"):
        return [f"{element.name.removeprefix('obsm/')}[{i}]" for i in range(element.width)]
    if element.name.startswith("obs/"):
        return [element.name.removeprefix("obs/")]
    known = list(map(str, _values(_index(element.holder["var"]), 0, None)))
    if len(known) != element.width:
        problem = f"{element.place} has {element.width:,} columns, var has {len(known):,}"
        raise InputError(element.path, problem, "the file is damaged: write it again")
    return known


def _values(stored: Any, start: int, stop: int | None) -> Any:
    """Some values of an array, a category (as its labels), or a column with a mask (missing where masked)."""
    kind = encoding(stored)
    if kind == "categorical":
        return pd.Categorical.from_codes(stored["codes"][start:stop], _values(stored["categories"], 0, None))
    if kind.startswith("nullable-"):
        values, mask = stored["values"], stored["mask"][start:stop]
        values = _words(values, start, stop) if values.dtype.kind in "OST" else values[start:stop]
        return np.where(mask, None, values) if mask.any() else values
    if kind == "string-array":
        return _words(stored, start, stop)
    return stored[start:stop]


def _words(stored: Any, start: int, stop: int | None) -> np.ndarray:
    return (stored.asstr() if hasattr(stored, "asstr") else stored)[start:stop].astype(object)
