"""Read GEO's tarball of the fly brain: a matrix of genes × cells with the tables of its rows and columns."""

from pathlib import Path

import pandas as pd
from anndata import AnnData

from running import InputError
from sources.archive import member, opened_member
from sources.matrix_market import read_counts

ANNOTATION = ("sample", "technology", "replicate", "line", "age")
REMEDY = "delete the file and let the workflow fetch it again"


def read_mex(tarball: Path | str) -> AnnData:
    """Counts of cells × genes (CSR), as published.

    obs: index barcode; replicate, line, age (text, as written) of annotation.tsv. var: index identifier; symbol. A
    symbol that reads "nan" is a symbol. Raises InputError for an archive that is damaged or not honest, for tables
    whose length is not the matrix's, for a barcode or identifier that comes twice, and for annotations of other cells.
    """
    tarball = Path(tarball)
    barcodes = _table(tarball, "barcodes.tsv", ["barcode"])["barcode"]
    genes = _table(tarball, "genes.tsv", ["identifier", "symbol"])
    annotation = _table(tarball, "annotation.tsv", None)
    if tuple(annotation.columns) != ANNOTATION:
        problem = f"annotation.tsv has the columns {list(annotation.columns)}, not {list(ANNOTATION)}"
        raise InputError(tarball, problem, REMEDY)
    for name, values in (("barcodes.tsv", barcodes), ("genes.tsv", genes["identifier"])):
        if values.duplicated().any():
            row = int(values.duplicated().argmax())
            raise InputError(tarball, f"{name}, line {row + 1}: {values[row]!r} is there already", REMEDY)
    if annotation["sample"].tolist() != barcodes.tolist():
        raise InputError(tarball, "annotation.tsv does not have the cells of barcodes.tsv in their order", REMEDY)
    with opened_member(tarball, "matrix.mtx") as stream:
        counts = read_counts(stream, name=f"{tarball}, matrix.mtx", shape=(len(genes), len(barcodes)))
    obs = annotation.set_index(pd.Index(barcodes, name="barcode"))[["replicate", "line", "age"]]
    return AnnData(counts, obs=obs, var=genes.set_index("identifier"))


def _table(tarball: Path, name: str, columns: list[str] | None) -> pd.DataFrame:
    """A table of the archive, tab-separated, all text, nothing taken for a missing value; a header if no columns."""
    try:
        text = member(tarball, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(tarball, f"{name} is not text in UTF-8 ({error})", REMEDY) from error
    lines = [line.rstrip("\r").split("\t") for line in text.split("\n") if line]
    header, first = (columns, 1) if columns else (lines[0] if lines else [], 2)
    rows = lines if columns else lines[1:]
    for number, fields in enumerate(rows, start=first):
        if len(fields) != len(header):
            problem = f"{name}, line {number}: {len(fields)} columns, expected {len(header)}"
            raise InputError(tarball, problem, REMEDY)
    return pd.DataFrame(rows, columns=header, dtype=str)
