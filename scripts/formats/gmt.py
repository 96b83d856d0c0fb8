"""Gene sets as GMT: one set a line, separated by tabs: identifier, name, and the symbols of its genes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from formats.opening import AGAIN, lines, opened, shown
from running import InputError

REMEDY = "expected a GMT file, a set a line: identifier, name, genes, separated by tabs"


class GeneSet(NamedTuple):
    """The name of a set in words, and its genes."""

    name: str
    genes: frozenset[str]


GeneSets = Mapping[str, GeneSet]


def read_gmt(path: Path | str) -> dict[str, GeneSet]:
    """Read the sets of a GMT file, plain or gzip, by identifier; InputError, with the line, for what is no GMT."""
    sets: dict[str, GeneSet] = {}
    with opened(path) as file:
        for number, line in lines(file, str(path)):
            identifier, *rest = (field.strip() for field in line.decode("utf-8").split("\t"))
            genes = frozenset(rest[1:]) - {""}
            if not identifier or not genes:
                raise InputError(path, f"line {number}: not an identifier, a name and genes ({shown(line)})", REMEDY)
            if identifier in sets:
                raise InputError(path, f"line {number}: the set {identifier!r} is there already", "keep one of the two")
            sets[identifier] = GeneSet(rest[0], genes)
    if not sets:
        raise InputError(path, "no gene set in it", f"{REMEDY}; {AGAIN}")
    return sets


def write_gmt(sets: GeneSets, path: Path | str) -> None:
    """Write the sets, and the genes of each, in alphabetical order."""
    lines = ("\t".join([term, sets[term].name, *sorted(sets[term].genes)]) for term in sorted(sets))
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def of_size(sets: GeneSets, least: int, most: int, among: Iterable[str] | None = None) -> dict[str, GeneSet]:
    """The sets that hold ``least`` to ``most`` genes, counting and keeping only those ``among`` (None: all)."""
    known = None if among is None else frozenset(among)
    cut = {term: GeneSet(one.name, one.genes if known is None else one.genes & known) for term, one in sets.items()}
    return {term: one for term, one in cut.items() if least <= len(one.genes) <= most}
