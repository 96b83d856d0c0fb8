"""Open an .h5ad, .h5mu or zarr store, and find the tables in it by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from formats import hdf5, zarr_store
from running import InputError


@contextmanager
def opened(path: Path | str) -> Iterator[Any]:
    """The root of an .h5ad, .h5mu or zarr store, which takes no data from other files."""
    if zarr_store.is_store(path):
        with zarr_store.opened(path) as group:
            yield group
        return
    if not Path(path).expanduser().exists():
        raise InputError(path, "no such file", "give the path of an .h5ad, .h5mu or zarr store in own.file")
    with hdf5.opened(path) as file:
        hdf5.self_contained(file)
        yield file


def known_places(top: Any) -> list[str]:
    """The names of all tables."""
    found = []
    holders = {"": top} | {f"{name}:": top[f"mod/{name}"] for name in top.get("mod", ())}
    for prefix, holder in holders.items():
        if not hasattr(holder, "keys"):
            continue
        found += [f"{prefix}X"] if "X" in holder else []
        for folder in ("obs", "obsm", "layers"):
            hidden = {text(holder[folder].attrs.get("_index", ""))} if folder == "obs" and folder in holder else set()
            found += [f"{prefix}{folder}/{key}" for key in (holder.get(folder) or ()) if key not in hidden]
    return found


def found(top: Any, path: Path | str, place: str) -> tuple[Any, str]:
    """The AnnData or MuData that holds a table, and the table's name in it; InputError names the nearest."""
    modality, _, name = place.rpartition(":")
    known = known_places(top)
    if place not in known:
        near = get_close_matches(place, known, n=1, cutoff=0.6)
        near = near or [one for one in known if one.rpartition("/")[2] == place.rpartition("/")[2]][:1]
        remedy = f"the nearest is {near[0]}" if near else f"name one that it holds: {', '.join(known[:12])}"
        raise InputError(path, f"holds no {place}", remedy)
    return (top[f"mod/{modality}"] if modality else top), name


def readable(stored: Any, path: Path | str, place: str) -> None:
    """Raise InputError where a table is compressed with what is not installed here, or was not written to its end."""
    if hasattr(stored, "nchunks") or hasattr(stored, "arrays"):
        zarr_store.check_written(stored, path, place)
    else:
        hdf5.readable(stored)


def text(value: Any) -> str:
    """A name as HDF5 or zarr has it."""
    return value.decode() if isinstance(value, bytes) else str(value)
