"""What all readers of published texts have in common: what is harmless is read, and what is not is one line."""

import bz2
import csv
import gzip
import io
import lzma

import pytest
from readers import READERS, checked, every

from running import InputError

TABLES = {name: reader for name, reader in READERS.items() if reader.header}
CUT_SHORT = {name: reader for name, reader in READERS.items() if reader.delimiter}
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def read(reader, tmp_path):
    """Read a text as the reader's file."""

    def of(text: bytes):
        path = tmp_path / "published.txt"
        path.write_bytes(text)
        return reader.read(path)

    return of


@pytest.fixture
def one_line(read):
    """Read a text that is wrong; returns the one line that says so."""

    def of(text: bytes) -> str:
        with pytest.raises(InputError) as caught:
            read(text)
        return checked(caught.value)

    return of


def inside(text: bytes, line: bytes, after: int = 2) -> bytes:
    """The text with one more line, after some."""
    lines = text.splitlines(keepends=True)
    return b"".join([*lines[:after], line + b"\n", *lines[after:]])


HARMLESS = {
    "blank lines at the end": lambda text, reader: text + b"\n\n\n",
    "a blank line inside": lambda text, reader: inside(text, b""),
    "a line of blanks inside": lambda text, reader: inside(text, b"  \t "),
    "a line of delimiters at the end": lambda text, reader: text.rstrip() + b"\n" + 3 * (reader.delimiter or b"\t"),
    "a byte order mark": lambda text, reader: BOM + text,
    "line ends of Windows": lambda text, reader: text.replace(b"\n", b"\r\n"),
    "line ends of Windows twice": lambda text, reader: text.replace(b"\n", b"\r\r\n"),
    "no end of the last line": lambda text, reader: text.rstrip(b"\n"),
    "a comment inside": lambda text, reader: inside(text, reader.comment + b"by somebody"),
    "gzip": lambda text, reader: gzip.compress(text),
    "all of it": lambda text, reader: gzip.compress(
        BOM + inside(text, reader.comment).replace(b"\n", b"\r\n") + b"\r\n\r\n"
    ),
}


@every()
@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_is_harmless_is_read(reader, read, change):
    assert read(change(reader.text, reader)) == read(reader.text)


@every({name: reader for name, reader in READERS.items() if "atrix" not in name})
def test_line_ends_of_old_macs_are_read(reader, read):
    assert read(reader.text.replace(b"\n", b"\r")) == read(reader.text)


def rewritten(
    text: bytes, reader, delimiter: str, quoting: int = csv.QUOTE_MINIMAL, row_names="", change=None
) -> bytes:
    """A table as another program writes it: row_names "unnamed" (a column without a name), "R" (a header too short)."""
    rows = list(csv.reader(io.StringIO(text.decode()), delimiter=reader.delimiter.decode()))
    if change:
        rows[0] = [change(name) for name in rows[0]]
    if row_names:
        rows = [[str(number), *row] for number, row in enumerate(rows)]
        rows[0] = rows[0][1:] if row_names == "R" else ["", *rows[0][1:]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


WRITTEN = {
    "R's write.csv": (",", csv.QUOTE_ALL, "unnamed"),
    "R's write.table": (" ", csv.QUOTE_ALL, "R"),
    "R's write.table with tabs": ("\t", csv.QUOTE_ALL, "R"),
    "R's write.table, quote = FALSE": ("\t", csv.QUOTE_MINIMAL, "R"),
    "pandas": (",", csv.QUOTE_MINIMAL, "unnamed"),
    "a spreadsheet": (";", csv.QUOTE_MINIMAL, ""),
    "all in quotation marks": (",", csv.QUOTE_ALL, ""),
}


@every({name: reader for name, reader in TABLES.items() if name != "bead counts"})
@pytest.mark.parametrize("how", WRITTEN.values(), ids=WRITTEN)
def test_a_table_that_another_program_wrote_is_read(reader, read, how):
    assert read(rewritten(reader.text, reader, *how)) == read(reader.text)


@every({name: reader for name, reader in TABLES.items() if name != "bead counts"})
def test_names_of_columns_are_found_in_any_case(reader, read):
    assert read(rewritten(reader.text, reader, reader.delimiter.decode(), change=str.upper)) == read(reader.text)


@every()
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", ""),
        (b"\n\n", ""),
        (b"<!DOCTYPE html>\n<html><body>Not found</body></html>", ""),
        (b'<?xml version="1.0"?><Error>NoSuchKey</Error>', ""),
        (bytes(5000), ""),
        (gzip.compress(b"x")[:-9], "gzip is cut off"),
        (lzma.compress(b"x"), "is compressed with xz; unpack it: unxz"),
        (bz2.compress(b"x"), "is compressed with bzip2"),
    ],
    ids=["empty", "blank", "HTML", "XML", "zeros", "a cut gzip", "xz", "bzip2"],
)
def test_what_is_no_such_text_is_one_line(reader, one_line, text, words):
    assert words in one_line(text)


def not_utf8(text):
    return text.replace(b"\n", b"\xff\xfe\n", 3)


@every({name: reader for name, reader in READERS.items() if "atrix" not in name})
def test_other_encodings_are_one_line_that_says_so(reader, one_line):
    assert "UTF-8" in one_line(not_utf8(reader.text))
    assert "UTF-16" in one_line(reader.text.decode().encode("utf-16"))


@every()
def test_zeros_inside_are_one_line(reader, one_line):
    one_line(reader.text[: len(reader.text) // 2] + bytes(40))


@every()
def test_a_download_that_was_cut_off_is_one_line(reader, one_line):
    whole = gzip.compress(reader.text)
    one_line(whole[: len(whole) // 2])
    one_line(whole[:-4])


@every(CUT_SHORT)
def test_a_row_that_is_cut_before_its_last_column_is_named(reader, one_line):
    text = reader.text.rstrip(b"\n")
    said = one_line(text[: text.rindex(reader.delimiter)])
    assert f" {len(text.splitlines())}: " in said
    assert "cut off" in said


@every(CUT_SHORT)
@pytest.mark.parametrize("change", ["short", "long"])
def test_a_short_or_long_row_is_named_where_it_stands_in_the_file(reader, one_line, change):
    lines = inside(reader.text, b"", 1 if reader.header else 2).rstrip(b"\n").split(b"\n")
    row = len(lines) - 2
    lines[row] = (
        lines[row].rpartition(reader.delimiter)[0] if change == "short" else lines[row] + reader.delimiter + b"1"
    )
    assert f" {row + 1}: " in one_line(b"\n".join(lines) + b"\n")


@every(TABLES)
def test_a_header_alone_is_one_line(reader, one_line):
    assert "below the header" in one_line(reader.text.splitlines(keepends=True)[0])


@every({name: reader for name, reader in TABLES.items() if name != "bead counts"})
def test_a_mark_that_is_not_closed_is_named(reader, one_line):
    text = rewritten(reader.text, reader, ",", csv.QUOTE_ALL)
    lines = text.rstrip(b"\n").split(b"\n")
    lines[2] = lines[2][:-1]
    assert "row 3: a quotation mark is not closed" in one_line(b"\n".join(lines))
