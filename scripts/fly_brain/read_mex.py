"""Read GEO's tarball of the fly brain: a matrix of genes × cells with the tables of its rows and columns."""

from collections.abc import Mapping
from pathlib import Path

from anndata import AnnData

from formats.archive import opened_archive
from formats.kinds import FILLED, TEXT
from formats.matrix_market import read_counts
from formats.published import check_members, check_shape, of_member
from formats.tables import read_table
from running import InputError

MATRIX = "matrix.mtx"
REMEDY = "give the tarball as GEO serves it (GSE107451)"


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
                return read_table(stream, columns, name=f"{tarball}, {name}", header=header, optional=optional)

        barcodes = table("barcodes.tsv", {"barcode": FILLED}, ("barcode",))
        genes = table("genes.tsv", {"identifier": FILLED, "symbol": TEXT}, ("identifier", "symbol", "kind"), 1)
        annotation = table("annotation.tsv", dict.fromkeys(("sample", "replicate", "line", "age"), TEXT))
        barcodes.once("barcode", "cell", remedy=REMEDY)
        genes.once("identifier", "gene", remedy=REMEDY)
        if annotation.frame["sample"].tolist() != barcodes.frame["barcode"].tolist():
            raise InputError(annotation.name, "does not have the cells of barcodes.tsv in their order", REMEDY)
        shape = len(genes.frame), len(barcodes.frame)
        with archive.opened(MATRIX) as stream:
            counts = read_counts(stream, name=f"{tarball}, {MATRIX}", shape=shape)
        check_members(str(tarball), archive.digests, published, MATRIX)
    check_shape(f"{tarball}, {MATRIX}", shape, of_member(published, MATRIX), ("genes", "cells"))
    obs = annotation.frame.set_index(barcodes.frame["barcode"])[["replicate", "line", "age"]]
    var = genes.frame.assign(symbol=genes.frame["symbol"].where(genes.frame["symbol"] != "", genes.frame["identifier"]))
    return AnnData(counts, obs=obs, var=var.set_index("identifier"))
