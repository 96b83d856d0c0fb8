"""Gene sets as GMT: one set a line, separated by tabs: identifier, name, and the symbols of its genes.

Where the branch of the Gene Ontology is known, the name is written behind it: "biological_process: ion transport".
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from formats.opening import AGAIN, lines, opened, shown
from running import InputError

BRANCHES = ("biological_process", "molecular_function", "cellular_component")  # of the Gene Ontology
REMEDY = "expected a GMT file, a set a line: identifier, name, genes, separated by tabs"


class GeneSet(NamedTuple):
    """The name of a set in words, its genes, and its branch of the Gene Ontology (empty where it is not known)."""

    name: str
    genes: frozenset[str]
    branch: str = ""


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
            branch, colon, name = rest[0].partition(": ")
            known = bool(colon) and branch in BRANCHES
            sets[identifier] = GeneSet(name, genes, branch) if known else GeneSet(rest[0], genes)
    if not sets:
        raise InputError(path, "no gene set in it", f"{REMEDY}; {AGAIN}")
    return sets


def write_gmt(sets: GeneSets, path: Path | str) -> None:
    """Write the sets, and the genes of each, in alphabetical order."""
    names = {term: f"{one.branch}: {one.name}" if one.branch else one.name for term, one in sets.items()}
    lines = ("\t".join([term, names[term], *sorted(sets[term].genes)]) for term in sorted(sets))
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def of_branch(sets: GeneSets, branch: str, named: Collection[str] = ()) -> dict[str, GeneSet]:
    """The sets of one branch, those whose branch is not known, and the ``named`` ones of any branch."""
    return {term: one for term, one in sets.items() if one.branch in ("", branch) or term in named}


def of_size(
    sets: GeneSets, least: int, most: int, among: Iterable[str] | None = None, named: Collection[str] = ()
) -> dict[str, GeneSet]:
    """The sets that hold ``least`` to ``most`` genes, counting and keeping only those ``among`` (None: all).

    named : identifiers of sets that are kept whatever their size, so long as a gene is left
    """
    known = None if among is None else frozenset(among)
    cut = {term: one if known is None else one._replace(genes=one.genes & known) for term, one in sets.items()}
    bounds = {term: (1, len(one.genes)) if term in named else (least, most) for term, one in cut.items()}
    return {term: one for term, one in cut.items() if bounds[term][0] <= len(one.genes) <= bounds[term][1]}
