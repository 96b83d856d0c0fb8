"""The demo of Figure 4: what was planted is found, controls do what controls must, and no method is missing."""

import json

import pandas as pd
import pytest

METHODS = ["schema", "cca", "schema_learn", "spatialde", "trendsceek", "morans_i", "spark_x"]


@pytest.fixture(scope="module")
def part(demo_run):
    return demo_run / "slide_seq"


@pytest.fixture(scope="module")
def rankings(part):
    return pd.read_parquet(part / "rankings.parquet")


@pytest.fixture(scope="module")
def median(part):
    pairs = pd.read_csv(part / "pairs.tsv", sep="\t")
    return pairs.groupby(["method", "positions", "kind", "genes"])["rho"].median()


@pytest.fixture(scope="module")
def programs(demo_run):
    return json.loads((demo_run / "sources" / "slide_seq" / "truth.json").read_text())["programs"]


def test_every_method_ran_on_every_puck(part):
    methods = pd.read_csv(part / "methods.tsv", sep="\t", keep_default_na=False)
    assert (methods["state"] == "done").all(), methods.to_string()
    assert methods.groupby("method").size().to_dict() == dict.fromkeys(METHODS, 3)


@pytest.mark.parametrize("method", ["schema", "schema_10", "schema_learn", "cca"])
def test_genes_of_dense_granule_cells_are_on_top(rankings, programs, method):
    """Planted: 25 genes of dense granule cells, 25 of all granule cells, 25 of all dense places, among 600 genes."""
    chosen = rankings.query("method == @method and positions == 'observed' and kind == 'final'")
    for _, rows in chosen.groupby("puck"):
        top = set(rows.nlargest(50, "score")["gene"])
        assert len(top & set(programs["dense granule"])) >= 10  # 2 by chance
        assert len(top & set(programs["sparse granule"])) <= 5
        assert len(top & set(programs["cluster 6"])) <= 2


@pytest.mark.parametrize("method", ["morans_i", "spark_x"])
def test_what_varies_in_granule_cells_alone_is_on_top(rankings, programs, method):
    """The final ranking is a difference: genes of all dense places vary in both groups and fall behind."""
    scores = rankings.query("method == @method and positions == 'observed' and kind == 'final'")
    ranks = scores.groupby("puck")["score"].rank(pct=True).groupby(scores["gene"]).mean()
    assert ranks[programs["dense granule"]].mean() > 0.6
    assert ranks[programs["dense granule"]].mean() > ranks[programs["dense"]].mean() + 0.1


@pytest.mark.parametrize("method", ["trendsceek", "morans_i", "spark_x"])
def test_shuffled_positions_take_the_agreement_away(median, method):
    observed, shuffled = (median[method, positions, "granule", "all"] for positions in ("observed", "shuffled"))
    assert observed > shuffled + 0.05
    assert abs(shuffled) < 0.2


def test_controls_that_do_not_see_positions_are_the_same_twice(median):
    for method in ("granule_only", "equal_weights", "mean_expression"):
        assert median[method, "observed", "final", "all"] == median[method, "shuffled", "final", "all"]
    assert median["mean_expression", "observed", "final", "all"] > 0.9  # pucks of one tissue


def test_the_planted_block_is_an_enriched_term_in_all_pucks(part):
    terms = pd.read_csv(part / "terms.tsv", sep="\t")
    planted = terms.query("method == 'schema' and top == 100 and library == 'go' and term == 'GO:9000001'")
    assert planted["puck"].nunique() == 3
    assert (planted["q"] < 1e-3).all()
    random_sets = terms.query("library == 'go' and term >= 'GO:9100001' and term < 'GO:9200000'")
    assert (random_sets["q"] < 0.001).mean() < 0.02


def test_the_largest_correlation_is_reached_and_kept(part):
    for path in part.glob("*/schema_runs.tsv"):
        runs = pd.read_csv(path, sep="\t")
        assert (runs["reached"] >= runs["share"] * runs["largest_correlation"] - 1e-6).all()
        at_the_top = runs[runs["share"] == 1]
        assert (at_the_top["reached"] - at_the_top["largest_correlation"]).abs().max() < 1e-6
