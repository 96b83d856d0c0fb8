"""One writer at a time, between threads, between processes, and after a process was killed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from running import InputError

logger = logging.getLogger(__name__)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold ``<path>.lock``, waiting for as long as another holds it; the folder is made when there is none.

    The kernel lets go of the lock of a process that dies. The empty lock file stays: to remove it would let a
    third process lock another file of the same name. Raises InputError when the folder cannot be written.
    """
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            logger.info("%s: waiting, for it is being written by another process or thread", path.name)
            lock.acquire()
    except OSError as error:
        raise InputError(path, f"its folder cannot be written ({error})", "make the folder writable") from error
    try:
        yield
    finally:
        lock.release()
