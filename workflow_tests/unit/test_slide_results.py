"""A baseline that fails, figures and claims that say so, gene sets of top genes, and Table S1."""

import json

import anndata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from slide_seq_files import GENE_NAMES, genes_table

from formats.gmt import GeneSet
from plotting import house_style
from running.fresh_process import baseline, read_status
from running.usage import Usage
from slide_seq import claims as slide_claims
from slide_seq.agreement import agreement
from slide_seq.enrichment import enriched, shares, top_genes
from slide_seq.figures.figure4 import draw as draw_figure4
from slide_seq.figures.tissue import bead_table
from slide_seq.ranking import ranking
from slide_seq.robustness import failures, method_order, robustness_rows
from slide_seq.scores import all_pairs, mean_rankings, read_rankings

NAMES = {"1": "dentate granule", "2": "CA pyramidal", "6": "oligodendrocyte"}


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    """Three pucks with rankings of Schema and of one baseline that fails everywhere."""
    folder, rng = tmp_path_factory.mktemp("pucks"), np.random.default_rng(4)
    pucks, paths, statuses = ["180001_1", "180001_2", "180001_3"], [], []
    common = rng.normal(size=len(GENE_NAMES))
    for puck in pucks:
        place = folder / puck / "rankings"
        place.mkdir(parents=True)
        score = common + rng.normal(0, 0.5, len(GENE_NAMES))
        tables = [
            ranking(
                GENE_NAMES, score if positions == "observed" else rng.permutation(score), method=m, positions=positions
            )
            for m in ("schema", "cca", "equal_weights")
            for positions in ("observed", "shuffled")
        ]
        pd.concat(tables).to_parquet(place / "schema.parquet", index=False)
        baseline("slide_seq.no_such_module:rank", place / "spatialde.parquet", place / "spatialde.json", threads=1)
        paths += [str(place / "schema.parquet"), str(place / "spatialde.parquet")]
        statuses.append(str(place / "spatialde.json"))
    return pucks, paths, statuses


def test_a_baseline_that_fails_is_a_result(small_run):
    pucks, paths, statuses = small_run
    assert read_status(statuses[0]).failed
    rankings, methods = read_rankings(paths, statuses, pucks)
    assert set(rankings["method"]) == {"schema", "cca", "equal_weights"}
    assert failures(methods) == {"spatialde": "ModuleNotFoundError: No module named 'slide_seq.no_such_module'"}
    table = genes_table(pucks)
    pairs = pd.DataFrame(all_pairs(pd.concat([rankings, mean_rankings(table)]), table, 100))
    subsets = {method: {"beads": 10, "genes": 100} for method in ("spatialde", "trendsceek")}
    rows = (
        pd.DataFrame(agreement(pairs, methods, 100, subsets))
        .query("given == 'nothing'")
        .set_index(["id", "genes"])
        .sort_index()
    )
    failed = rows.loc[("robust.spatialde", "all")].squeeze()
    assert failed["ours"] == ""
    assert failed["ranking"] == "granule cells"  # the paper's, so that the ledger gives the reason
    assert failed["reason"].startswith("failed: ModuleNotFoundError")
    assert "not among the methods" in rows.loc[("robust.trendsceek", "all")].squeeze()["reason"]
    schema = rows.query("solver == 'exact'").loc[("robust.schema", "all")].squeeze()
    expected = pairs.query("method == 'schema' and positions == 'observed' and genes == 'all'")["rho"]
    assert schema[["ours", "low", "high", "n"]].tolist() == [expected.median(), expected.min(), expected.max(), 3]


def test_the_failure_is_written_in_the_figure(small_run):
    pucks, paths, statuses = small_run
    rankings, methods = read_rankings(paths, statuses, pucks)
    table = genes_table(pucks)
    pairs = pd.DataFrame(all_pairs(pd.concat([rankings, mean_rankings(table)]), table, 100))
    rng, n = np.random.default_rng(5), 200
    obs = pd.DataFrame({"x_observed": rng.uniform(0, 9, n), "y_observed": rng.uniform(0, 9, n)})
    obs = obs.assign(cluster=rng.choice([1, 2, 3, 4, 6, 7], n), density_observed=rng.uniform(0, 20, n))
    obs = obs.assign(granule=obs["cluster"] == 1).set_axis([f"b{i}" for i in range(n)])
    beads = bead_table(anndata.AnnData(sparse.csr_matrix((n, 2)), obs=obs), pd.Series(np.arange(n), obs.index), NAMES)
    assert (beads["group"].str.endswith("high")).sum() == n // 4
    assert set(beads["type"]) == {*NAMES.values(), "other"}
    rows = robustness_rows(pairs, {"robust.schema": 0.68})
    assert method_order(rows, failures(methods)) == ["schema", "cca", "spatialde", "equal_weights", "mean_expression"]
    assert rows.query("series == 'paper'")["value"].tolist() == [0.68]
    with house_style():
        figure = draw_figure4(beads, rows, failures(methods), with_paper=True)
        written = [text.get_text() for text in figure.findobj(plt.Text)]
    assert not any("Purkinje" in text for text in written)
    assert all(any(text.startswith(f"{name}\nn = ") for text in written) for name in NAMES.values())
    assert any(text.startswith("failed:\nModuleNotFoundError") or "failed: " in text for text in written)


