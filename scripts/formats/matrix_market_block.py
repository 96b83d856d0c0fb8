"""Parse a block of lines ``row column count`` of a MatrixMarket file, and find the line that is wrong in it."""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from formats.opening import shown
from running import InputError

MEND = "mend the line, or get the file again"
MOST = np.iinfo(np.int32).max
NAMES = ("row", "column", "count")
NUMBER = re.compile(r"\+?\d+(\.\d*)?(e\+?\d+)?", re.IGNORECASE | re.ASCII)


class Block(NamedTuple):
    """Entries in the file's order: ``row`` and ``column`` 0-based int32, ``count`` int32."""

    row: np.ndarray
    column: np.ndarray
    count: np.ndarray


def parse(text: bytes, line: int, shape: tuple[int, int], name: str) -> Block:
    """Parse whole lines of text; ``line`` is the number of the first one in the file called ``name``.

    shape : (rows, columns). Counts may be written with a decimal point, as R does. Raises InputError for the first line
    that is no entry of such a matrix.
    """
    if not text.strip():
        return Block(*(np.empty(0, np.int32) for _ in NAMES))
    for kind, prepared in ((pa.int64(), bytes), (pa.float64(), bytes), (pa.float64(), _plain)):
        try:
            row, column, count = (part.to_numpy() for part in _table(prepared(text), kind).columns)
        except pa.ArrowInvalid:
            continue
        good = _within(row, 1, shape[0]) and _within(column, 1, shape[1]) and _within(count, 0, MOST)
        if good and (count == np.floor(count)).all():
            return Block(*((values - shift).astype(np.int32) for values, shift in ((row, 1), (column, 1), (count, 0))))
        break
    return _line_by_line(text, line, shape, name)


def _plain(text: bytes) -> bytes:
    """Without what is allowed around entries: blanks at the ends of lines, several of them, comments."""
    return re.sub(rb"[ \t]+", b" ", re.sub(rb"(?m)^[ \t]+|[ \t\r]+$|^%.*$", b"", text))


def _table(text: bytes, count: pa.DataType) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(column_names=NAMES, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types={"row": pa.int64(), "column": pa.int64(), "count": count}, null_values=[]
        ),
    )


def _within(values: np.ndarray, least: int, most: int) -> bool:
    return bool(values.min() >= least and values.max() <= most)  # False for NaN


def _line_by_line(text: bytes, line: int, shape: tuple[int, int], name: str) -> Block:
    """The entries; InputError for the first line that is none. Slow, so only for a block that is not as others are."""
    entries = []
    for number, one in enumerate(text.split(b"\n"), start=line):
        fields = one.decode("utf-8", errors="replace").split()
        if not fields or fields[0].startswith("%"):
            continue
        if len(fields) != 3:
            problem = f"line {number}: {shown(one)} is not a row, a column and a count"
            raise InputError(name, problem, f"the file is cut off or mixed up: {MEND}")
        for kind, index, most in zip(("row", "column"), fields, shape, strict=False):
            if not (index.isascii() and index.isdecimal() and 1 <= int(index) <= most):
                problem = (
                    f"line {number}: {kind} {index!r} is outside the matrix of {shape[0]} x {shape[1]} (1 to {most})"
                )
                raise InputError(name, problem, f"the header or the line is wrong: {MEND}")
        count = float(fields[2]) if NUMBER.fullmatch(fields[2]) else -1.0
        if not (0 <= count <= MOST and count.is_integer()):
            problem = f"line {number}: {fields[2]!r} is not a count (a whole number from 0 to {MOST})"
            raise InputError(name, problem, "expected raw counts, not a transformed matrix")
        entries.append((int(fields[0]) - 1, int(fields[1]) - 1, int(count)))
    return Block(*np.array(entries, np.int32).reshape(-1, len(NAMES)).T)
