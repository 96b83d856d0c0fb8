"""Open a published file for reading, compressed with gzip or not: told by its first bytes, not by its name."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

# What reading raises on a gzip that is cut off or damaged: an early end, a wrong checksum, a bad block.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
GZIP = b"\x1f\x8b"
BUFFER = 1 << 20


@contextmanager
def opened(source: Path | str | BinaryIO) -> Iterator[io.BufferedReader]:
    """Give a buffered stream of the content of ``source``: a path, or a binary stream such as an archive's member.

    What was opened here is closed at the end; a stream that was given stays open. Where the content is
    damaged, reading raises one of DAMAGED.
    """
    with ExitStack() as stack:
        if isinstance(source, Path | str):
            raw = stack.enter_context(Path(source).open("rb", buffering=BUFFER))
        else:
            raw = source if hasattr(source, "peek") else io.BufferedReader(source)
        if raw.peek(2)[:2] != GZIP:
            yield raw
        else:
            yield stack.enter_context(io.BufferedReader(gzip.GzipFile(fileobj=raw), BUFFER))