def test_gene_sets_of_top_genes_and_their_shares():
    sets = {
        "GO:1": GeneSet("planted", frozenset(GENE_NAMES[:20])),
        "GO:2": GeneSet("not", frozenset(GENE_NAMES[100:130]), "biological_process"),
        "GO:3": GeneSet("named, but no process", frozenset(GENE_NAMES[:20]), "molecular_function"),
    }
    tables = []
    for puck in "abc":
        score = np.arange(300)[::-1].astype(float)
        if puck == "c":  # the planted genes are not on top here
            score[:20] = -1
        tables.append(ranking(GENE_NAMES, score, method="schema", positions="observed").assign(puck=puck))
    rankings = pd.concat(tables)
    terms = pd.concat(enriched(rankings, {"go": sets}, [20], ["schema", "absent"], {"min_size": 10, "max_size": 500}))
    q = terms.query("term == 'GO:1'").set_index("puck")["q"]
    assert q["a"] < 1e-20
    assert "c" not in q.index or q["c"] > 0.5
    row = shares(terms, [0.001], 3).iloc[0]
    assert row[["any", "two", "three"]].tolist() == [1, 1, 0]
    assert row[["share_2of3", "share_3of3"]].tolist() == [1, 0]
    nothing = shares(terms, [1e-90], 3).iloc[0]
    assert nothing["any"] == 0
    assert np.isnan(nothing["share_3of3"])


def test_ties_among_top_genes_are_broken_by_name():
    table = pd.DataFrame({"gene": ["c", "a", "b", "d"], "score": [1.0, 1.0, np.nan, 2.0]})
    assert top_genes(table, 2) == ["d", "a"]


def test_named_terms_are_found_by_identifier_and_absent_ones_said_to_be():
    terms = pd.DataFrame(
        {
            "method": "schema",
            "puck": ["a", "b", "a", "a"],
            "top": 50,
            "library": ["go", "go", "reactome", "reactome"],
            "term": ["GO:0022853", "GO:0022853", "REACTOME_ION_CHANNEL_TRANSPORT", "REACTOME_OTHER_ION_CHANNEL"],
            "q": [0.01, 0.03, 0.2, 1e-9],
            "overlap": [3, 4, 2, 9],
        }
    )
    known = {"go": {"GO:0022853"}, "reactome": {"REACTOME_ION_CHANNEL_TRANSPORT", "REACTOME_OTHER_ION_CHANNEL"}}
    rows = {row["id"]: row for row in slide_claims.named_terms(terms, known, ["a", "b", "c"], [50], 100)}
    assert rows["go.ion_transport"]["ours"] == 0.03  # the third puck shares no gene: q = 1
    assert rows["go.electron_transfer"]["ours"] == ""
    assert rows["go.electron_transfer"]["reason"] == "GO:0009055 is not among the 1 gene sets at hand"
    assert rows["reactome.ion_channel"]["ours"] == 1
    assert rows["reactome.ion_channel"]["reason"].startswith("2, 0, 0 genes shared")
    assert rows["reactome.ion_channel"]["low"] == 0.2


def test_table_s1_adds_times_of_a_puck_and_takes_the_largest_memory(tmp_path):
    used = {"1/read": Usage(60, 50, 500), "1/schema": Usage(120, 100, 2000), "2/read": Usage(12, 9, 300)}
    for name, one in used.items():
        path = tmp_path / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(one._asdict()))
    files = [str(tmp_path / f"{name}.json") for name in used]
    time, memory = slide_claims.scale(files, ["1", "2"], ["read", "schema"])
    assert (time["id"], memory["id"]) == ("scale.time", "scale.memory")
    assert [time[key] for key in ("low", "high", "n", "over")] == pytest.approx([0.2, 3, 2, "pucks"])
    assert [memory[key] for key in ("low", "high")] == [0.3, 2]
    assert time["reason"] == "read, schema; on observed and on shuffled positions"
