"""The whole counts that totalVI and MultiVI are made for: RNA, and proteins or peaks, of the compared cells."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

from own.asked import METHODS
from own.cells import Read, read
from own.files import found, opened, text
from own.representation import are_counts, are_peaks
from own.rows import PIECE
from own.stored import Element, column_names, names
from running import InputError, step, whole_file

NEEDS = {"totalvi": ("rna", "protein"), "multivi": ("rna", "peaks")}
WORDS = {"rna": "genes", "protein": "proteins", "peaks": "peaks"}


def guessed(what: str, use_rep: str, modalities: Sequence[str], tables: Any) -> str | None:
    """Where counts may stand that the config does not name: use_rep, or the first modality that fits."""
    if what == "rna":
        return use_rep
    for place in modalities:
        one = tables(place)
        if whole(one.values) and np.ndim(one.values) == 2 and are_peaks(one.columns) == (what == "peaks"):
            return place
    return None


def whole(values: Any) -> bool:
    """Whether a table, sparse or dense or with named columns, holds whole numbers from 0 up."""
    return are_counts(values.to_numpy() if isinstance(values, pd.DataFrame) else values)


def counts_of(
    path: Path | str, cells: pd.Index, use_rep: str, modalities: Sequence[str], named: Mapping, methods: Sequence[str]
) -> anndata.AnnData:
    """X, the counts of genes, and obsm["protein"], obsm["peaks"], of the ``cells`` that have all of them.

    named : {"rna", "protein", "peaks"} to a table or None. InputError where a method has no counts.
    """
    with opened(path) as top:

        def table(place: str) -> Read:
            return taken(top, path, place, cells)

        held: dict[str, Any] = {}
        for method in methods:
            for what in NEEDS[method]:
                place = named.get(what) or guessed(what, use_rep, modalities, table)
                problem = f"{METHODS[method]} needs whole counts of {WORDS[what]}, and "
                remedy = f"name a table of counts in own.counts.{what}, or leave {method} out of own.methods"
                if place is None:
                    raise InputError(path, problem + "no modality holds any", remedy)
                one = table(place)
                if not whole(one.values) or np.ndim(one.values) != 2:
                    raise InputError(path, problem + f"{place} holds none", remedy)
                held[what] = one
    common = [name for name in cells if all(name in one.cells for one in held.values())]
    if len(common) < 3:
        raise InputError(path, f"{len(common)} cells have all counts", "compare where three or more have")
    parts = {what: sparse.csr_matrix(one.values)[one.cells.get_indexer(common)] for what, one in held.items()}
    data = anndata.AnnData(parts.pop("rna"), obs=pd.DataFrame(index=pd.Index(common)))
    for what, part in parts.items():
        data.obsm[what] = part.toarray() if what == "protein" else part
    return data


def taken(top: Any, path: Path | str, place: str, cells: pd.Index) -> Read:
    """The rows of some cells, by name; those that the table lacks are left out."""
    holder, name = found(top, path, place)
    if text(holder[name].attrs.get("encoding-type", "")) == "csc_matrix":  # whose rows cannot be read alone
        one = read(top, path, place)
        at = one.cells.get_indexer(cells)
        return Read(place, one.values[at[at >= 0]], one.cells[at[at >= 0]], one.columns)
    element = Element(top, path, place)
    known = names(element.holder)
    at = known.get_indexer(cells)
    return Read(place, element.at(at[at >= 0], PIECE), known[at[at >= 0]], column_names(element))


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        cells = anndata.read_h5ad(snakemake.input.cells, backed="r").obs_names
        asked = (params.features, params.modalities, params.counts, params.methods)
        with whole_file(snakemake.output[0]) as part:
            counts_of(params.file, cells, *asked).write_h5ad(Path(part))
