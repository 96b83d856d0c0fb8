"""Is a file between two steps still what the first one wrote, as far as its format can tell?

Every step reads its inputs from end to end before it uses them, so that a damaged file is found by its name, and not
by what some library makes of it. Seen are: a file cut off (all formats), changed bytes where the format has a checksum
or is compressed (npz, most of parquet and of HDF5), a row with other fields than the header (tsv). Not seen is a
changed digit in a table, or in numbers that HDF5 holds uncompressed. Published files are held against their receipt.
"""

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from running.baseline import read_status
from running.errors import InputError

RECEIPT = ".receipt.yaml"
AT_ONCE = 64 * 2**20  # bytes of a data set that are held in memory


class Damaged(ValueError):
    """The file is not whole. The message says what is wrong."""


def assert_intact(path: Path | str) -> None:
    """Raise InputError, which names the file and the remedy, if an input of a step is damaged.

    path : a file, or a folder of files. A file of a format that has no check here passes.
    """
    path = Path(path)
    if path.name.endswith(RECEIPT):
        _assert_as_received(path)
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        try:
            CHECKS.get(file.suffix, _anything)(file)
        except Exception as error:  # each library has its own for bytes that it cannot read
            problem = " ".join((str(error) or type(error).__name__).split())
            place = f"{file.name} in it is damaged" if path.is_dir() else "it is damaged"
            raise InputError(path, f"{place} ({problem})", "delete it and run again: it is made anew") from error


def _assert_as_received(receipt: Path) -> None:
    import yaml  # these, too, only where there is such a file: no environment has all

    file = receipt.with_name(receipt.name.removesuffix(RECEIPT))
    expected = yaml.safe_load(receipt.read_text(encoding="utf-8"))["sha256"]
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != expected:
        problem = f"it is no longer the file that came (found sha256 {found}, its receipt says {expected})"
        raise InputError(file, problem, f"delete it and {receipt.name}, and run again: it is fetched anew")


def _anything(path: Path) -> None:
    """No check."""


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        raise Damaged("cut off: it does not end with a line" if text else "empty")
    if "\0" in text:
        raise Damaged("zeros instead of text")
    return text


def _table(path: Path) -> None:
    rows = csv.reader(_text(path).splitlines(keepends=True), delimiter="\t")
    width = len(next(rows))
    for number, row in enumerate(rows, start=2):
        if len(row) != width:
            raise Damaged(f"row {number} has {len(row)} fields, the header {width}")


def _json(path: Path) -> None:
    json.loads(_text(path))


def _npz(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        wrong = archive.testzip()
    if wrong:
        raise Damaged(f"the checksum of {wrong} is wrong")


def _parquet(path: Path) -> None:
    from pyarrow import parquet

    status = path.with_suffix(".json")
    if not path.stat().st_size and status.is_file() and read_status(status).failed:
        return  # what a method that failed leaves
    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        for i in range(file.num_row_groups):
            file.read_row_group(i)


def _hdf5(path: Path) -> None:
    import h5py

    def read(name: str, found: h5py.Group | h5py.Dataset) -> None:
        if isinstance(found, h5py.Dataset):
            if not found.shape:
                found[()]
                return
            rows = max(1, AT_ONCE * found.shape[0] // max(1, found.nbytes))
            for start in range(0, found.shape[0], rows):
                found[start : start + rows]

    with h5py.File(path) as file:
        file.visititems(read)


CHECKS: dict[str, Callable[[Path], object]] = {
    ".tsv": _table,
    ".json": _json,
    ".npz": _npz,
    ".parquet": _parquet,
    ".h5ad": _hdf5,
    ".h5mu": _hdf5,
}
