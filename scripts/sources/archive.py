"""Read archives from strangers: one member, in memory or as a stream. Nothing is ever unpacked onto the disk.

Zip and tar (plain or compressed with gzip, bzip2 or xz), told apart by content. A link is not a file, and an archive
that is read as a stream may hold no name that leads out of a folder.
"""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from running import InputError

# What the readers raise on a damaged archive, or on one that lies. RuntimeError is a zip with a password.
BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,
)
LISTED = 20  # names in an error

Archive = zipfile.ZipFile | tarfile.TarFile


def member(archive: Path, name: str) -> bytes:
    """Return the content of the file ``name`` in ``archive``, without unpacking the rest.

    A full name is taken first; else the one file whose last part is ``name``, in whatever folder. Raises
    InputError when there is none (with what is there), more than one, or the archive is damaged.
    """
    archive = Path(archive)
    with _opened(archive) as opened:
        files, read = _files(opened)
        return read(_choose(archive, name, files))


def names(archive: Path) -> list[str]:
    """The full names of the regular files in ``archive``, in its order. Raises InputError when it is damaged."""
    archive = Path(archive)
    with _opened(archive) as opened:
        return _files(opened)[0]


@contextmanager
def opened_member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    """Give the content of the file ``name`` in ``archive`` as a stream, for one that is too large for memory.

    The file is chosen as in :func:`member`. Beside its errors, raises InputError for an archive that is not honest,
    with a member that would leave its folder, since nothing in it is to be trusted then. What goes wrong with the
    archive while it is read becomes one line too.
    """
    archive = Path(archive)
    with _opened(archive) as opened:
        if isinstance(opened, tarfile.TarFile):
            for info in opened:
                _refuse(info.name, is_link=False)
            _refuse_cut(opened)
        else:
            for info in opened.infolist():
                _refuse(info.filename, is_link=_is_link(info))
        files, _ = _files(opened)
        chosen = _choose(archive, name, files)
        with opened.extractfile(chosen) if isinstance(opened, tarfile.TarFile) else opened.open(chosen) as stream:
            yield stream


@contextmanager
def _opened(archive: Path) -> Iterator[Archive]:
    """Open the archive; whatever is wrong with it inside the block becomes one line."""
    try:
        # Tar first: a tar whose last member is a zip would pass for a zip, but no zip passes for a tar.
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as opened:
                yield opened
        else:
            with zipfile.ZipFile(archive) as opened:
                yield opened
    except InputError:
        raise
    except (*BROKEN, OSError) as error:
        problem = f"cannot be unpacked as a tar or zip archive ({type(error).__name__}: {error})"
        raise InputError(archive, problem, "check that it is whole and honest, or get it again") from error


def _files(opened: Archive) -> tuple[list[str], Callable[[str], bytes]]:
    """The names of the regular files, and how to read one. A link is not a file."""
    if isinstance(opened, tarfile.TarFile):
        return [info.name for info in opened if info.isfile()], lambda name: opened.extractfile(name).read()
    files = [info for info in opened.infolist() if not (info.is_dir() or _is_link(info))]
    return [info.filename for info in files], opened.read


def _choose(archive: Path, name: str, files: list[str]) -> str:
    """The full name of the one file meant by ``name``."""
    same_end = [file for file in files if PurePosixPath(file).name == name]
    found = [file for file in files if file == name] or same_end
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(archive, f"holds {name!r} {len(found)} times ({_list(found)})", "give one full name")
    raise InputError(archive, f"holds no file {name!r}, but {_list(files)}", "check the name and the archive")


def _list(names: list[str]) -> str:
    return ", ".join(names[:LISTED]) + (" and more" if len(names) > LISTED else "") if names else "no file at all"


def _refuse_cut(opened: tarfile.TarFile) -> None:
    """A tar ends with blocks of zeros. Without one it was cut between members, which tarfile lets pass."""
    opened.fileobj.seek(opened.offset)
    if opened.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise tarfile.ReadError("the end is missing")


def _refuse(name: str, is_link: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or is_link:
        raise ValueError(f"{name!r} may lead out of its folder")


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)
