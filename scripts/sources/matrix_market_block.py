"""Parse a block of lines ``row column count`` of a MatrixMarket file, and find the line that is wrong in it."""

import math
import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from running import InputError

GET = "delete the file and get it again"
MOST = np.iinfo(np.int32).max
NAMES = ("row", "column", "count")


class Block(NamedTuple):
    """Entries in the file's order: ``row`` and ``column`` 0-based int32, ``count`` int32."""

    row: np.ndarray
    column: np.ndarray
    count: np.ndarray


def parse(text: bytes, line: int, shape: tuple[int, int], real: bool, name: str) -> Block:
    """Parse whole lines of text; ``line`` is the number of the first one in the file called ``name``.

    shape : (rows, columns); ``real``: counts may be written with a decimal point. Raises InputError for the
    first line that is no entry of such a matrix.
    """
    if not text.strip():
        return Block(*(np.empty(0, np.int32) for _ in NAMES))
    try:
        table = _table(text, real)
    except pa.ArrowInvalid:
        try:  # blanks at the ends of lines, or several: allowed, though no file at hand has them
            table = _table(re.sub(rb"[ \t]+", b" ", re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", text)), real)
        except pa.ArrowInvalid as error:
            raise _explain(text, line, shape, name, str(error)) from error
    row, column, count = (table[part].to_numpy() for part in NAMES)
    good = _within(row, 1, shape[0]) and _within(column, 1, shape[1]) and _within(count, 0, MOST)
    if not good or (real and (count != np.floor(count)).any()):
        raise _explain(text, line, shape, name, "an index or a count out of range")
    return Block(*((values - shift).astype(np.int32) for values, shift in ((row, 1), (column, 1), (count, 0))))


def _table(text: bytes, real: bool) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(column_names=NAMES, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types={"row": pa.int64(), "column": pa.int64(), "count": pa.float64() if real else pa.int64()},
            null_values=[],
        ),
    )


def _within(values: np.ndarray, least: int, most: int) -> bool:
    return bool(values.min() >= least and values.max() <= most)  # False for NaN


def _explain(text: bytes, line: int, shape: tuple[int, int], name: str, symptom: str) -> InputError:
    """Find the first line that is no entry. Slow, so only for a block with a fault."""
    for number, one in enumerate(text.split(b"\n"), start=line):
        fields = one.decode("utf-8", errors="replace").split()
        if not fields:
            continue
        if len(fields) != 3:
            problem = f"{one[:60]!r} is not a row, a column and a count"
            return InputError(name, f"line {number}: {problem}", f"the file is cut off or mixed up: {GET}")
        for kind, index, most in zip(("row", "column"), fields, shape, strict=False):
            if not index.isdecimal() or not 1 <= int(index) <= most:
                problem = f"{kind} {index!r} is outside the matrix of {shape[0]} x {shape[1]} (1 to {most})"
                return InputError(name, f"line {number}: {problem}", f"the header or the line is wrong: {GET}")
        if not _is_count(fields[2]):
            problem = f"{fields[2]!r} is not a count (a whole number from 0 to {MOST})"
            return InputError(
                name, f"line {number}: {problem}", f"expected raw counts, not a transformed matrix; {GET}"
            )
    return InputError(name, f"after line {line - 1}: {symptom.splitlines()[0]}", GET)


def _is_count(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and 0 <= value <= MOST and value.is_integer()
