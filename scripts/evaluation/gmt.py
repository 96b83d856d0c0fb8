"""Gene sets as GMT: one set a line, separated by tabs: identifier, name, and the symbols of its genes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from running import InputError

REMEDY = "expected a GMT file (a set a line: identifier, name, genes, separated by tabs); delete it and get it again"


class GeneSet(NamedTuple):
    """The name of a set in words, and its genes."""

    name: str
    genes: frozenset[str]


GeneSets = Mapping[str, GeneSet]


def read_gmt(path: Path | str) -> dict[str, GeneSet]:
    """Read the sets of a GMT file by identifier; raises InputError, with the line, for a file that is no GMT."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(path, f"not text but binary data (byte {error.start + 1})", REMEDY) from error
    sets: dict[str, GeneSet] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        identifier, *rest = line.split("\t")
        genes = frozenset(gene.strip() for gene in rest[1:]) - {""}
        if not identifier.strip() or not genes:
            raise InputError(path, f"line {number}: not an identifier, a name and genes ({line[:40]!r})", REMEDY)
        if identifier in sets:
            raise InputError(path, f"line {number}: the set {identifier!r} is there already", "keep one of the two")
        sets[identifier] = GeneSet(rest[0], genes)
    if not sets:
        raise InputError(path, "no gene set in it", REMEDY)
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
