"""Gene sets from an ontology: what is read of OBO and GAF files, and which genes a term has."""

import gzip

import numpy as np
import pandas as pd
import pytest
from goatools.anno.update_association import clean_anno, update_association
from goatools.obo_parser import GODag
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.gmt import BRANCHES, GeneSet, read_gmt, write_gmt
from gene_sets.ontology import propagated, read_annotations, read_terms
from gene_sets.simulate import draw_sets, simulate
from running import InputError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    simulate(folder, genes=1000, seed=1)
    return folder


def test_an_ontology_gives_the_sets_that_it_was_written_from(folder):
    ontology = folder / "gene_ontology"
    found = propagated(read_annotations(ontology / "mgi.gaf.gz"), read_terms(ontology / "go-basic.obo"))
    planted = draw_sets(1000, np.random.default_rng([1, 9]))
    assert {term: found[term] for term in planted} == planted
    # beside them the root and the parts; not the obsolete term, nor the NOT annotations
    assert found.keys() - planted.keys() == {"GO:0008150", *(f"GO:{9_200_001 + block}" for block in range(40))}
    assert len(found["GO:0008150"].genes) == 1000
    assert all(len(found[f"GO:{9_200_001 + block}"].genes) == 5 for block in range(40))


def test_alternative_identifiers_and_missing_data(tmp_path):
    (tmp_path / "go.obo").write_text(
        "format-version: 1.2\n\n[Term]\nid: GO:0000001\nname: new\nnamespace: biological_process\nalt_id: GO:0000009\n"
    )
    line = "MGI\tMGI:1\t{}\t{}\tGO:0000009\tr\t{}\t\tP\tit's 5'-end\t\tgene\ttaxon:10090\t20200601\tMGI\t\t\n"
    lines = [line.format("Abc", "", "IDA"), line.format("Abd", "", "ND"), line.format("Abe", "NOT|part_of", "IDA")]
    (tmp_path / "go.gaf").write_text("!gaf-version: 2.1\n" + "".join([*lines, lines[0]]))
    found = propagated(read_annotations(tmp_path / "go.gaf"), read_terms(tmp_path / "go.obo"))
    assert found == {"GO:0000001": GeneSet("new", frozenset({"Abc"}), "biological_process")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: b"<html>no</html>", "line 1: a page of HTML"),
        (lambda content: gzip.compress(b""), "line 1: '', where '!gaf-version'"),
        (lambda content: content[: len(content) // 2], "the gzip is cut off"),
        (lambda content: gzip.compress(b"!gaf-version: 2.1\n!\n"), "the file is empty"),
        (lambda content: gzip.compress(b"!gaf-version: 2.1\na\tb\tc\n"), "row 2: 3 fields, where 15 are due"),
        (
            lambda content: b"!gaf-version: 2.1\n" + b"\t".join([b"x"] * 17),
            "row 2, column 'term': 'x' is not a GO term",
        ),
    ],
)
def test_broken_annotations_are_one_line(folder, tmp_path, change, words):
    path = tmp_path / "mgi.gaf.gz"
    path.write_bytes(change((folder / "gene_ontology" / "mgi.gaf.gz").read_bytes()))
    with pytest.raises(InputError) as error:
        read_annotations(path)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def obo(*terms):
    """An OBO file of terms: a number, and further lines."""
    return "format-version: 1.2\n" + "".join(
        "\n".join(["\n[Term]", f"id: GO:{number:07d}", f"name: t{number}", *lines, ""]) for number, *lines in terms
    )


