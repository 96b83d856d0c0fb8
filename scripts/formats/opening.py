"""Open a published file, compressed with gzip or not (told by its first bytes), and give its lines.

What editors, browsers and R add to a text is harmless and left out here, once for all readers: a byte order mark, blank
lines, line ends of Windows and of old Macs, comments, a missing end of the last line. What is no such text is one line.
"""

import gzip
import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from running import InputError

AGAIN = "get the file again, whole"
# What reading raises on a gzip that is cut off or damaged: an early end, a wrong checksum, a bad block.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
PACKED = {  # what a file may be that was packed once more, and how to unpack it
    b"PK\x03\x04": ("is a zip archive (or a workbook of Excel)", "unpack it, or save it as text"),
    b"BZh": ("is compressed with bzip2", "unpack it: bunzip2"),
    b"\xfd7zXZ": ("is compressed with xz", "unpack it: unxz"),
    b"\x28\xb5\x2f\xfd": ("is compressed with zstd", "unpack it: unzstd"),
}
GZIP, UTF8_MARK, UTF16_MARKS = b"\x1f\x8b", b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
NOTHING = b' \t,;"\x0b\x0c'  # a line of these alone holds no field with anything in it
BUFFER = 1 << 20
LONGEST_LINE = 1 << 25  # bytes; a row of 25,000 counts has some 100,000
LONGEST_TEXT = 1 << 35  # bytes of a text that is read as a stream; the longest that is published has 1.5e9

logger = logging.getLogger(__name__)


@contextmanager
def opened(source: Path | str | BinaryIO, name: str | None = None) -> Iterator[io.BufferedReader]:
    """Give a buffered stream of the content of ``source``: a path, or a binary stream such as an archive's member.

    name : what to call it in an error; by default the path. What was opened here is closed at the end; a stream that
    was given stays open. Raises InputError for what is no file, or a gzip that is cut off or damaged.
    """
    name = str(source) if name is None else name
    with ExitStack() as stack:
        if isinstance(source, Path | str):
            raw = stack.enter_context(regular_file(Path(source)).open("rb", buffering=BUFFER))
        else:
            raw = source if hasattr(source, "peek") else io.BufferedReader(source)
        start = raw.peek(8)[:8]
        for mark, (problem, remedy) in PACKED.items():
            if start.startswith(mark):
                raise InputError(name, problem, remedy)
        if start[:2] != GZIP:
            yield raw
            return
        try:
            yield stack.enter_context(io.BufferedReader(gzip.GzipFile(fileobj=raw), BUFFER))
        except DAMAGED as error:
            raise InputError(name, f"the gzip is cut off or damaged ({error})", AGAIN) from error


def regular_file(path: Path) -> Path:
    """The path with ~ replaced, if it is a file that can be read; InputError says what it is instead."""
    path = path.expanduser()
    try:
        if path.is_file():
            path.open("rb").close()
            return path
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "check who may read it") from error
    if path.is_dir():
        raise InputError(path, "is a folder, where a file is expected", "give the file in it")
    if path.exists():
        raise InputError(path, "is a pipe or a device, where a file is expected", "give a file")
    raise InputError(path, "no such file", "check the path")


def lines(stream: BinaryIO, name: str, comment: bytes = b"#", most: int = LONGEST_TEXT) -> Iterator[tuple[int, bytes]]:
    """The number (from 1) and the content, without its end, of each line that holds anything.

    comment : how a line begins that is none of the content; most : bytes of the whole text

    Raises InputError, with the line, for a page of HTML or XML, text that is not in UTF-8, zeros, and more bytes.
    """
    number = kept = comments = size = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        size += len(raw)
        if len(raw) > LONGEST_LINE or size > most:
            limit = LONGEST_LINE if len(raw) > LONGEST_LINE else most
            raise InputError(name, f"line {number + 1}: goes on for more than {limit:,} bytes", "give a text of lines")
        if not number:
            raw = _begun(raw, name)
        for line in _split(raw) if b"\r" in raw else (raw.removesuffix(b"\n"),):
            number += 1
            if line.startswith(comment):
                comments += 1
            elif line.strip(NOTHING):
                kept += 1
                if not line.isascii() or b"\0" in line:
                    _check_text(line, number, name)
                if kept == 1 and line.lstrip().startswith(b"<"):
                    problem = f"line {number}: a page of HTML or XML ({shown(line)})"
                    raise InputError(name, problem, f"{AGAIN}: a server sent a page instead")
                yield number, line
    if kept < number:
        logger.info("%s: left out %d comments and %d blank lines", name, comments, number - kept - comments)


def _begun(raw: bytes, name: str) -> bytes:
    """The first line without a byte order mark."""
    if raw.startswith(UTF16_MARKS):
        raise InputError(name, "line 1: is in UTF-16", "save it in UTF-8")
    return raw.removeprefix(UTF8_MARK)


def _split(raw: bytes) -> list[bytes]:
    """A line without its end; several where an old Mac ended them."""
    return raw.removesuffix(b"\n").rstrip(b"\r").split(b"\r")


def _check_text(line: bytes, number: int, name: str) -> None:
    if b"\0" in line:
        raise InputError(name, f"line {number}: holds zeros, not text", AGAIN)
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"line {number}: byte {error.start + 1} ({line[error.start]:#04x}) is not text in UTF-8"
        raise InputError(name, problem, "save it in UTF-8, or get it again") from error


def shown(line: bytes, length: int = 40) -> str:
    """The beginning of a line as it may stand in an error: printable, and no longer than this."""
    return repr(line[:length].decode("utf-8", errors="replace"))
