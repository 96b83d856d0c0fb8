"""Gene sets: the GMT format, sets made from an ontology, and the test of enrichment."""

import gseapy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom

from evaluation.enrichment import enrich
from formats.gmt import BRANCHES, GeneSet, of_branch, of_size, read_gmt, write_gmt
from gene_sets.simulate import BLOCK, gene_names, simulate
from running import InputError

WORDS = st.text("abcXYZ019:_-", min_size=1, max_size=6)
GENES = gene_names(1000)
LIMITS = {"min_size": 10, "max_size": 500}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    simulate(folder, genes=1000, seed=1)
    return folder


@settings(deadline=None)
@given(
    st.dictionaries(
        WORDS, st.tuples(WORDS, st.frozensets(WORDS, min_size=1), st.sampled_from(["", *BRANCHES])), min_size=1
    )
)
def test_gmt_round_trip(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("gmt") / "sets.gmt"
    sets = {term: GeneSet(*one) for term, one in content.items()}
    write_gmt(sets, path)
    assert read_gmt(path) == sets


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no gene set in it"),
        (b"<!DOCTYPE html><html>\n", "line 1: a page of HTML or XML ('<!DOCTYPE html><html>')"),
        (b"A\tname\tx\ty\nB\tname\n", "line 2: not an identifier"),
        (b"A\tname\tx\n\tname\tx\n", "line 2: not an identifier"),
        (b"A\tname\tx\nA\tother\ty\n", "line 2: the set 'A' is there already"),
        (b"A\tname\tx\ny\xff", "line 2: byte 2 (0xff) is not text in UTF-8"),
    ],
)
def test_what_is_no_gmt_is_one_line(tmp_path, content, words):
    path = tmp_path / "sets.gmt"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_gmt(path)
    assert str(error.value).startswith(f"{path}: {words}")
    assert "\n" not in str(error.value)


def test_sets_are_cut_to_what_was_measured_before_they_are_sized():
    sets = {"A": GeneSet("a", frozenset("uvwx")), "B": GeneSet("b", frozenset("xyz"))}
    assert of_size(sets, 2, 3, among="vwxq") == {"A": GeneSet("a", frozenset("vwx"))}
    assert list(of_size(sets, 4, 9)) == ["A"]


def test_one_branch_of_the_ontology_and_what_is_named_beside_it():
    sets = {branch or "unknown": GeneSet("", frozenset("x"), branch) for branch in ["", *BRANCHES]}
    assert list(of_branch(sets, BRANCHES[0])) == ["unknown", BRANCHES[0]]
    assert list(of_branch(sets, BRANCHES[0], [BRANCHES[1]])) == ["unknown", *BRANCHES[:2]]


def random_problem(seed, terms=40, genes=300, chosen=30):
    rng = np.random.default_rng(seed)
    names = gene_names(genes)
    sizes = rng.integers(10, 60, terms)
    sets = {f"T{i:02d}": GeneSet(f"set {i}", frozenset(rng.choice(names, size))) for i, size in enumerate(sizes)}
    return rng.choice(names, chosen, replace=False).tolist(), names, sets


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_p_is_fishers_and_q_is_benjamini_hochbergs_over_every_set(seed):
    genes, background, sets = random_problem(seed)
    table = enrich(genes, background, sets, min_size=1, max_size=500)
    assert len(table) == len(sets)
    for row in table.itertuples():
        inside = sets[row.term].genes
        both = len(inside & set(genes))
        assert (row.overlap, row.size) == (both, len(inside))
        four = [[both, len(inside) - both], [len(genes) - both, len(background) - len(inside) - len(genes) + both]]
        assert row.p == pytest.approx(fisher_exact(four, alternative="greater").pvalue, rel=1e-9)
    steps = table["p"] * len(table) / np.arange(1, len(table) + 1)
    np.testing.assert_allclose(table["q"], steps[::-1].cummin()[::-1].clip(upper=1), rtol=1e-12)


def test_gseapy_gives_the_same_p_but_corrects_for_the_sets_with_overlap_only():
    genes, background, sets = random_problem(3, terms=60, chosen=6)
    ours = enrich(genes, background, sets, min_size=1, max_size=500).set_index("term")
    plain = {term: list(one.genes) for term, one in sets.items()}
    theirs = gseapy.enrich(genes, plain, background=background, outdir=None).results.set_index("Term")
    assert (ours["overlap"] == 0).sum() == len(ours) - len(theirs) > 5
    np.testing.assert_allclose(theirs["P-value"], ours["p"][theirs.index], rtol=1e-9)
    best = theirs["P-value"].idxmin()
    assert theirs["Adjusted P-value"][best] < ours["q"][best]


def test_a_planted_block_comes_out_first_and_random_sets_do_not(folder):
    block = GENES[7 * BLOCK : 8 * BLOCK]
    gmt = folder / "reactome/m2.cp.reactome.v2024.1.Mm.symbols.gmt"
    table = enrich([*block[:15], *GENES[500:900:40]], GENES, gmt, **LIMITS)
    assert table["term"][0] == "REACTOME_SIMULATED_9000008"
    assert table["q"][0] < 1e-10
    assert table["q"][1] > 1e-3


def test_only_sets_of_the_asked_size_among_the_measured_are_tested():
    sets = {"small": GeneSet("", frozenset(GENES[:9])), "cut": GeneSet("", frozenset(GENES[90:600]))}
    sets |= {"right": GeneSet("", frozenset(GENES[:10])), "large": GeneSet("", frozenset(GENES[:501]))}
    table = enrich(GENES[:5], GENES, sets, **LIMITS)
    assert table["term"].tolist() == ["right"]
    assert enrich(GENES[:5], GENES[:550], sets, **LIMITS)["term"].tolist() == ["right", "cut"]


def test_named_sets_are_tested_whatever_their_size_and_count_among_the_tests():
    sets = {"small": GeneSet("", frozenset(GENES[:2])), "large": GeneSet("", frozenset(GENES[:600]), BRANCHES[0])}
    sets |= {"right": GeneSet("", frozenset(GENES[20:40])), "elsewhere": GeneSet("", frozenset({"Foreign"}))}
    named = ["small", "large", "elsewhere", "not there"]
    table = enrich(GENES[:5], GENES, sets, **LIMITS, named=named).set_index("term")
    assert set(table.index) == {"small", "large", "right"}  # no gene of "elsewhere" was measured
    assert table.loc["large", ["overlap", "size", "branch"]].tolist() == [5, 600, BRANCHES[0]]
    inside = hypergeom(len(GENES), 600, 5).pmf(5)
    assert table["p"]["large"] == pytest.approx(inside)
    assert table["q"]["large"] == pytest.approx(inside * 3 / 2)
    alone = enrich(GENES[:5], GENES, sets, **LIMITS)
    assert alone["term"].tolist() == ["right"]
    assert of_size(sets, 10, 500, named=named).keys() == sets.keys()


def test_a_gene_that_was_not_measured_and_foreign_symbols_are_refused():
    sets = {"A": GeneSet("", frozenset(GENES[:20]))}
    with pytest.raises(ValueError, match="'Gene0999' and perhaps others are not among the genes measured"):
        enrich(["Gene0999"], GENES[:100], sets, **LIMITS)
    with pytest.raises(InputError, match=r"none of 1 gene sets has 10 to 500 of the 2 genes measured; .*'TP53'"):
        enrich(["TP53"], ["TP53", "tp54"], sets, **LIMITS)


def test_same_arguments_same_bytes(folder, tmp_path):
    simulate(tmp_path, genes=1000, seed=1)
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert len(names) == 4
    assert all((folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)
