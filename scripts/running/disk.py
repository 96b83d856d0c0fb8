"""Where a run can stand and write; a full or locked disk is told from every other error, whichever library met it."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from running.errors import CannotWrite, InputError

MAKE_ROOM = "make room, then run again: what is done is kept"
MAKE_WRITABLE = "make it or its folder writable, then run again: what is done is kept"
LITTLE = 2**20  # bytes: below this nothing can be begun
PROBLEMS = {
    errno.ENOSPC: ("the disk is full", MAKE_ROOM),
    errno.EDQUOT: ("the quota of disk space is used up", MAKE_ROOM),
    errno.EFBIG: ("it exceeds the largest size of a file that is allowed here", "raise that limit, then run again"),
    errno.EROFS: ("the file system is read-only", MAKE_WRITABLE),
    errno.EACCES: ("permission denied", MAKE_WRITABLE),
    errno.EPERM: ("operation not permitted", MAKE_WRITABLE),
}


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Raise CannotWrite, which names ``path``, where the disk is what stopped the body."""
    path = Path(path)
    try:
        yield
    except CannotWrite:
        raise
    except Exception as error:
        number = _number(error, path)
        if number is None:
            raise
        problem, remedy = PROBLEMS[number]
        raise CannotWrite(path, f"cannot be written: {problem}", remedy) from error


def assert_writable(folder: Path | str, ask_only: bool = False) -> None:
    """Raise CannotWrite where ``folder``, or the one that is to hold it, takes no file; leaves nothing.

    ask_only : write nothing to find out, and so find no quota, and nothing that only the server of a file system knows
    """
    folder = there = Path(folder).absolute()
    while not there.exists():
        there = there.parent
    with writing(folder):
        system = os.statvfs(there)
        if not os.access(there, os.W_OK | os.X_OK):
            raise OSError(errno.EROFS if system.f_flag & os.ST_RDONLY else errno.EACCES, "asked")
        if system.f_bavail * system.f_frsize < LITTLE:
            raise OSError(errno.ENOSPC, "asked")
        if not ask_only:
            with TemporaryFile(dir=there, prefix=f".{folder.stem}-") as file:
                file.write(bytes(LITTLE))
                file.flush()


def assert_usable(workflow: Path, working: Path, python: str) -> None:
    """Raise InputError where the path of the workflow's folder, of the working directory or of Python ends a run later.

    Snakemake takes braces in a path for wildcards, and hands the path of Python to the shell as it is.
    """
    for folder in (workflow, working):
        if set("{}") & set(str(folder)):
            raise InputError(folder, "the path has a brace, which Snakemake takes for a wildcard", "rename the folder")
    if unsafe := re.search(r"[^\w@%+=:,./~-]", python):
        problem = f"Snakemake cannot start a Python whose path has a {unsafe[0]!r}"
        raise InputError(python, problem, "make the environment elsewhere, as with `make VENV=folder`")


def _number(error: BaseException | None, path: Path) -> int | None:
    """The number of the disk's error in ``error`` or what caused it; HDF5 has it in its text alone."""
    while error is not None:
        in_text = re.search(r"errno = (\d+)", str(error))
        number = int(in_text[1]) if in_text else getattr(error, "errno", None)
        if number in PROBLEMS and _is_about(getattr(error, "filename", None), path):
            return number
        error = error.__cause__ or error.__context__
    return None


def _is_about(named: str | None, path: Path) -> bool:
    """Whether the file that an error names, if any, is ``path``, a temporary one of it, or a folder that holds it."""
    return named is None or path.is_relative_to(named) or f"{os.sep}.{path.stem}-" in named
