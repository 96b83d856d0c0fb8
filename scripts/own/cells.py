"""Read what is asked of an .h5ad, .h5mu or zarr store, and bring it to the cells of the trusted table."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from anndata.io import read_elem
from scipy import sparse

from own.asked import BATCH, LABELS, LOADINGS, PRIMARY
from own.files import found, opened, readable, text
from own.genes import loadings_of
from own.representation import default, represented
from running import InputError, plain, step, whole_file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Read:
    """A table with the names of its cells and columns."""

    place: str
    values: Any
    cells: pd.Index
    columns: list[str]


def read(top: Any, path: Path | str, place: str) -> Read:
    """One table; InputError where there is none, or it is not what it should be."""
    holder, name = found(top, path, place)
    if "obs" not in holder or "_index" not in holder["obs"].attrs:
        raise InputError(path, f"holds no table obs for {place}", "it was not written to its end: write it again")
    stored = holder[name]
    for item in (stored, index := holder["obs"][text(holder["obs"].attrs["_index"])]):
        readable(item, path, place)
    try:
        values, cells = read_elem(stored), pd.Index(list(map(str, read_elem(index))))
        columns = _columns(holder, name, values)
    except Exception as error:  # anndata has no class for what it cannot read
        problem = f"{place} cannot be read by anndata {version('anndata')} ({plain(error)})"
        raise InputError(path, problem, "write it with that version, or without this table") from error
    if values is None:
        raise InputError(path, f"{place} is empty (None)", "name another table, or fill it")
    if np.shape(values)[0] != len(cells):
        problem = f"{place} has {np.shape(values)[0]:,} rows, obs has {len(cells):,}"
        raise InputError(path, problem, "the file is damaged: write it again")
    for names, which in ((cells, "cells"), (pd.Index(columns), "columns")):
        if names.has_duplicates:
            twice = names[names.duplicated()][0]
            make = "obs_names_make_unique()" if which == "cells" else "var_names_make_unique()"
            raise InputError(
                path, f"{place}: the name {twice!r} stands more than once among its {which}", f"call {make}"
            )
    return Read(place, values, cells, columns)


def _columns(holder: Any, name: str, values: Any) -> list[str]:
    folder, _, key = name.partition("/")
    if isinstance(values, pd.DataFrame):
        return list(map(str, values.columns))
    if folder in ("X", "layers"):
        return list(map(str, read_elem(holder["var"][text(holder["var"].attrs["_index"])])))
    return [key] if len(np.shape(values)) == 1 else [f"{key}[{i}]" for i in range(np.shape(values)[1])]


def at(one: Read, values: Any, cells: pd.Index) -> Any:
    """Values of cells by name; missing (NaN) where the table lacks one."""
    if one.cells.equals(cells):
        return values
    frame = pd.Series(values) if np.ndim(values) == 1 else pd.DataFrame(values)
    got = frame.set_axis(one.cells).reindex(cells)
    return got if np.ndim(values) == 1 else got.to_numpy()


def prepared(one: Read, path: Path | str, asked: str | None, components: int) -> tuple[Any, np.ndarray | None]:
    """Numbers or labels of a table, represented, and the loadings of a truncated SVD; the log says how."""
    values = one.values
    if isinstance(values, pd.DataFrame):
        numeric = all(pd.api.types.is_numeric_dtype(column) for column in values.dtypes)
        values = values.to_numpy(dtype=float) if numeric else values
    of_numbers = hasattr(values, "dtype") and getattr(values.dtype, "kind", "O") in "fiub"
    if not of_numbers:
        if asked not in (None, "as_is"):
            raise InputError(path, f"{one.place} holds no numbers, of which {asked} could be made", "leave it out")
        return values, None
    kept = values.data if sparse.issparse(values) else np.asarray(values)
    if kept.size and np.isnan(kept.astype(float)).all():
        raise InputError(path, f"{one.place} has no value in any cell", "fill it, or leave it out")
    how = asked or default(one.place, values, one.columns, components)
    try:
        got, loadings = represented(how, values, components)
    except ValueError as error:
        raise InputError(path, f"{one.place} {error}", "mend it, or name another representation") from error
    logger.info("%s, %s: taken as %s, %s", one.place, values.shape, how, got.shape)
    return got, loadings


def categories(given: Any, path: Path | str, place: str, *, complete: bool) -> pd.Categorical:
    """Labels or batches as text; InputError where all are the same or, if they are to be complete, some are missing."""
    values = pd.Series(given)
    if values.isna().all() or values.nunique() < 2:
        raise InputError(path, f"{place} has fewer than two values", "name another column")
    if complete and values.isna().any():
        problem = f"{place} is missing in {values.isna().sum():,} of {len(values):,} cells"
        raise InputError(path, problem, "fill it, or leave own.batch out")
    return pd.Categorical(values.astype(object).where(values.notna()).map(str, na_action="ignore"))


def cells_of(path: Path | str, use_rep: str, named: Sequence[dict], asked: dict) -> anndata.AnnData:
    """An AnnData of the trusted table's cells: obsm["primary"], and each modality by its name in obs or obsm.

    named : {name, values, kind, representation}; asked : {labels, batch, representation, components}
    uns["own"] says what each was made of.
    """
    with opened(path) as top:
        first = read(top, path, use_rep)
        table, loadings = prepared(first, path, asked["representation"], asked["components"])
        if np.ndim(table) != 2 or getattr(getattr(table, "dtype", None), "kind", "O") not in "fiub":
            raise InputError(path, f"{use_rep} is no table of numbers", "name numbers in own.use_rep")
        if len(first.cells) < 3:
            raise InputError(path, f"{use_rep} has {len(first.cells)} cells", "give three or more")
        held = loadings_of(top, path, use_rep, table.shape[1])
        if loadings is not None:
            held = pd.DataFrame(loadings, index=pd.Index(first.columns))
        genes = pd.DataFrame(index=pd.Index([], dtype=str) if held is None else held.index)
        data = anndata.AnnData(obs=pd.DataFrame(index=first.cells), var=genes)
        if held is not None:
            data.varm[LOADINGS] = held.to_numpy()
        same = table.shape[1] == len(first.columns)
        data.uns["own"] = {"columns": first.columns if same else [f"component {i + 1}" for i in range(table.shape[1])]}
        data.obsm[PRIMARY] = np.asarray(table)
        for one in named:
            got = read(top, path, one["values"])
            if not got.cells.isin(first.cells).any():
                problem = f"{one['values']} has none of the cells of {use_rep}"
                raise InputError(path, problem, "give the same names to the same cells")
            values = at(got, prepared(got, path, one["representation"], asked["components"])[0], first.cells)
            if isinstance(values, pd.DataFrame) or np.ndim(values) == 2:
                data.obsm[one["name"]] = values
            else:
                data.obs[one["name"]] = np.asarray(values) if not hasattr(values, "cat") else values
        for key, place in ((LABELS, asked["labels"]), (BATCH, asked["batch"])):
            if place:
                got = read(top, path, place)
                data.obs[key] = categories(at(got, got.values, first.cells), path, place, complete=key == BATCH)
    return data


if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        asked = {key: params[key] for key in ("labels", "batch", "representation", "components")}
        data = cells_of(params.file, params.features, params.named, asked)
        log.info("%d cells, %d columns of %s", *data.obsm[PRIMARY].shape, params.features)
        with whole_file(snakemake.output.cells) as part:
            data.write_h5ad(Path(part))
