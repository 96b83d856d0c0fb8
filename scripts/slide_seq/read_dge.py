"""Read a dense text of counts, genes by beads, in a stream into a sparse matrix.

The published files are 1 to 1.5 GB of which 99 % says "0,". A row at a time is looked at as bytes: where each field
begins, how long it is, and the digit of the fields of one letter. Only longer fields are parsed one by one.
"""

from typing import BinaryIO

import numpy as np
from scipy import sparse

from formats.opening import AGAIN, lines, opened, shown
from formats.tables import MEND
from running import InputError

ZERO, NINE = ord("0"), ord("9")


def read_dge(content: BinaryIO, label: str) -> tuple[sparse.csr_matrix, list[str], list[str]]:
    """Counts (beads, genes) as float32 in CSR, the beads' barcodes, and the genes' names, in the file's order.

    ``label`` names the file in errors. The first row is a word (R leaves it out) and the barcodes, each further row a
    gene's name and its counts, between commas or tabs. Raises InputError, with row and column, for a row of another
    length, anything but a count, a barcode or a gene that stands twice, and a file with no gene.
    """
    genes, data, columns, lengths = {}, [], [], [0]
    with opened(content, label) as stream:
        rows = lines(stream, label)
        _, header = next(rows, (0, b""))
        if not header:
            raise InputError(label, "the file is empty", AGAIN)
        delimiter = b"," if b"," in header else b"\t"
        beads = [_text(field) for field in header.split(delimiter)]
        for row, line in rows:
            name, mark, counts = line.partition(delimiter)
            if not mark:
                raise InputError(label, f"row {row}: {shown(line)} is no gene with counts (cut off?)", MEND)
            if not genes:
                beads = beads[len(beads) > counts.count(delimiter) + 1 :]
                _check_once(beads, label)
            values = _counts(np.frombuffer(counts, dtype=np.uint8), ord(delimiter), len(beads), label, row)
            _add_once(genes, _text(name), label, "gene", "row", row)
            seen = np.flatnonzero(values)
            data.append(values[seen])
            columns.append(seen.astype(np.int32))
            lengths.append(lengths[-1] + len(seen))
    if not genes:
        raise InputError(label, "no gene below the header (row 1)", AGAIN)
    by_gene = sparse.csr_matrix(
        (np.concatenate(data), np.concatenate(columns), np.asarray(lengths)), shape=(len(genes), len(beads))
    )
    return by_gene.T.tocsr(), beads, list(genes)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8").replace('"', "").strip()


def _counts(row: np.ndarray, delimiter: int, n: int, label: str, number: int) -> np.ndarray:
    """The counts (n,) float32 of one row of bytes."""
    ends = np.append(np.flatnonzero(row == delimiter), len(row))
    if len(ends) != n:
        problem = f"row {number}: {len(ends)} counts, where the header has {n} barcodes (cut off?)"
        raise InputError(label, problem, MEND)
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
        raise InputError(label, f"row {number}, column {i + 2}: {field!r} is not a count of at least 0", MEND)
    return values


def _number(field: bytes) -> float | None:
    """A whole number from 0 up, also when it is written as a decimal; else None."""
    try:
        value = float(field.replace(b"_", b"x"))  # float() takes 1_0 for 10
    except ValueError:
        return None
    return value if value >= 0 and value == np.floor(value) and value < 2**24 else None


def _check_once(beads: list[str], label: str) -> None:
    columns: dict[str, int] = {}
    for column, bead in enumerate(beads, start=2):
        _add_once(columns, bead, label, "barcode", "column", column)


def _add_once(names: dict[str, int], name: str, label: str, what: str, place: str, number: int) -> None:
    """Note where a name stands; InputError for none, and for one that is there already."""
    if not name:
        raise InputError(label, f"{place} {number}: a {what} without a name", "name it, or leave it out")
    if name in names:
        problem = f"{place}s {names[name]} and {number}: the {what} {name!r} stands twice"
        raise InputError(label, problem, "keep one of them")
    names[name] = number
