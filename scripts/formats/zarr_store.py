"""Open a zarr store from strangers: say in one line why it cannot be read. A half-written one looks like zeros."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running import InputError
from running.errors import plain

MARKS = ("zarr.json", ".zgroup")
AGAIN = "write it again, whole"


def is_store(path: Path | str) -> bool:
    """Whether a path is a folder that is, or was to be, a zarr store."""
    path = Path(path).expanduser()
    return path.is_dir() and (path.suffix == ".zarr" or any((path / mark).exists() for mark in MARKS))


@contextmanager
def opened(path: Path | str) -> Iterator[Any]:
    """The root group; InputError where its writing was not begun or not ended, or it leads out of its folder."""
    import zarr

    path = Path(path).expanduser()
    if not any((path / mark).exists() for mark in MARKS):
        raise InputError(
            path, "is no zarr store, or one whose writing was broken off (no zarr.json, no .zgroup)", AGAIN
        )
    for item in path.rglob("*"):
        if item.is_symlink():
            problem = f"takes data from other files, at {item.relative_to(path)}"
            raise InputError(path, problem, "copy what it needs into the store, and check where it comes from")
    try:
        # what stands there counts, not the list of it, which can be older or newer
        yield zarr.open_group(str(path), mode="r", use_consolidated=False)
    except Exception as error:  # zarr and its codecs have no class of their own for a damaged store
        if isinstance(error, InputError) or not _is_of_zarr(error):
            raise
        raise InputError(path, f"is damaged ({type(error).__name__}: {plain(error)})", AGAIN) from error


def _is_of_zarr(error: Exception) -> bool:
    """Whether zarr or one of its codecs was at work."""
    frame = error.__traceback__
    while frame:
        if frame.tb_frame.f_globals.get("__name__", "").partition(".")[0] in ("zarr", "numcodecs"):
            return True
        frame = frame.tb_next
    return False


def check_written(stored: Any, path: Path | str, place: str) -> None:
    """Raise InputError where chunks of an array, or of one in a group, are not there.

    Zarr reads them as zeros. Chunks that are all 0 may be left out, so that whole numbers and flags pass.
    """
    arrays = [stored] if hasattr(stored, "nchunks") else [one for _, one in stored.arrays()]
    for array in arrays:
        name = array.name.rpartition("/")[2]
        lacking = array.nchunks - array.nchunks_initialized
        if lacking and array.size and (array.dtype.kind not in "iub" or name == "indptr"):
            problem = f"{place} lacks {lacking:,} of {array.nchunks:,} chunks: its writing was broken off"
            raise InputError(path, problem, AGAIN)
