"""Times of files that lie in the future, after the clock was set back or on files from a machine whose clock is ahead.

Snakemake decides by these times what is to be done again. A file from the future would be newer than whatever is made
of it, so that each job that reads it fails or is run again for ever.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from running.errors import InputError


def bring_back(folders: Iterable[Path]) -> list[Path]:
    """Give files in ``folders`` that were changed in the future a time just before now, in their order.

    The order of all times stays what it was, so that nothing is redone for it and nothing that is to be redone is
    missed. Returns the files that were changed. Raises InputError where a time cannot be set.
    """
    now = time.time_ns()
    ahead = {path: when for path, when in _times(folders) if when > now}
    steps_back = {when: 1000 * i for i, when in enumerate(sorted(set(ahead.values()), reverse=True))}
    for path, when in ahead.items():
        try:
            os.utime(path, ns=(now - steps_back[when],) * 2, follow_symlinks=False)
        except OSError as error:
            problem = f"was changed in the future, and that cannot be mended here ({error.strerror})"
            raise InputError(path, problem, "set the clock right, or `touch` it") from error
    return list(ahead)


def _times(folders: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for folder in folders:
        for root, _, names in os.walk(folder):
            for path in (Path(root, name) for name in names):
                with suppress(FileNotFoundError):  # a temporary file of another run, which the lock is to refuse
                    yield path, path.lstat().st_mtime_ns
