"""Is a file between two steps still what the first one wrote, as far as its format can tell?

Before a step uses its inputs it looks at their ends, which costs nothing and shows what was cut off. Where it then
fails, or before it begins if the config has ``verify_inputs``, each input is read as a whole, so that a damaged file is
found by its name, and not by what some library makes of it. That shows changed bytes where the format has a checksum or
is compressed (npz, most of parquet and of HDF5), and a row with other fields than the header (tsv), but no changed
digit in a table, or in numbers that HDF5 holds uncompressed. Published files are held against their receipt.
"""

import csv
import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from running.errors import InputError

RECEIPT = ".receipt.yaml"
AT_ONCE = 64 * 2**20  # bytes of a data set that are held in memory


class Damaged(ValueError):
    """The file is not whole. The message says what is wrong."""


def assert_intact(path: Path | str, whole: bool = True) -> None:
    """Raise InputError, which names the file and the remedy, if an input of a step is damaged.

    path : a file, or a folder of files. A file of a format that has no check here passes.
    whole : read all of it, not just its end
    """
    path = Path(path)
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        try:
            check = _as_received if file.name.endswith(RECEIPT) else CHECKS.get(file.suffix, _anything)
            check(file, whole)
        except InputError:
            raise
        except Exception as error:  # each library has its own for bytes that it cannot read
            problem = " ".join((str(error) or type(error).__name__).split())
            place = f"{file.name} in it is damaged" if path.is_dir() else "it is damaged"
            raise InputError(path, f"{place} ({problem})", "delete it and run again: it is made anew") from error


def _as_received(receipt: Path, whole: bool) -> None:
    import yaml  # these, too, only where there is such a file: no environment has all

    file = receipt.with_name(receipt.name.removesuffix(RECEIPT))
    expected = yaml.safe_load(receipt.read_text(encoding="utf-8"))
    differs = None
    if (size := file.stat().st_size) != expected["bytes"]:
        differs = f"found {size} bytes, its receipt says {expected['bytes']}"
    elif whole:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if found != expected["sha256"]:
            differs = f"found sha256 {found}, its receipt says {expected['sha256']}"
    if differs:
        remedy = f"delete it and {receipt.name}, and run again: it is fetched anew"
        raise InputError(file, f"it is no longer the file that came ({differs})", remedy)


def _anything(path: Path, whole: bool) -> None:
    """No check."""


def _text(path: Path, whole: bool) -> None:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            raise Damaged("empty")
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            raise Damaged("cut off: it does not end with a line")
        file.seek(0)
        if whole and b"\0" in file.read():
            raise Damaged("zeros instead of text")


def _table(path: Path, whole: bool) -> None:
    _text(path, whole)
    if whole:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            width = len(next(rows))
            for number, row in enumerate(rows, start=2):
                if len(row) != width:
                    raise Damaged(f"row {number} has {len(row)} fields, the header {width}")


def _json(path: Path, whole: bool) -> None:
    _text(path, whole)
    if whole:
        json.loads(path.read_text(encoding="utf-8"))


def _npz(path: Path, whole: bool) -> None:
    with zipfile.ZipFile(path) as archive:
        if whole and (wrong := archive.testzip()):
            raise Damaged(f"the checksum of {wrong} is wrong")


def _of_a_failed_method(path: Path) -> bool:
    """Whether it is the empty file that a method leaves that has failed (see running.fresh_process.baseline)."""
    status = path.with_suffix(".json")
    return not path.stat().st_size and status.is_file() and json.loads(status.read_text())["state"] == "failed"


def _parquet(path: Path, whole: bool) -> None:
    from pyarrow import parquet

    if _of_a_failed_method(path):
        return
    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        for i in range(file.num_row_groups if whole else 0):
            file.read_row_group(i)


def _hdf5(path: Path, whole: bool) -> None:
    import h5py

    def read(name: str, found: h5py.Group | h5py.Dataset) -> None:
        if isinstance(found, h5py.Dataset):
            if not found.shape:
                found[()]
                return
            rows = max(1, AT_ONCE * found.shape[0] // max(1, found.nbytes))
            for start in range(0, found.shape[0], rows):
                found[start : start + rows]

    if _of_a_failed_method(path):
        return
    with h5py.File(path) as file:
        if whole:
            file.visititems(read)


CHECKS: dict[str, Callable[[Path, bool], object]] = {
    ".tsv": _table,
    ".json": _json,
    ".npz": _npz,
    ".parquet": _parquet,
    ".h5ad": _hdf5,
    ".h5mu": _hdf5,
}