BROKEN = {
    "no term": (obo(), "holds no term"),
    "only old terms": (obo((1, "is_obsolete: true")), "holds no term"),
    "no header": ("[Term]\nid: GO:0000001\n", "line 1: '[Term]', where 'format-version:' is due"),
    "a parent that is not there": (
        obo((1, "is_a: GO:0000002")),
        "line 3: GO:0000001 is below GO:0000002, which is not",
    ),
    "an obsolete parent": (obo((1, "is_a: GO:0000002"), (2, "is_obsolete: true")), "GO:0000002, which is not there"),
    "cut off inside": (obo((1,), (2, "is_a: GO:0000"))[:-1], "is below GO:0000, which is not there (cut off?)"),
    "cut off before a parent": (obo((1,), (2, "is_a:")), "which is not there (cut off?)"),
    "no identifier": (obo((1,)).replace("id: GO:0000001\n", ""), "line 3: a term with 0 identifiers"),
    "two in one": (
        obo((1,), (2,)).replace("\n[Term]\nid: GO:0000002", "id: GO:0000002"),
        "line 3: a term with 2 identifiers",
    ),
    "twice": (obo((1,), (1,)), "lines 3 and 7: the term GO:0000001 stands twice"),
    "a circle of is_a": (
        obo((1, "is_a: GO:0000003"), (2, "is_a: GO:0000001"), (3, "is_a: GO:0000002")),
        "is_a and part_of lead in a circle: GO:000000",
    ),
    "a circle of both": (
        obo((1, "relationship: part_of GO:0000002 ! t2"), (2, "is_a: GO:0000001 ! t1"), (3,)),
        "lead in a circle: GO:0000001 above GO:0000002 above GO:0000001",
    ),
    "its own parent": (obo((1, "is_a: GO:0000001")), "lead in a circle: GO:0000001 above GO:0000001"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_ontology_is_one_line(tmp_path, content, words):
    (tmp_path / "go.obo").write_text(content)
    with pytest.raises(InputError) as error:
        read_terms(tmp_path / "go.obo")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_relations_other_than_part_of_make_no_circle(tmp_path):
    text = obo((1, "relationship: regulates GO:0000002"), (2, "is_a: GO:0000001 {source=x} ! t1"))
    (tmp_path / "go.obo").write_text(text)
    assert read_terms(tmp_path / "go.obo").above == {"GO:0000001": set(), "GO:0000002": {"GO:0000001"}}


def test_terms_know_their_branch_and_keep_it_in_a_file(tmp_path):
    text = obo(*((i, f"namespace: {branch}") for i, branch in enumerate([*BRANCHES, "external"], start=1)))
    (tmp_path / "go.obo").write_text(text)
    symbols = pd.DataFrame({"symbol": list("abcd"), "term": [f"GO:000000{i}" for i in range(1, 5)]})
    write_gmt(propagated(symbols, read_terms(tmp_path / "go.obo")), tmp_path / "go.gmt")
    assert [one.branch for one in read_gmt(tmp_path / "go.gmt").values()] == [*BRANCHES, ""]


def test_annotations_to_terms_that_the_graph_lacks_are_counted(tmp_path, caplog):
    (tmp_path / "go.obo").write_text(obo((1,)))
    annotations = pd.DataFrame({"symbol": ["a", "b"], "term": ["GO:0000001", "GO:0000007"]})
    assert propagated(annotations, read_terms(tmp_path / "go.obo")) == {"GO:0000001": GeneSet("t1", frozenset("a"))}
    assert "1 of 2 annotations are to terms that the graph lacks" in caplog.text


@pytest.mark.parametrize("fields", [15, 16, 17])
def test_the_last_columns_of_annotations_may_be_left_out(tmp_path, fields):
    after_evidence = "- P n - gene taxon:10090 20200601 MGI x y"
    row = f"MGI id nan - GO:0000001 r IDA {after_evidence}".split()[:fields]
    (tmp_path / "go.gaf").write_text("!\n!gaf-version: 2.1\n" + 2 * ("\t".join(row) + "\n"))
    assert read_annotations(tmp_path / "go.gaf").to_dict("list") == {"symbol": ["nan"], "term": ["GO:0000001"]}


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_genes_of_a_term_are_those_that_goatools_finds(tmp_path_factory, seed):
    """A random graph: is_a, part_of and other relations upwards, old identifiers, obsolete terms."""
    rng = np.random.default_rng(seed)
    terms = []
    for number in range(1, 30):
        kinds = ["is_a: ", "relationship: part_of ", "relationship: regulates "]
        above = [one for one in rng.integers(1, max(number, 2), 3) if one < number and one % 7]
        terms.append((number, *(rng.choice(kinds) + f"GO:{one:07d} ! t{one}" for one in sorted(set(above)))))
        terms[-1] += ("is_obsolete: true",) if number % 7 == 0 else (f"alt_id: GO:{number + 500:07d}",)
    path = tmp_path_factory.mktemp("obo") / "go.obo"
    path.write_text(obo(*terms))
    chosen = [one for one in rng.integers(1, 30, 40) if one % 7]
    annotations = pd.DataFrame(
        {
            "symbol": [f"g{i % 9}" for i in range(len(chosen))],
            "term": [f"GO:{one + 500 * (i % 2):07d}" for i, one in enumerate(chosen)],
        }
    )
    graph = GODag(str(path), optional_attrs={"relationship"}, prt=None)
    by_gene, _, _ = clean_anno(annotations.groupby("symbol")["term"].agg(set).to_dict(), graph, prt=None)
    update_association(by_gene, graph, relationships={"part_of"}, prt=None)
    theirs = {term: {gene for gene, found in by_gene.items() if term in found} for term in set.union(*by_gene.values())}
    ours = propagated(annotations, read_terms(path))
    assert {term: one.genes for term, one in ours.items()} == theirs
