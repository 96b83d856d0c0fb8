"""Write files and folders so that a name never stands for half of one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp, mkstemp
from typing import Any

from running.disk import writing

RANDOM = "?" * 8  # what tempfile puts in a name


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside ``path`` (same suffix), and rename it to ``path`` on success only.

    The content is flushed to disk before the rename, so that a crash leaves the old file or the new one. On an
    exception the temporary file is removed and ``path`` is untouched; what a killed process left is removed by the
    next that writes ``path``. One process at a time may write it. Raises CannotWrite where the disk is full or locked.
    """
    path = Path(path)
    with _beside(path, path.suffix, _new_file) as temporary:
        yield temporary
        _flush(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)


@contextmanager
def whole_folder(path: Path | str) -> Iterator[Path]:
    """Give a temporary folder beside ``path``, which must not exist, and rename it on success only; as whole_file."""
    path = Path(path)
    with _beside(path, path.suffix, mkdtemp) as temporary:
        yield temporary
        for content in temporary.iterdir():
            _flush(content)
        temporary.chmod(0o777 & ~_umask())
        temporary.rename(path)


@contextmanager
def scratch_folder(path: Path | str) -> Iterator[Path]:
    """Give a folder beside ``path`` for what is needed while that is made; it goes, like leftovers of whole_file."""
    with _beside(Path(path), ".scratch", mkdtemp) as temporary:
        yield temporary


def write_parquet(table: Any, path: Path | str, **options) -> None:
    """Write a pandas table whole, with a checksum of each page, which steps that read it verify.

    options : of to_parquet
    """
    with whole_file(path) as part:
        table.to_parquet(part, write_page_checksum=True, **options)


def write_table(table: Any, path: Path | str, *, digits: int | None = 8) -> None:
    """Write a pandas table whole, separated by tabs, without its index. What is missing is an empty field.

    digits : significant ones of each number in a column of fractions; None for all, which read_table gives back
    """
    with whole_file(path) as part:
        table.to_csv(part, sep="\t", index=False, float_format=digits and f"%.{digits}g")


def read_table(path: Path | str, *, text: bool = False) -> Any:
    """Read what write_table wrote. Only an empty field is missing: a gene may be called "nan" or "NA".

    text : every column is text, and an empty field the empty text
    """
    import pandas as pd

    empty = {"keep_default_na": False} if text else {"keep_default_na": False, "na_values": [""]}
    return pd.read_csv(path, sep="\t", dtype=str if text else None, low_memory=False, **empty)


@contextmanager
def _beside(path: Path, suffix: str, make: Callable[..., str]) -> Iterator[Path]:
    """Give a new file or folder beside ``path``, and remove it at the end where it has not been renamed.

    What killed processes left of the same kind goes first.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.stem}-{RANDOM}{suffix}"):
            _remove(left)
        temporary = Path(make(dir=path.parent, prefix=f".{path.stem}-", suffix=suffix))
        try:
            yield temporary
        finally:
            _remove(temporary)


def _new_file(**where) -> str:
    handle, name = mkstemp(**where)
    os.close(handle)
    return name


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
