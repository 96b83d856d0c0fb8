"""Gene sets from a release of the Gene Ontology: its graph of terms, and a species' annotations.

A gene that is annotated to a term belongs to every ancestor of the term too, along ``is_a`` and ``part_of`` (the
relations that the Gene Ontology's rules let annotations follow). goatools reads the graph and finds the ancestors.
It does not read the annotations: its reader of GAF files takes no gzip, and ends the process at a line that it does
not understand.
"""

from pathlib import Path

import pandas as pd
from goatools.anno.update_association import clean_anno, update_association
from goatools.obo_parser import GODag

from evaluation.gmt import GeneSet
from running import InputError
from sources.opening import DAMAGED, opened

# The columns of a GAF file, versions 2.0 to 2.2, that are read here; 0-based.
GAF_COLUMNS = {2: "symbol", 3: "qualifier", 4: "term", 6: "evidence"}
GAF_WIDTH = 17
NO_DATA = "ND"  # the evidence code of "looked for, nothing found", which is no annotation
GET = "delete the file and let the workflow fetch it again"


def read_annotations(path: Path | str) -> pd.DataFrame:
    """Read a GAF file, plain or gzip: columns ``symbol`` and ``term``, each pair once.

    Annotations that say NOT, and those that say "no data" (ND), are left out. Raises InputError for a file
    that is not GAF, or cut off.
    """
    try:
        with opened(path) as file:
            _skip_header(path, file)
            table = pd.read_csv(
                file,
                sep="\t",
                header=None,
                names=range(GAF_WIDTH),
                usecols=list(GAF_COLUMNS),
                dtype=str,
                quoting=3,  # csv.QUOTE_NONE: names of genes hold single quotation marks
                keep_default_na=False,
            ).rename(columns=GAF_COLUMNS)
    except (*DAMAGED, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problem = f"cannot be read to its end as a GAF table ({' '.join(str(error).split())})"
        raise InputError(path, problem, GET) from error
    wrong = ~table["term"].fillna("").str.fullmatch(r"GO:\d{7}") | (table["symbol"] == "")
    if wrong.any():
        row = table[wrong].iloc[0]
        problem = f"{row['symbol']!r} and {row['term']!r} stand where a symbol and a GO term belong"
        raise InputError(path, problem, GET)
    negated = table["qualifier"].str.upper().str.split("|").map(lambda words: "NOT" in words)
    kept = table[~negated & (table["evidence"] != NO_DATA)]
    if kept.empty:
        raise InputError(path, "holds no annotation", GET)
    return kept[["symbol", "term"]].drop_duplicates(ignore_index=True)


def _skip_header(path, file) -> None:
    """Read up to the first annotation. The first line must give the version of the format."""
    first = file.readline(200)
    if not first.startswith(b"!gaf-version"):
        raise InputError(path, f"line 1: {first[:40]!r}, where '!gaf-version' is expected", f"expected GAF; {GET}")
    while file.peek(1)[:1] == b"!":
        file.readline()


def read_terms(path: Path | str) -> GODag:
    """Read the graph of terms with its ``part_of`` relations; raises InputError for a file that is not OBO."""
    with Path(path).open("rb") as file:
        first = file.readline(200)
    if not first.startswith(b"format-version:"):
        raise InputError(path, f"line 1: {first[:40]!r}, where 'format-version:' is expected", f"expected OBO; {GET}")
    try:
        terms = GODag(str(path), optional_attrs={"relationship"}, prt=None)
    except (AssertionError, KeyError, IndexError, UnicodeDecodeError) as error:
        raise InputError(path, f"cannot be read as a graph of terms ({error!r}; cut off?)", GET) from error
    if not terms:
        raise InputError(path, "holds no term", GET)
    return terms


def propagated(annotations: pd.DataFrame, terms: GODag) -> dict[str, GeneSet]:
    """The genes of every term, those of its descendants included; terms that the graph lacks are left out.

    annotations : columns ``symbol``, ``term``; an alternative identifier counts as the main one.
    """
    by_gene = {symbol: set(group) for symbol, group in annotations.groupby("symbol")["term"]}
    current, _, _ = clean_anno(by_gene, terms, prt=None)
    update_association(current, terms, relationships={"part_of"}, prt=None)
    members: dict[str, set[str]] = {}
    for symbol, found in current.items():
        for term in found:
            members.setdefault(term, set()).add(symbol)
    return {term: GeneSet(terms[term].name, frozenset(genes)) for term, genes in members.items()}
