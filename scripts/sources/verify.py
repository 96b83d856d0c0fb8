"""Is this the file that it should be? Its size, its hash, and where nobody knows the hash, what its name promises."""

import gzip
import hashlib
import re
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from running import plain

LARGEST = 20 * 2**30  # bytes of a file whose size nobody knows
UNPACKED = 10 * LARGEST  # bytes that it may hold, compressed
SNIFFED = 2**16  # bytes from which a file is known
GZIP = rb"\x1f\x8b"
HDF5 = rb"(?s)(.{512}|.{1024}|.{2048})?\x89HDF\r\n\x1a\n"  # there may be a block of the user's before it
ZIP = rb"PK(\x03\x04|\x05\x06)"
R_DATA = rb"\x1f\x8b|BZh|\xfd7zXZ|RD[AX]|[AX]\n"
# Text of two lines or more, or of one that is longer than what is looked at: no page (HTML, XML, JSON), no short word.
TEXT = rb"(?!\s*(<|\{|\[\s*[\"{\[]))([^\0]*\n[^\0]|[^\0]{%d})" % (SNIFFED - 8)
KINDS = {
    "gz tgz": GZIP,
    "zip npz": ZIP,
    "h5 hdf5 h5ad h5mu loom": HDF5,
    "rdata rda rds": R_DATA,
    "csv tsv txt": TEXT,
    "bz2": rb"BZh",
    "xz": rb"\xfd7zXZ\0",
    "parquet": rb"PAR1",
    "bed": rb"#|track|browser|\S+[ \t]+\d+[ \t]+\d+",
    "gaf": rb"!gaf-version",
    "gmt": rb"\s*+[^\t\n]+\t[^\t\n]*\t",
    "mtx": rb"%%MatrixMarket",
    "obo": rb"format-version",
}
PAGES = {".html": b"", ".htm": b"", ".xml": rb"\s*<", ".json": rb"\s*[\[{]"}
BEGINS = PAGES | {f".{suffix}": begin for suffixes, begin in KINDS.items() for suffix in suffixes.split()}
PAGE = rb"(?i)\s*<(!doctype html|html|!--)"
OTHER = rb"(?!\s*(<[?!a-zA-Z]|\{\s*\"|\[\s*[\[{\"]))"  # what a name with no suffix of these may not begin with


class Failure(Exception):
    """One place did not give the file, in one line; ``again``: another try there may help, after ``wait`` seconds."""

    def __init__(self, reason: str, *, again: bool = False, wait: float = 0.0):
        super().__init__(reason)
        self.again, self.wait = again, wait


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

    def bound(self, size: int, verb: str) -> None:
        """Raise Failure for more bytes than the file can have; ``verb`` says who says so: "announces", "sends"."""
        most, why = (self.size, "expected") if self.size else (LARGEST, "allowed")
        if size > most:
            raise Failure(f"{verb} {size} bytes, more than the {most} bytes {why}")


def digest(path: Path, algorithm: str) -> str:
    """Return the hash of the whole file at ``path`` in lower-case hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def check(path: Path, expected: Expected) -> None:
    """Raise Failure, with what was found, unless the file at ``path`` is as ``expected``.

    A file with the right hash is right. Of any other its first bytes are held against its name; a file of which no
    hash is known has to be whole as well, as far as its format can tell (gzip, zip, tar).
    """
    size, algorithm = path.stat().st_size, expected.algorithm or "sha256"
    known = expected.digest or expected.size not in (None, size)
    found = digest(path, algorithm) if known else None
    if known and (found, size) == (expected.digest, expected.size or size):
        return
    with path.open("rb") as content:
        start = content.read(SNIFFED)
    if not size:
        raise Failure("an empty file")
    if re.match(PAGE, start.removeprefix(b"\xef\xbb\xbf")) and not may_be_page(expected.name):
        raise Failure(f"an HTML page and not the file (it begins {start[:40]!r})")
    if not begins_right(expected.name, start):
        raise Failure(f"it does not begin as {expected.name} should, but {start[:40]!r}")
    if known:
        raise Failure(f"found {algorithm} {found} ({size} bytes), expected {expected}")
    _assert_whole(path, expected.name)


def begins_right(name: str, start: bytes) -> bool:
    """Whether ``start``, the first SNIFFED bytes, may begin a file called ``name``, and what is in a gzip too."""
    suffix = Path(name).suffix.lower()
    start = start.removeprefix(b"\xef\xbb\xbf")
    if suffix == ".tar":
        try:
            return bool(tarfile.TarInfo.frombuf(start[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape"))
        except tarfile.HeaderError:
            return False
    if not re.match(BEGINS.get(suffix, OTHER), start):
        return False
    if suffix not in (".gz", ".tgz"):
        return True
    try:
        content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, SNIFFED)
    except zlib.error:
        return False
    return begins_right(f"{Path(name).stem}{'.tar' * (suffix == '.tgz')}", content)


def may_be_page(name: str) -> bool:
    """Whether a file of this name may be a page, or what servers say in place of one."""
    return Path(name).suffix.lower() in PAGES


def _assert_whole(path: Path, name: str) -> None:
    """Raise Failure for a gzip, a zip or a tar that ends too early."""
    suffix, unpacked = Path(name).suffix.lower(), 0
    try:
        if suffix in (".gz", ".tgz"):
            with gzip.open(path) as content:
                while (held := len(content.read(2**20))) and unpacked <= UNPACKED:
                    unpacked += held
        elif suffix in (".zip", ".npz"):
            zipfile.ZipFile(path).close()
        elif suffix == ".tar":
            with path.open("rb") as content:
                content.seek(-tarfile.BLOCKSIZE, 2)
                if any(content.read()):
                    raise EOFError("no block of zeros at its end")
    except Exception as error:  # each format has several for bytes that it cannot read
        raise Failure(f"cut short or damaged ({plain(error)})", again=True) from error
    if unpacked > UNPACKED:
        raise Failure(f"unpacks to more than {UNPACKED} bytes")
