"""Read a dense text of counts, genes by beads, in a stream into a sparse matrix.

The published files are 1 to 1.5 GB of which 99 % says "0,". A row at a time is looked at as bytes: where each field
begins, how long it is, and the digit of the fields of one letter. Only longer fields are parsed one by one.
"""

from io import BufferedIOBase

import numpy as np
from scipy import sparse

from running import InputError

COMMA, ZERO, NINE = ord(","), ord("0"), ord("9")
FETCH = "get the file again, whole and as published"


def read_dge(content: BufferedIOBase, label: str) -> tuple[sparse.csr_matrix, list[str], list[str]]:
    """Counts (beads, genes) as float32 in CSR, the beads' barcodes, and the genes' names, in the file's order.

    ``label`` names the file in errors. The first row is a word and the barcodes, each further row a gene's name and its
    counts. Raises InputError, with row and column, for a row of another length, anything but a count, a barcode or a
    gene that stands twice, and a file with no gene.
    """
    header = _line(content)
    if not header:
        raise InputError(label, "the file is empty, or its first row is", FETCH)
    if header.lstrip().startswith(b"<"):
        raise InputError(label, "row 1: an HTML page, where a CSV table is expected", FETCH)
    beads = _text(header, label, 1).split(",")[1:]
    _check_once(beads, label, "barcode", "column", 2)
    genes, data, columns, lengths = [], [], [], [0]
    while line := _line(content):
        row = len(genes) + 2
        name, comma, counts = line.partition(b",")
        if not comma:
            raise InputError(label, f"row {row}: {line[:40]!r} is no gene with counts (a truncated file?)", FETCH)
        values = _counts(np.frombuffer(counts, dtype=np.uint8), len(beads), label, row)
        seen = np.flatnonzero(values)
        genes.append(_text(name, label, row))
        data.append(values[seen])
        columns.append(seen.astype(np.int32))
        lengths.append(lengths[-1] + len(seen))
    if not genes:
        raise InputError(label, "no gene below the header (row 1)", FETCH)
    _check_once(genes, label, "gene", "row", 2)
    by_gene = sparse.csr_matrix(
        (np.concatenate(data), np.concatenate(columns), np.asarray(lengths)), shape=(len(genes), len(beads))
    )
    return by_gene.T.tocsr(), beads, genes


def _line(content: BufferedIOBase) -> bytes:
    return content.readline().rstrip(b"\r\n")


def _text(raw: bytes, label: str, row: int) -> str:
    try:
        return raw.decode("utf-8").replace('"', "")
    except UnicodeDecodeError as error:
        raise InputError(label, f"row {row}: not text in UTF-8", FETCH) from error


def _counts(row: np.ndarray, n: int, label: str, number: int) -> np.ndarray:
    """The counts (n,) float32 of one row of bytes."""
    ends = np.append(np.flatnonzero(row == COMMA), len(row))
    if len(ends) != n:
        problem = f"row {number}: {len(ends)} counts, where the header has {n} barcodes (a truncated file?)"
        raise InputError(label, problem, FETCH)
    starts = np.append(0, ends[:-1] + 1)
    short = ends - starts == 1
    digits = row[starts[short]]
    values = np.zeros(n, dtype=np.float32)
    values[short] = digits - np.float32(ZERO)
    wrong = short.copy()
    wrong[short] = (digits < ZERO) | (digits > NINE)
    for i in np.flatnonzero(~short):
        value = _number(row[starts[i] : ends[i]].tobytes())
        wrong[i] = value is None
        values[i] = value or 0
    if wrong.any():
        i = int(wrong.argmax())
        field = row[starts[i] : ends[i]].tobytes().decode("utf-8", errors="replace")
        raise InputError(label, f"row {number}, column {i + 2}: {field!r} is not a count of at least 0", FETCH)
    return values


def _number(field: bytes) -> float | None:
    """A whole number from 0 up, also when it is written as a decimal; else None."""
    try:
        value = float(field)
    except ValueError:
        return None
    return value if value >= 0 and value == np.floor(value) and value < 2**24 else None


def _check_once(names: list[str], label: str, what: str, place: str, first: int) -> None:
    seen: dict[str, int] = {}
    for i, name in enumerate(names, start=first):
        if not name:
            raise InputError(label, f"{place} {i}: a {what} without a name", FETCH)
        if name in seen:
            raise InputError(
                label, f"{place}s {seen[name]} and {i}: the {what} {name!r} stands twice", "keep one of them"
            )
        seen[name] = i
