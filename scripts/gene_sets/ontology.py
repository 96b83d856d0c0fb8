"""Gene sets from a release of the Gene Ontology: its graph of terms, and a species' annotations.

A gene that is annotated to a term belongs to every ancestor of the term too, along ``is_a`` and ``part_of`` (the
relations that the Gene Ontology's rules let annotations follow).
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from formats.gmt import BRANCHES, GeneSet, of_size, write_gmt
from formats.kinds import FILLED, TEXT, Kind
from formats.opening import lines, opened, shown
from formats.tables import read_published
from running import InputError, step, whole_file
from running.errors import plain

GAF_COLUMNS = (
    *("db", "identifier", "symbol", "qualifier", "term", "reference", "evidence", "with", "aspect", "name", "synonym"),
    *("type", "taxon", "date", "by", "extension", "form"),
)
OPTIONAL = 2  # the last two came with version 2.0, and may be left out
GO_TERM = Kind("a GO term", lambda texts: texts.where(texts.str.fullmatch(r"GO:\d{7}")))
KINDS = {"symbol": FILLED, "qualifier": TEXT, "term": GO_TERM, "evidence": TEXT}
NO_DATA = "ND"  # the evidence code of "looked for, nothing found", which is no annotation
OTHER = "use another release of the Gene Ontology, or mend the file"

logger = logging.getLogger(__name__)


class Terms(NamedTuple):
    """The graph of living terms: names by identifier, parents first; the branch of each (as formats.gmt.BRANCHES);
    those right above each; old identifiers to new.
    """

    names: Mapping[str, str]
    branches: Mapping[str, str]
    above: Mapping[str, Set[str]]
    current: Mapping[str, str]


def read_annotations(path: Path | str) -> pd.DataFrame:
    """Read a GAF file, plain or gzip: columns ``symbol`` and ``term``, each pair once.

    Annotations that say NOT, and those that say "no data" (ND), are left out. Raises InputError for a file that is not
    GAF, or cut off.
    """
    _assert_gaf(path)
    table = read_published(path, KINDS, header=GAF_COLUMNS, optional=OPTIONAL, comment=b"!").frame
    negated = table["qualifier"].str.upper().str.split("|").map(lambda words: "NOT" in words)
    kept = table[~negated & (table["evidence"] != NO_DATA)]
    if kept.empty:
        raise InputError(path, "holds no annotation", OTHER)
    return kept[["symbol", "term"]].drop_duplicates(ignore_index=True)


def _assert_gaf(path: Path | str) -> None:
    """Raise InputError unless one of the comments at the beginning gives the version of the format."""
    with opened(path) as file:
        content = lines(file, str(path))
        number, line = next(content, (1, b""))
        while line.startswith(b"!") and not line.startswith(b"!gaf-version"):
            number, line = next(content, (number, b""))
    if not line.startswith(b"!"):
        raise InputError(path, f"line {number}: {shown(line)}, where '!gaf-version' is expected", "give a GAF file")


def read_terms(path: Path | str) -> Terms:
    """Read the graph of terms of an OBO file, plain or gzip, with ``is_a`` and ``part_of``.

    Raises InputError for a file that is not OBO, a term below another that is not there, and a circle of terms.
    """
    names, branches, above, current, places = {}, {}, {}, {}, {}
    for line, tags in _terms(path):
        if len(tags["id"]) != 1:
            raise InputError(path, f"line {line}: a term with {len(tags['id'])} identifiers", OTHER)
        if tags["is_obsolete"] == ["true"]:
            continue
        (identifier,) = tags["id"]
        if identifier in places:
            problem = f"lines {places[identifier]} and {line}: the term {plain(identifier)} stands twice"
            raise InputError(path, problem, "keep one of them")
        above[identifier] = {*tags["is_a"], *tags["part_of"]}
        names[identifier], places[identifier] = "".join(tags["name"]), line
        branches[identifier] = "".join(branch for branch in tags["namespace"] if branch in BRANCHES)
        current |= dict.fromkeys(tags["alt_id"], identifier)
    if not names:
        raise InputError(path, "holds no term", OTHER)
    for identifier, parents in above.items():
        for absent in sorted(parents - above.keys()):
            problem = f"{plain(identifier)} is below {plain(absent)}, which is not there (cut off?)"
            raise InputError(path, f"line {places[identifier]}: {problem}", OTHER)
    try:
        ordered = {identifier: names[identifier] for identifier in TopologicalSorter(above).static_order()}
    except CycleError as error:
        problem = f"is_a and part_of lead in a circle: {' above '.join(map(plain, error.args[1]))}"
        raise InputError(path, problem, OTHER) from error
    return Terms(ordered, branches, above, current | {identifier: identifier for identifier in names})


def _terms(path: Path | str) -> Iterator[tuple[int, Mapping[str, list[str]]]]:
    """The line at which each [Term] of an OBO file begins, and its values by tag."""
    with opened(path) as file:
        content = lines(file, str(path), comment=b"!")
        number, first = next(content, (1, b""))
        if not first.startswith(b"format-version:"):
            raise InputError(path, f"line {number}: {shown(first)}, where 'format-version:' is due", "give an OBO file")
        begun, tags = 0, defaultdict(list)
        for number, line in content:
            tag, _, value = (part.strip() for part in line.decode("utf-8").partition(":"))
            if tag == "relationship":
                tag, _, value = value.partition(" ")
            if tag.startswith("["):
                if begun:
                    yield begun, tags
                begun, tags = number if tag.lower() == "[term]" else 0, defaultdict(list)
            else:  # behind an identifier stand qualifiers and comments
                tags[tag].append(value if tag == "name" else value.partition(" ")[0])
        if begun:
            yield begun, tags


def propagated(annotations: pd.DataFrame, terms: Terms) -> dict[str, GeneSet]:
    """The genes of every term, those of its descendants included; terms that the graph lacks are left out.

    annotations : columns ``symbol``, ``term``; an alternative identifier counts as the main one.
    """
    known = annotations["term"].isin(terms.current)
    if not known.all():
        logger.warning("%d of %d annotations are to terms that the graph lacks", (~known).sum(), len(known))
    genes: dict[str, set[str]] = {identifier: set() for identifier in terms.names}
    for symbol, term in annotations[known].itertuples(index=False):
        genes[terms.current[term]].add(symbol)
    for identifier in reversed(genes):
        for parent in terms.above[identifier]:
            genes[parent] |= genes[identifier]
    return {
        identifier: GeneSet(terms.names[identifier], frozenset(one), terms.branches[identifier])
        for identifier, one in genes.items()
        if one
    }


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        every = propagated(read_annotations(inputs.annotations), read_terms(inputs.terms))
        sets = of_size(every, params.min_size, params.max_size, named=params.named)
        log.info("%d of %d terms have %d to %d genes", len(sets), len(every), params.min_size, params.max_size)
        with whole_file(snakemake.output[0]) as part:
            write_gmt(sets, part)
