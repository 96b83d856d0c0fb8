"""Is this the file that it should be? Size, hash, and not a page about it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sources.failure import Failure

SNIFFED = 1024  # bytes in which a page shows that it is one
PAGE_SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class Expected:
    """What is known of a file before it is there; every part but the name may be unknown (None).

    ``size`` in bytes; ``algorithm`` "sha256" or "md5", with ``digest`` in lower-case hexadecimal; ``source``
    says in words who knows.
    """

    name: str
    size: int | None = None
    algorithm: str | None = None
    digest: str | None = None
    source: str = ""

    def __str__(self) -> str:
        """What is expected, in a few words for an error."""
        hash_ = f"{self.algorithm} {self.digest}" if self.digest else "a file with no known hash"
        return hash_ + (f" ({self.size} bytes)" if self.size else "") + self.source


def digest(path: Path, algorithm: str) -> str:
    """Return the hash of the whole file at ``path`` in lower-case hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def check(path: Path, expected: Expected) -> None:
    """Raise Failure, with what was found, unless the file at ``path`` is as ``expected``."""
    with path.open("rb") as content:
        start = content.read(SNIFFED)
    if is_page(start) and may_not_be_page(expected.name):
        raise Failure(f"an HTML page and not the file (it begins {start[:40]!r})")
    size = path.stat().st_size
    if size == 0:
        raise Failure("an empty file")
    found = digest(path, expected.algorithm or "sha256")
    if expected.size not in (None, size) or expected.digest not in (None, found):
        raise Failure(f"found {expected.algorithm or 'sha256'} {found} ({size} bytes), expected {expected}")


def is_page(start: bytes) -> bool:
    """Whether a body that starts with these bytes is an HTML page."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith(b"<") and (b"<html" in text or b"<!doctype html" in text)


def may_not_be_page(name: str) -> bool:
    """Whether a file of this name must not be an HTML page."""
    return not name.lower().endswith(PAGE_SUFFIXES)
