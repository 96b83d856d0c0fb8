"""Write counts in the form of GEO's MatrixMarket files: integer, features x cells, in the order of the cells."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv
from scipy.sparse import csr_matrix

CELLS = 2000  # cells written at once
PLAIN = csv.WriteOptions(include_header=False, delimiter=" ", quoting_style="none")


def write_counts(counts: csr_matrix, path: Path | str, *, level: int = 6) -> None:
    """Write a matrix of cells x features; with gzip (at this level, and no date inside) where ``path`` ends .gz."""
    with Path(path).open("wb") as raw:
        if str(path).endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=level) as out:
                _write(counts, out)
        else:
            _write(counts, raw)


def _write(counts: csr_matrix, out) -> None:
    out.write(b"%%MatrixMarket matrix coordinate integer general\n")
    out.write(f"{counts.shape[1]} {counts.shape[0]} {counts.nnz}\n".encode())
    for first in range(0, counts.shape[0], CELLS):
        part = counts[first : first + CELLS].tocoo()
        columns = [part.col + 1, part.row.astype(np.int64) + first + 1, part.data.astype(np.int64)]
        sink = pa.BufferOutputStream()
        csv.write_csv(pa.table(columns, names=["row", "column", "count"]), sink, PLAIN)
        out.write(sink.getvalue())
