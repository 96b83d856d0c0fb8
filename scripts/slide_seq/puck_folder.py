"""The three files of a puck, in an archive or in an unpacked folder, from its newest bead mapping.

``Puck_<id>/BeadMapping_<M-D>_<hhmm>/`` holds what one run of the bead mapping gave; from the end of 2018 on the year
stands before the month. The newest is the latest in the calendar, one with a year after all without. Source: Slide-seq
study of the Single Cell Portal (Rodriques et al. 2019).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from formats.archive import opened_archive
from running import InputError
from running.errors import plain

COUNTS, LOCATIONS, CLUSTERS = "MappedDGEForR.csv", "BeadLocationsForR.csv", "AnalogizerClusterAssignments.csv"
FILES = (COUNTS, LOCATIONS, CLUSTERS)
MAPPING = re.compile(r"BeadMapping_(?:(\d{4})_)?(\d{1,2})-(\d{1,2})_(\d{3,4})")
REMEDY = f"give the puck as published: Puck_<id>/BeadMapping_<M-D>_<hhmm>/ with {', '.join(FILES)}"
OF_MACOS = ("__MACOSX", "._")  # what a Mac adds to archives: no files of the puck


class Puck:
    """The newest bead mapping of the puck at ``place``.

    names : of all files there; opened : gives the content of one. Raises InputError where there is no bead mapping, the
    newest one lacks one of the FILES, or it is not clear which is meant.
    """

    def __init__(self, place: Path, names: Sequence[str], opened: Callable[[str], AbstractContextManager[BinaryIO]]):
        self.place, self._opened = place, opened
        folder = _newest(place, names)
        self.mapping = folder.name or place.resolve().name
        inside = {PurePosixPath(name).name: name for name in names if PurePosixPath(name).parent == folder}
        for name in FILES:
            if name not in inside:
                found = ", ".join(map(plain, sorted(inside)[:9])) or "nothing"
                raise InputError(place / folder, f"has no {name}, but {found}", REMEDY)
        self._inside = inside

    def label(self, name: str) -> str:
        """The file's place, for errors."""
        return f"{self.place}/{plain(self._inside[name], 300)}"

    def opened(self, name: str) -> AbstractContextManager[BinaryIO]:
        """One of the FILES, to be read as bytes from the beginning."""
        return self._opened(self._inside[name])


@contextmanager
def opened_puck(place: Path | str) -> Iterator[Puck]:
    """Open the puck at ``place``, a folder or an archive (tar, tar.gz, zip)."""
    place = Path(place).expanduser()
    if place.is_dir():
        names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
        yield Puck(place, names, lambda name: (place / name).open("rb"))
    elif not place.exists():
        raise InputError(place, "there is neither such a file nor such a folder", REMEDY)
    else:
        with opened_archive(place) as archive:
            yield Puck(place, archive.names, archive.opened)


def _newest(place: Path, names: Sequence[str]) -> PurePosixPath:
    """The folder of the newest bead mapping, below ``place``."""
    if place.is_dir() and MAPPING.fullmatch(place.resolve().name):
        return PurePosixPath()
    folders = {path.parent for path in map(PurePosixPath, names) if not any(p.startswith(OF_MACOS) for p in path.parts)}
    dates = {folder: _date(folder.name) for folder in sorted(folders) if MAPPING.fullmatch(folder.name)}
    if not dates:
        shown = ", ".join(map(plain, names[:5])) or "no file at all"
        raise InputError(place, f"has no folder BeadMapping_<M-D>_<hhmm>; it holds {shown}", REMEDY)
    pucks = {next((part for part in folder.parts[::-1] if "Puck_" in part), "no name"): folder for folder in dates}
    newest = [folder for folder, date in dates.items() if date == max(dates.values())]
    for found, what in ((list(pucks.values()), "several pucks"), (newest, f"the mapping {newest[0].name} twice")):
        if len(found) > 1:
            shown = ", ".join(map(plain, found))
            raise InputError(place, f"holds {what}: {shown}", "leave in it the one that is meant")
    return newest[0]


def _date(mapping: str) -> tuple[int, ...]:
    """Year (0 for none), month, day, and time of day of a mapping."""
    return tuple(int(number or 0) for number in MAPPING.fullmatch(mapping).groups())
