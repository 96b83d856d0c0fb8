"""Read archives from strangers: one member, in memory or as a stream. Nothing is ever unpacked onto the disk.

Zip and tar (plain or compressed with gzip, bzip2 or xz), told apart by content. A link is not a file, no name may lead
out of a folder, and no member may be larger than a limit, which stops bombs and files that are mostly holes.
"""

import hashlib
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from formats.opening import BUFFER, LONGEST_TEXT, regular_file
from running import InputError
from running.errors import plain

# What the readers raise on a damaged archive, or on one that lies. RuntimeError is a zip with a password.
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    MemoryError,
)
LISTED = 20  # names in an error
IN_MEMORY = 1 << 28  # bytes of a member that is held whole
LONGEST_NAME = 1 << 16  # bytes of a name, or of what else a tar says about one member
ABOUT_MEMBERS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


@contextmanager
def opened_archive(path: Path | str, *, hashing: bool = False) -> Iterator["Archive"]:
    """Open an archive; InputError where it is damaged or not honest. ``hashing`` what is read: see Archive.digests."""
    path = regular_file(Path(path))
    with _one_line(path):
        packed = _packed(path)
    with packed:
        yield Archive(path, packed, hashing)


def _packed(path: Path) -> zipfile.ZipFile | tarfile.TarFile:
    # Tar first: a tar whose last member is a zip would pass for a zip, but no zip passes for a tar.
    try:
        return tarfile.open(path, tarinfo=_Info)
    except tarfile.ReadError:
        return zipfile.ZipFile(path)


def is_archive(path: Path | str) -> bool:
    """Whether the file at ``path`` is a zip or a tar, by its content, be it damaged or not."""
    path = regular_file(Path(path))
    with path.open("rb") as content:
        if content.read(2) == b"PK":
            return True
    with suppress(*BROKEN), tarfile.open(path, tarinfo=_Info):
        return True
    return False


def member(path: Path | str, name: str) -> bytes:
    """The content of one file of an archive, chosen as in Archive.opened."""
    with opened_archive(path) as archive, archive.opened(name, IN_MEMORY) as stream:
        return stream.read()


class Archive:
    """The files of an open archive.

    names : in its order; digests : sha256, by last part of the name, of each that was read to its end, if asked for
    """

    def __init__(self, path: Path, packed: zipfile.ZipFile | tarfile.TarFile, hashing: bool):
        self.path, self._packed, self._hashing = path, packed, hashing
        self.digests: dict[str, str] = {}
        with _one_line(path):
            if isinstance(packed, tarfile.TarFile):
                every = [(info.name, info.size, info.isfile()) for info in packed]
                _refuse_cut(packed)
            else:
                every = [
                    (one.filename, one.file_size, not (one.is_dir() or _is_link(one))) for one in packed.infolist()
                ]
            for name, _, _ in every:
                _refuse_leading_out(name)
        self._sizes = {name: size for name, size, is_file in every if is_file}
        self.names = [name for name, _, is_file in every if is_file]

    @contextmanager
    def opened(self, name: str, most: int = LONGEST_TEXT) -> Iterator[IO[bytes]]:
        """Give the content of the file ``name`` as a stream.

        A full name is taken first; else the one file whose last part is ``name``, in whatever folder. Raises InputError
        when there is none (with what is there), more than one, or one of more than ``most`` bytes.
        """
        chosen = self._choose(name)
        if self._sizes[chosen] > most:
            problem = f"{chosen!r} in it would have {self._sizes[chosen]:,} bytes, more than {most:,}"
            raise InputError(self.path, problem, "check where the archive comes from")
        with _one_line(self.path):
            packed = self._packed
            inside = packed.extractfile(chosen) if isinstance(packed, tarfile.TarFile) else packed.open(chosen)
        with inside, io.BufferedReader(_Member(self.path, inside, self._hashing), BUFFER) as stream:
            yield stream
            if self._hashing:
                while stream.read(BUFFER):
                    pass
                self.digests[PurePosixPath(chosen).name] = stream.raw.sha256.hexdigest()

    def _choose(self, name: str) -> str:
        """The full name of the one file meant by ``name``."""
        same_end = [file for file in self.names if PurePosixPath(file).name == name]
        found = [file for file in self.names if file == name] or same_end
        if len(found) == 1:
            return found[0]
        if found:
            problem = f"holds {name!r} {len(found)} times ({_list(found)})"
            raise InputError(self.path, problem, "leave one of them in it")
        raise InputError(
            self.path, f"holds no file {name!r}, but {_list(self.names)}", "check that it is the right one"
        )


class _Member(io.RawIOBase):
    """A file of an archive, of which what goes wrong while it is read is one line."""

    def __init__(self, path: Path, inside: IO[bytes], hashing: bool):
        self._path, self._inside = path, inside
        self.sha256 = hashlib.sha256() if hashing else None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        with _one_line(self._path):
            count = self._inside.readinto(buffer)
        if self.sha256:
            self.sha256.update(memoryview(buffer)[:count])
        return count


class _Info(tarfile.TarInfo):
    """A header of a tar that may not ask for much memory."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> "_Info":
        info = super().frombuf(buf, encoding, errors)
        if info.type in ABOUT_MEMBERS and info.size > LONGEST_NAME:
            raise ValueError(f"a name of {info.size:,} bytes")
        return info


@contextmanager
def _one_line(path: Path) -> Iterator[None]:
    """Whatever is wrong with an archive becomes one line, of what is printable."""
    try:
        yield
    except InputError:
        raise
    except BROKEN as error:
        problem = f"cannot be unpacked as a tar or zip archive ({type(error).__name__}: {plain(error)})"
        raise InputError(path, problem, "check that it is whole and honest, or get it again") from error


def _list(names: list[str]) -> str:
    shown = ", ".join(map(plain, names[:LISTED]))
    return shown + (" and more" if len(names) > LISTED else "") if names else "no file at all"


def _refuse_cut(packed: tarfile.TarFile) -> None:
    """A tar ends with blocks of zeros. Without one it was cut between members, which tarfile lets pass."""
    packed.fileobj.seek(packed.offset)
    if packed.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise tarfile.ReadError("the end is missing")


def _refuse_leading_out(name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name!r} may lead out of its folder")


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)
