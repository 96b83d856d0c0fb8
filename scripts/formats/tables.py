"""Read the tables that publishers serve: the columns asked for, each of its kind; errors name the row and the column.

The delimiter (comma, tab, semicolon or blank) is the one with which the first row holds the columns asked for, in any
case; row names of R may stand before them without a name of their own. What is harmless goes in ``opening.lines``.
"""

import csv
import logging
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow_csv

from formats.kinds import Kind, is_missing
from formats.layout import UNPAIRED, Layout, layout_of, without_header
from formats.opening import AGAIN, NOTHING, lines, opened
from formats.published import check_shape
from running import InputError

MEND = "mend the row, or give the table as its publisher serves it"
LARGEST = 1 << 28  # bytes of a table, which is held whole; the largest that is published has 56 million


logger = logging.getLogger(__name__)


class Table:
    """Columns of a table (``frame``, n rows) under the names asked for, and where its rows stand in the file.

    name : of the file, for errors; others : names of the columns that were not asked for, with "" for row names
    """

    def __init__(self, name: str, frame: pd.DataFrame, rows: Sequence[int], others: Sequence[str]):
        self.name, self.frame, self.rows, self.others = name, frame, rows, others

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of the file, without the header and without columns that have no name."""
        return len(self.frame), self.frame.shape[1] + sum(map(bool, self.others))

    def without_gaps(self) -> "Table":
        """The rows in which nothing is missing; the log says how many others there are."""
        whole = self.frame.notna().all(axis=1).to_numpy()
        if not whole.all():
            logger.info("%s: %d rows with missing values are left out", self.name, (~whole).sum())
        rows = [row for row, kept in zip(self.rows, whole, strict=True) if kept]
        return Table(self.name, self.frame[whole].reset_index(drop=True), rows, self.others)

    def refuse(self, wrong: Any, problem: str, remedy: str = MEND) -> None:
        """Raise InputError for the first row where ``wrong`` (n,) is True; {column} in ``problem`` is its value."""
        wrong = np.asarray(wrong, dtype=bool)
        if wrong.any():
            i = int(wrong.argmax())
            raise InputError(self.name, f"row {self.rows[i]}, {problem.format_map(self.frame.iloc[i])}", remedy)

    def once(self, column: str, what: str, *within: str, remedy: str = "keep one of the two rows") -> None:
        """Raise InputError where two rows have the same value in ``column`` (and in the columns ``within``)."""
        key = [*within, column]
        twice = self.frame.duplicated(key).to_numpy()
        if twice.any():
            last = int(twice.argmax())
            first = int((self.frame[key] == self.frame.loc[last, key]).all(axis=1).to_numpy().argmax())
            problem = (
                f"rows {self.rows[first]} and {self.rows[last]}: the same {what}, {self.frame.loc[last, column]!r}"
            )
            raise InputError(self.name, problem, remedy)


def read_published(
    source: Path | str | BinaryIO,
    kinds: Mapping[str, Kind],
    *,
    name: str | None = None,
    header: Sequence[str] | None = None,
    optional: int = 0,
    comment: bytes = b"#",
    aliases: Mapping[str, Sequence[str]] | None = None,
    published: Mapping[str, Any] | None = None,
) -> Table:
    """Read a table, plain or compressed with gzip, from a path or an open stream.

    kinds : the columns asked for, and what their fields are; blanks around a field are none of it
    header : the columns of a table that has no header and is separated by tabs; the last ``optional`` may be absent
    aliases : other names under which a column is served; "" is one without a name, such as R's row names
    published : what the registry says of the file, see ``check_shape``

    Raises InputError, one line with file, row, column and remedy, for whatever is not such a table.
    """
    name = str(source) if name is None else name
    with opened(source, name) as stream:
        rows, texts = _lines(stream.read(LARGEST + 1), name, comment)
    if not texts:
        raise InputError(name, "the file is empty", AGAIN)
    if header is None:
        layout = layout_of(name, rows[0], texts, kinds, aliases or {})
        rows, texts = rows[1:], texts[1:]
        if not texts:
            raise InputError(name, "no row below the header (row 1)", AGAIN)
    else:
        layout = without_header(name, rows[0], texts[0], header, optional)
    others = [one.strip() for one in layout.names if one not in kinds]
    table = Table(name, _columns(name, layout, rows, texts, kinds), rows, others)
    check_shape(name, table.shape, published)
    return table


def _lines(content: bytes, name: str, comment: bytes) -> tuple[Sequence[int], Sequence[bytes]]:
    """Numbers and content of the lines that hold anything: at once where there are no others, as in most files."""
    if content.isascii() and not any(byte in content for byte in b"\r\0") and content[:1] not in b"<":
        texts = content.split(b"\n")
        if not texts[-1]:
            texts.pop()
        if len(content) <= LARGEST and all(text.strip(NOTHING) and not text.startswith(comment) for text in texts):
            return range(1, len(texts) + 1), texts
    found = [*lines(BytesIO(content), name, comment, LARGEST)]
    return tuple(zip(*found, strict=True)) or ((), ())


def _columns(
    name: str, layout: Layout, rows: Sequence[int], texts: Sequence[bytes], kinds: Mapping[str, Kind]
) -> pd.DataFrame:
    """The columns asked for; InputError for the first row that is none, or the first field that is not of its kind."""
    try:
        return _values(name, _arrow(layout, texts, kinds, fast=True), rows, kinds)
    except (pa.ArrowInvalid, InputError):  # once more as texts, which can be shown
        pass
    try:
        return _values(name, _arrow(layout, texts, kinds, fast=False), rows, kinds)
    except pa.ArrowInvalid as error:
        raise _explain(name, layout, rows, texts, str(error)) from error


def _arrow(layout: Layout, texts: Sequence[bytes], kinds: Mapping[str, Kind], *, fast: bool) -> dict[str, pd.Series]:
    """The columns of all rows, as text or, if ``fast``, as their kind; ArrowInvalid where a row is none."""
    types = {
        column: pa.from_numpy_dtype(np.dtype(kind.dtype)) if fast and kind.dtype else pa.string()
        for column, kind in kinds.items()
    }
    text = b"\n".join(texts)
    table = arrow_csv.read_csv(
        pa.BufferReader(text),
        read_options=arrow_csv.ReadOptions(
            column_names=[one if one in kinds else f" {i}" for i, one in enumerate(layout.names)],
            block_size=max(1 << 20, 2 * max(map(len, texts))),
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char='"' if layout.quotes and b'"' in text else False,
            ignore_empty_lines=False,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types,
            include_columns=list(kinds),
            null_values=[],
            true_values=["True", "TRUE", "true"],
            false_values=["False", "FALSE", "false"],
        ),
    )
    if table.num_rows != len(texts):
        raise pa.ArrowInvalid("a quotation mark is not closed")
    trimmed = [compute.utf8_trim_whitespace(one) if one.type == pa.string() else one for one in table.columns]
    return {column: values.to_pandas() for column, values in zip(kinds, trimmed, strict=True)}


def _values(name: str, columns: dict[str, pd.Series], rows: Sequence[int], kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """Each column as its kind; InputError for the first field that is not of it."""
    found = {}
    for column, kind in kinds.items():
        texts = columns[column]
        if texts.dtype == bool:
            found[column] = texts
            continue
        values = kind.read(texts) if texts.dtype == object else texts.where((texts >= 0) & (texts < np.inf))
        wrong = values.isna() & ~is_missing(texts) if kind.or_missing else values.isna()
        if wrong.any():
            i = int(wrong.to_numpy().argmax())
            raise InputError(name, f"row {rows[i]}, column {column!r}: {texts[i]!r} is not {kind.words}", MEND)
        found[column] = values.astype(kind.dtype) if kind.dtype else values
    return pd.DataFrame(found)


def _explain(name: str, layout: Layout, rows: Sequence[int], texts: Sequence[bytes], symptom: str) -> InputError:
    """The first row that is not one of the layout."""
    width = len(layout.names)
    for row, text in zip(rows, texts, strict=True):
        try:
            found = len(layout.fields(text))
        except csv.Error:
            return InputError(name, f"row {row}: {UNPAIRED}", MEND)
        if found != width:
            cut = " (cut off?)" if row == rows[-1] and found < width else ""
            return InputError(name, f"row {row}: {found} fields, where {width} are due{cut}", MEND)
    return InputError(name, f"cannot be read as a table ({symptom.splitlines()[0]})", MEND)
