"""The three files of a puck, in an archive or in an unpacked folder, from its newest bead mapping.

``Puck_<id>/BeadMapping_<M-D>_<hhmm>/`` holds what one run of the bead mapping gave. The name has no year: the newest is
the latest in the calendar. Source: Slide-seq study of the Single Cell Portal (Rodriques et al. 2019).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath

from running import InputError
from sources import archive

COUNTS, LOCATIONS, CLUSTERS = "MappedDGEForR.csv", "BeadLocationsForR.csv", "AnalogizerClusterAssignments.csv"
FILES = (COUNTS, LOCATIONS, CLUSTERS)
MAPPING = re.compile(r"BeadMapping_(\d{1,2})-(\d{1,2})_(\d{4})")
REMEDY = f"give the puck as published: Puck_<id>/BeadMapping_<M-D>_<hhmm>/ with {', '.join(FILES)}"


class PuckFolder:
    """The newest bead mapping of the puck at ``place``, a folder or an archive (tar, tar.gz, zip).

    Raises InputError where there is no bead mapping, or the newest one lacks one of the FILES.
    """

    def __init__(self, place: Path | str):
        self.place = Path(place)
        self.mapping, members = _newest(self.place, _listing(self.place))
        self._members = {PurePosixPath(name).name: name for name in members}
        for name in FILES:
            if name not in self._members:
                found = ", ".join(sorted(self._members)) or "nothing"
                raise InputError(f"{self.place}/{self.mapping}", f"has no {name}, but {found}", REMEDY)

    def label(self, name: str) -> str:
        """The file's place, for errors."""
        return f"{self.place}/{self._members[name]}"

    @contextmanager
    def open(self, name: str) -> Iterator[BufferedIOBase]:
        """Open one of the FILES, to be read as bytes from the beginning."""
        if self.place.is_dir():
            with (self.place / self._members[name]).open("rb") as content:
                yield content
        else:
            with archive.opened_member(self.place, self._members[name]) as content:
                yield content


def _listing(place: Path) -> list[str]:
    if place.is_dir():
        return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    if not place.exists():
        raise InputError(place, "there is neither such a file nor such a folder", REMEDY)
    return archive.names(place)


def _newest(place: Path, names: list[str]) -> tuple[str, list[str]]:
    """The newest folder of a bead mapping, and the files right in it."""
    mappings: dict[tuple[int, ...], tuple[str, list[str]]] = {}
    for name in names:
        path = PurePosixPath(name)
        found = MAPPING.fullmatch(path.parent.name)
        if found:
            mappings.setdefault(tuple(map(int, found.groups())), (path.parent.name, []))[1].append(name)
    if place.is_dir() and MAPPING.fullmatch(place.resolve().name):
        return place.name, [name for name in names if "/" not in name]
    if not mappings:
        shown = ", ".join(names[:5]) or "no file at all"
        raise InputError(place, f"has no folder BeadMapping_<M-D>_<hhmm>; it holds {shown}", REMEDY)
    return mappings[max(mappings)]
