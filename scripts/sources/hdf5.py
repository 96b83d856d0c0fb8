"""Refuse an HDF5 file from strangers (.h5ad, .h5mu) that would read other files of this machine.

HDF5 lets a file name others to take data from: external links, external storage and virtual datasets. Reading such a
file puts the content of whatever it names into the results. Nothing in the format is code, and anndata unpickles
nothing.
"""

from pathlib import Path

import h5py

from running import InputError


def self_contained(path: Path | str) -> Path:
    """Return ``path`` if the HDF5 file there takes all of its data from itself.

    Raises InputError, with the place in the file, when it names another file, is absent, or is not HDF5.
    """
    path = Path(path)
    try:
        with h5py.File(path, "r") as file:
            places = [place for name, group in _groups(file) for place in _leading_out(name, group)]
    except OSError as error:
        raise InputError(path, f"cannot be read as HDF5 ({error})", "check the path, or get the file again") from error
    if places:
        problem = f"takes data from other files, at {', '.join(places)}"
        raise InputError(path, problem, "copy what it needs into one file, and check where it comes from")
    return path


def _groups(file: h5py.File) -> list[tuple[str, h5py.Group]]:
    """The root and every group that is linked hard below it, by name."""
    found = [("", file)]

    def collect(name: str, item: object) -> None:
        if isinstance(item, h5py.Group):
            found.append((name, item))

    file.visititems(collect)
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
