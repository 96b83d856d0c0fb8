"""Open an HDF5 file from strangers (.h5ad, .h5mu): say in one line why one cannot be read, and what can be done.

HDF5 lets a file name others to take data from: external links, external storage and virtual datasets. Reading such a
file puts the content of whatever it names into the results, so that it is refused. Nothing in the format is code, and
anndata unpickles nothing.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from formats.opening import GZIP, PACKED, regular_file, shown
from running import InputError
from running.errors import plain

SIGNATURE = b"\x89HDF\r\n\x1a\n"
BEGINNINGS = PACKED | {  # what else is given for HDF5
    GZIP: ("is compressed with gzip", "unpack it: gunzip"),
    b"<": ("is a page of HTML or XML: a server sent a page instead", "get the file itself"),
}
FILTERS = {
    307: "bzip2",
    32001: "blosc",
    32004: "lz4",
    32008: "bitshuffle",
    32013: "zfp",
    32015: "zstd",
    32026: "blosc2",
}
WITH_GZIP = "write it again with gzip: write_h5ad(path, compression='gzip')"


@contextmanager
def opened(path: Path | str) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading; InputError where there is none, it is locked, cut off, or of another format.

    What HDF5 cannot make out of the file in the body is one line too.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        zarr = " (a Zarr store?)" if any((path / name).exists() for name in (".zgroup", "zarr.json")) else ""
        raise InputError(path, f"is a folder{zarr}, where a file is expected", "give the .h5ad that write_h5ad makes")
    try:
        file = h5py.File(regular_file(path), "r")
    except OSError as error:
        raise InputError(path, *_why_not(path, error)) from error
    with file:
        try:
            yield file
        except Exception as error:
            if not _is_of_hdf5(error):
                raise
            problem = f"is damaged ({type(error).__name__}: {plain(error)})"
            raise InputError(path, problem, "copy it again, or write it again") from error


def _is_of_hdf5(error: Exception) -> bool:
    """Whether it was h5py that raised an error: it has no class for a damaged file."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return bool(frame) and frame.tb_frame.f_globals.get("__name__", "").startswith("h5py")


def _why_not(path: Path, error: OSError) -> tuple[str, str]:
    """Problem and remedy of a file that HDF5 does not open."""
    words = " ".join(str(error).split())
    if "unable to lock" in words:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            close = "close it there, or set HDF5_USE_FILE_LOCKING=FALSE if nothing is being written to it"
            return "another program has it open for writing", close
        return f"cannot be locked on this file system ({words})", "set HDF5_USE_FILE_LOCKING=FALSE"
    if "already open for write" in words:
        return "was not closed by the program that wrote it", "write it again, or clear the mark: h5clear -s"
    sizes = re.search(r"eof = (\d+),.*stored_eof = (\d+)", words)
    if sizes:
        return f"is cut off: {int(sizes[1]):,} of {int(sizes[2]):,} bytes", "copy it again"
    with path.open("rb") as content:
        start = content.read(40)
    if start.startswith(SIGNATURE):
        return f"is damaged ({words})", "copy it again, or write it again"
    if not start:
        return "is empty", "copy it again"
    for beginning, (problem, remedy) in BEGINNINGS.items():
        if start.startswith(beginning):
            return problem, remedy
    return f"is no HDF5 file (it begins {shown(start, 20)})", "give an .h5ad that write_h5ad made"


def self_contained(file: h5py.File) -> None:
    """Raise InputError, with the places, where an HDF5 file takes data from others."""
    places = [place for name, group in _groups(file) for place in _leading_out(name, group)]
    if places:
        problem = f"takes data from other files, at {', '.join(places)}"
        raise InputError(file.filename, problem, "copy what it needs into one file, and check where it comes from")


def readable(stored: h5py.Group | h5py.Dataset) -> None:
    """Raise InputError where a dataset, or one in a group, is compressed with what is not installed here."""
    inside = (
        [stored]
        if isinstance(stored, h5py.Dataset)
        else [item for _, group in _groups(stored) for item in group.values()]
    )
    for item in inside:
        if isinstance(item, h5py.Dataset):
            plist = item.id.get_create_plist()
            for code, _, _, name in map(plist.get_filter, range(plist.get_nfilters())):
                if not h5py.h5z.filter_avail(code):
                    known = FILTERS.get(code) or name.decode(errors="replace")[:40] or "an unknown one"
                    problem = f"{item.name[1:]} is compressed with {known} (HDF5 filter {code}), not installed here"
                    raise InputError(item.file.filename, problem, WITH_GZIP)


def _groups(top: h5py.Group) -> list[tuple[str, h5py.Group]]:
    """A group and every group that is linked hard below it, by name."""
    found = [("", top)]

    def collect(name: str, item: object) -> None:
        if isinstance(item, h5py.Group):
            found.append((name, item))

    top.visititems(collect)
    return found


def _leading_out(name: str, group: h5py.Group) -> list[str]:
    """Names of the members of one group that stand for data of another file."""
    places = []
    for key in group:
        link = group.get(key, getlink=True)
        item = group.get(key) if isinstance(link, h5py.HardLink) else None
        is_dataset = isinstance(item, h5py.Dataset)
        if isinstance(link, h5py.ExternalLink) or (is_dataset and (item.external or item.is_virtual)):
            places.append(f"{name}/{key}")
    return places
