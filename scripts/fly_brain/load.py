"""Read the published files of the fly brain into one AnnData of counts, with who each cell is.

The paper uses "neurons"; the published annotation names cell types, and most clusters only by a number. A cell is
taken for a neuron unless its annotation says otherwise (config: fly_brain.not_neurons).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData

from formats.archive import opened_archive
from formats.kinds import FILLED, NAME, TEXT, WHOLE
from formats.matrix_market import read_counts
from formats.published import check_members, check_shape, of_member, write_scope
from formats.tables import read_published
from running import InputError, step, whole_file
from running.errors import plain

MATRIX = "matrix.mtx"
AS_SERVED = "give the tarball as GEO serves it (GSE107451)"


def read_mex(tarball: Path | str, published: Mapping | None = None) -> AnnData:
    """Counts of cells × genes (CSR), as published.

    obs: index barcode; replicate, line, age (text, as written) of annotation.tsv. var: index identifier; symbol (the
    identifier if it is empty). A symbol that reads "nan" is a symbol.

    published : what the registry says of the tarball and its members, see ``formats.published``

    Raises InputError for an archive that is damaged or not honest, for tables whose length is not the matrix's, for a
    barcode or identifier that comes twice, and for annotations of other cells.
    """
    with opened_archive(tarball, hashing=bool((published or {}).get("members"))) as archive:

        def table(name: str, columns: dict, header: tuple | None = None, optional: int = 0):
            with archive.opened(name) as stream:
                return read_published(stream, columns, name=f"{tarball}, {name}", header=header, optional=optional)

        barcodes = table("barcodes.tsv", {"barcode": FILLED}, ("barcode",))
        genes = table("genes.tsv", {"identifier": FILLED, "symbol": TEXT}, ("identifier", "symbol", "kind"), 1)
        annotation = table("annotation.tsv", dict.fromkeys(("sample", "replicate", "line", "age"), TEXT))
        barcodes.once("barcode", "cell", remedy=AS_SERVED)
        genes.once("identifier", "gene", remedy=AS_SERVED)
        if annotation.frame["sample"].tolist() != barcodes.frame["barcode"].tolist():
            raise InputError(annotation.name, "does not have the cells of barcodes.tsv in their order", AS_SERVED)
        shape = len(genes.frame), len(barcodes.frame)
        with archive.opened(MATRIX) as stream:
            counts = read_counts(stream, name=f"{tarball}, {MATRIX}", shape=shape)
        check_members(str(tarball), archive.digests, published, MATRIX)
    check_shape(f"{tarball}, {MATRIX}", shape, of_member(published, MATRIX), ("genes", "cells"))
    obs = annotation.frame.set_index(barcodes.frame["barcode"])[["replicate", "line", "age"]]
    var = genes.frame.assign(symbol=genes.frame["symbol"].where(genes.frame["symbol"] != "", genes.frame["identifier"]))
    return AnnData(counts, obs=obs, var=var.set_index("identifier"))


METADATA_KINDS = {"new_barcode": NAME, "Age": WHOLE, "Genotype": NAME, "annotation": TEXT}
METADATA_COLUMNS = {"new_barcode": "barcode", "Age": "age", "Genotype": "line"}
OTHER_METADATA = "use the metadata that GEO serves with this tarball (GSE107451)"


def read_metadata(path: Path | str, cells: pd.DataFrame, published: Mapping | None = None) -> pd.DataFrame:
    """Age in days (int), line and annotation of each cell, in the order of ``cells``.

    cells : index barcode; line, age (text) of the tarball's own annotation, against which both are checked
    published : what the registry says of the file, see ``formats.published``

    Raises InputError for a file that is damaged or has other columns, for a cell that comes twice, an age that is not
    a number of days, cells that it does not describe, and ages or lines that are not the tarball's.
    """
    table = read_published(path, METADATA_KINDS, aliases={"new_barcode": ("",)}, published=published)
    table.once("new_barcode", "cell")
    known = table.frame.rename(columns=METADATA_COLUMNS).set_index("barcode")
    unknown = ~cells.index.isin(known.index)
    if unknown.any():
        first = cells.index[int(unknown.argmax())]
        problem = f"describes other cells: {unknown.sum()} of {len(cells)} cells of the matrix are not in it"
        raise InputError(path, f"{problem}, the first is {first!r}", OTHER_METADATA)
    found = known.loc[cells.index]
    for name in ("age", "line"):
        differs = (found[name].astype(str) != cells[name]).to_numpy()
        if differs.any():
            row = int(differs.argmax())
            here, there = found[name].iloc[row], cells[name].iloc[row]
            problem = f"cell {cells.index[row]!r} has the {name} {plain(here)}, in the tarball {plain(there)}"
            raise InputError(path, problem, OTHER_METADATA)
    return found


def is_neuron(annotation: pd.Series, not_neurons: Sequence[str]) -> np.ndarray:
    """Whether each annotation (n,) contains none of the words ``not_neurons``, in any case; (n,) bool."""
    levels = annotation.astype("category")
    words = [word.lower() for word in not_neurons]
    verdict = [not any(word in name.lower() for word in words) for name in levels.cat.categories]
    return np.array(verdict, dtype=bool)[levels.cat.codes]


def load(
    tarball: Path | str,
    metadata: Path | str,
    line: str,
    not_neurons: Sequence[str],
    published: Mapping[str, Mapping] | None = None,
) -> AnnData:
    """All cells of one line: counts (n, genes) CSR; obs age (days), line, annotation, neuron, total_counts, n_genes.

    var: symbol. Raises InputError where the line is unknown, or where it has only one age.

    published : what the registry says of ``tarball`` and ``metadata``, see ``formats.published``
    """
    published = published or {}
    cells = read_mex(tarball, published.get("tarball"))
    known = read_metadata(metadata, cells.obs, published.get("metadata"))
    lines = sorted(known["line"].unique())
    if line not in lines:
        raise InputError(metadata, f"has no cell of the line {line!r}", f"set fly_brain.line to one of {lines}")
    chosen = (known["line"] == line).to_numpy()
    known = known[chosen]
    if known["age"].nunique() < 2:
        raise InputError(metadata, f"the line {line!r} has cells of one age only", "take a line with several ages")
    counts = cells.X[chosen]
    obs = known.assign(neuron=is_neuron(known["annotation"], not_neurons))
    obs["annotation"] = obs["annotation"].astype("category")
    obs["line"] = obs["line"].astype("category")
    obs["total_counts"] = np.asarray(counts.sum(axis=1)).ravel()
    obs["n_genes"] = np.diff(counts.indptr)
    return AnnData(counts, obs=obs, var=cells.var)


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        cells = load(inputs.tarball, inputs.metadata, params.line, params.not_neurons, params.published)
        log.info(
            "%d cells of %s, %d neurons, %d genes", len(cells), params.line, cells.obs["neuron"].sum(), cells.n_vars
        )
        with whole_file(snakemake.output.cells) as part:
            cells.write_h5ad(part, compression="lzf")
        write_scope(snakemake.output.scope)
