"""Find out how a table is laid out: its delimiter, its quotation marks, and where the columns asked for stand."""

import csv
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from formats.opening import LONGEST_LINE
from running import InputError

HEADER = "name the column so, or give the table as its publisher serves it"
UNPAIRED = "a quotation mark is not closed in its row"
DELIMITERS = (",", "\t", ";", " ")

csv.field_size_limit(LONGEST_LINE)


class Layout(NamedTuple):
    """How the fields of a row stand: between which delimiter, in quotation marks or not, and the name of each.

    A column that is not asked for has a blank before its name, one without a name none at all.
    """

    delimiter: str
    quotes: bool
    names: list[str]

    def fields(self, row: bytes) -> list[str]:
        """The fields of a row without blanks around them; csv.Error where its quotation marks do not pair."""
        text = row.decode("utf-8")
        if self.quotes:
            found = next(csv.reader([text], delimiter=self.delimiter, strict=True))
        else:
            found = text.split(self.delimiter)
        return [field.strip() for field in found]


def layout_of(
    name: str, row: int, texts: Sequence[bytes], columns: Collection[str], aliases: Mapping[str, Sequence[str]]
) -> Layout:
    """The layout with which the first of the rows, a header in row ``row`` of the file, holds all columns asked for.

    Raises InputError where there is none.
    """
    line, *others = texts
    nearest: tuple[list[str], dict[str, list[int]]] = ([], {})
    for delimiter in DELIMITERS:
        layout = Layout(delimiter, delimiter != "\t" or line.startswith(b'"'), [])  # names of genes may hold marks
        try:
            names = layout.fields(line)
            width = len(layout.fields(others[0])) if others else len(names)
        except csv.Error:
            continue
        if width == len(names) + 1 and _all_have(width, layout, others):  # row names of R, or a delimiter at each end
            ends = all(text.endswith(delimiter.encode()) for text in others)
            names = [*names, ""] if ends else ["", *names]
        places = {column: _places(names, column, aliases.get(column, ())) for column in columns}
        if all(len(found) == 1 for found in places.values()):
            taken = {found[0]: column for column, found in places.items()}
            return layout._replace(names=[taken.get(i, one and f" {one}") for i, one in enumerate(names)])
        nearest = max(nearest, (names, places), key=lambda one: (sum(map(bool, one[1].values())), len(one[0])))
    names, places = nearest
    column = next(column for column in columns if len(places.get(column, ())) != 1)
    fault = "occurs twice in" if places.get(column) else "is missing from"
    shown = ", ".join(map(repr, names[:8]))
    raise InputError(name, f"row {row}: column {column!r} {fault} the header ({shown})", HEADER)


def without_header(name: str, row: int, first: bytes, header: Sequence[str], optional: int) -> Layout:
    """The layout of a table that is separated by tabs and has no header: its columns; the last few may lack."""
    layout = Layout("\t", first.startswith(b'"'), list(header))
    try:
        width = len(layout.fields(first))
    except csv.Error as error:
        raise InputError(name, f"row {row}: {UNPAIRED}", "close it") from error
    return layout._replace(names=layout.names[: max(width, len(header) - optional)])


def _all_have(width: int, layout: Layout, rows: Sequence[bytes]) -> bool:
    """Whether each row has so many fields, so that it is the header that is short."""
    try:
        return all(len(layout.fields(row)) == width for row in rows)
    except csv.Error:
        return False


def _all_have(width: int, layout: Layout, rows: Sequence[bytes]) -> bool:
    """Whether each row has so many fields, so that it is the header that is short."""
    try:
        return all(len(layout.fields(row)) == width for row in rows)
    except csv.Error:
        return False


def _places(names: Sequence[str], column: str, aliases: Sequence[str]) -> list[int]:
    """Where a column stands: under its own name, else in another case or under another name."""
    exact = [i for i, name in enumerate(names) if name == column]
    known = {one.lower() for one in (column, *aliases)}
    return exact or [i for i, name in enumerate(names) if name.lower() in known]
