"""Tables of an AnnData or MuData by the strings that name them: "X", "obs/age", "obsm/X_pca", "rna:layers/counts".

Within one object rows go together. The modalities of a MuData are joined by the names of their cells, whatever their
order; a cell that one lacks has no value there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from pandas.api.types import is_object_dtype, is_string_dtype
from scipy import sparse

from schema_core.errors import InvalidInput
from schema_core.given import is_anndata, is_mudata
from schema_core.tables import kind_of

FOLDERS = ("obs", "obsm", "layers")
CHUNK_BYTES = 64 * 2**20  # of rows that are read from a file at once


@dataclass(frozen=True)
class Table:
    """One table with a row per cell of ``holder``.

    Attributes
    ----------
    modality : of a MuData, else ""
    name : such as "obsm/X_pca"
    values : array, sparse matrix, Series or data frame; or rows that are still in a file
    holder : AnnData or MuData
    """

    modality: str
    name: str
    values: Any
    holder: Any

    @property
    def place(self) -> str:
        """Its full name, such as "rna:obsm/X_pca"."""
        return f"{self.modality}:{self.name}" if self.modality else self.name

    @property
    def rows(self) -> pd.Index:
        """Names of the cells, (N,)."""
        return self.holder.obs_names

    @property
    def key(self) -> str:
        """What stands behind the folder, such as "X_pca"; "X" of X."""
        return self.name.partition("/")[2] or "X"

    @property
    def of_genes(self) -> bool:
        """Whether columns are the variables of the holder."""
        return self.name.partition("/")[0] in ("X", "layers")

    @property
    def in_memory(self) -> bool:
        """Whether values are here, rather than in a file."""
        return isinstance(self.values, np.ndarray | pd.DataFrame | pd.Series) or sparse.issparse(self.values)

    @property
    def columns(self) -> pd.Index:
        """Names of the columns: of variables, of a data frame, or numbered, as in "X_pca[0]"."""
        if self.of_genes:
            return self.holder.var_names
        if isinstance(self.values, pd.DataFrame):
            return self.values.columns.astype(str)
        width = self.values.shape[1] if len(self.values.shape) > 1 else 1
        return pd.Index([f"{self.key}[{i}]" for i in range(width)])

    def some(self, rows: slice) -> Any:
        """Some rows, in memory."""
        some = (self.values.iloc if hasattr(self.values, "iloc") else self.values)[rows]
        return some if sparse.issparse(some) or hasattr(some, "iloc") else np.asarray(some)

    def at(self, rows: pd.Index) -> Any:
        """Values of the cells with these names, in their order; missing (NaN) where the table has no such cell."""
        if self.rows.equals(rows):
            return self.values
        check_unique(self.rows, self.place, "obs_names")
        places = self.rows.get_indexer(rows)
        values, lacking = self.some(slice(None)), places < 0
        if lacking.all():
            raise InvalidInput(f"{self.place} has none of the {len(rows)} cells that are weighted; are names the same?")
        if hasattr(values, "iloc"):
            return values.set_axis(self.rows).reindex(rows)
        if not lacking.any():
            return values[places]
        values = values[np.where(lacking, 0, places)]
        values = values.toarray() if sparse.issparse(values) else values
        values = values.astype(values.dtype if values.dtype.kind == "f" else float)
        values[lacking] = np.nan
        return values


def table(data: Any, place: Any, argument: str) -> Table:
    """The table of that name; a name without a folder is one of obsm, as scanpy's use_rep is.

    Raises
    ------
    InvalidInput : where there is none, with the nearest name
    """
    if not isinstance(place, str):
        raise InvalidInput(f"{argument} is {place!r}, no name of a table; give one, such as 'obs/age' or 'obsm/X_pca'")
    modality, colon, name = place.partition(":")
    if not (is_mudata(data) and colon and modality in data.mod):
        modality, name = "", place
    if name != "X" and name.partition("/")[0] not in FOLDERS:
        name = f"obsm/{name}"
    known = list(_places(data))
    if (f"{modality}:{name}" if modality else name) not in known:
        raise InvalidInput(f"{argument}: there is no {place!r}; {_nearest(place, known)}")
    holder = data.mod[modality] if modality else data
    folder, _, key = name.partition("/")
    values = holder.X if folder == "X" else getattr(holder, folder)[key]
    return Table(modality, name, _labelled(values), holder)


def check_unique(names: pd.Index, where: str, which: str) -> None:
    """Raise where a name stands twice."""
    twice = names[names.duplicated()]
    if len(twice):
        raise InvalidInput(
            f"{where}: the name {twice[0]!r} stands more than once in {which}; call {which}_make_unique()"
        )


def check_not_empty(values: Any, where: str) -> None:
    """Raise where all values of a table in memory are missing."""
    kept = values.data if sparse.issparse(values) else values
    if values.shape[0] and np.size(kept) and np.asarray(pd.isna(kept)).all():
        raise InvalidInput(f"{where} has no value in any cell; fill it, or leave it out")


def kind_in(one: Table) -> str:
    """The kind of modality that a table makes by its dtype and columns."""
    if one.in_memory:
        return kind_of(one.values)
    return "vector" if len(one.columns) > 1 else "numeric"


def dtype_in(one: Table) -> str:
    """The dtype of a table, or those of its columns."""
    dtypes = one.values.dtypes if isinstance(one.values, pd.DataFrame) else [one.values.dtype]
    return ", ".join(sorted(set(map(str, dtypes))))


def _places(data: Any, prefix: str = "") -> Iterator[str]:
    """The name of every table."""
    for name, one in data.mod.items() if is_mudata(data) else ():
        yield from _places(one, f"{name}:")
    if is_anndata(data) and not is_mudata(data) and data.X is not None:
        yield f"{prefix}X"
    for folder in FOLDERS:
        masks = data.mod if folder == "obsm" and is_mudata(data) else ()  # which cells a modality has
        held = getattr(data, folder, None)  # a MuData's layers are None
        yield from (f"{prefix}{folder}/{key}" for key in (() if held is None else held) if key not in masks)


def _nearest(place: str, known: list[str]) -> str:
    """What to give in place of a wrong name."""

    def likeness(one: str) -> float:
        pairs = ((place, one), (place.rpartition("/")[2], one.rpartition("/")[2]), (place, one.rpartition("/")[2]))
        return max(SequenceMatcher(None, a.lower(), b.lower()).ratio() for a, b in pairs)

    best = sorted(known, key=likeness, reverse=True)
    if not best:
        return "the data hold no table at all"
    return f"the nearest is {best[0]!r}" if likeness(best[0]) >= 0.6 else f"there are {', '.join(map(repr, best[:8]))}"


def _labelled(values: Any) -> Any:
    """The same with text as categories, which is how anndata stores it."""
    if isinstance(values, pd.Series):
        return values.astype("category") if _is_text(values) else values
    if isinstance(values, pd.DataFrame):
        return values.astype({name: "category" for name in values if _is_text(values[name])})
    return values


def _is_text(column: pd.Series) -> bool:
    if is_object_dtype(column.dtype):
        return column.map(lambda one: isinstance(one, str)).any()
    return is_string_dtype(column.dtype) and not isinstance(column.dtype, pd.CategoricalDtype)


def frame(source: Table, rows: slice = slice(None)) -> Any:
    """Rows of a table with the names of its cells and columns, nothing copied."""
    values = source.some(rows)
    if isinstance(values, pd.DataFrame):
        return values.set_axis(source.columns, axis=1)
    names = {"obs": pd.DataFrame(index=source.rows[rows]), "var": pd.DataFrame(index=source.columns)}
    return AnnData(values if sparse.issparse(values) else np.asarray(values).reshape(values.shape[0], -1), **names)


def pieces(tables: list[Table]) -> Iterator[slice]:
    """Ranges of rows that are read at once; of tables in memory, all of them."""
    n, width = len(tables[0].rows), sum(len(one.columns) for one in tables if not one.in_memory)
    step = max(1, CHUNK_BYTES // (8 * width) if width else n)
    return (slice(start, min(start + step, n)) for start in range(0, n, step))
