"""The fly brain's claims, and what its figures are drawn from."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from fly_brain.claims import at, controls, correlations, gene_claims, overlap_claims, umap_claims
from fly_brain.figures.figure3_cost import gain_rows, overlap_rows, placed, places_of
from fly_brain.figures.panels import age_colours, in_words, summary
from fly_brain.methods.table import label_of


def pseudotime_table():
    rows = [
        ("rna", "age", "age", np.nan, 0.1), ("rna", "age", "age", np.nan, 0.3), ("rna", "age", "age", np.nan, 0.2),
        ("rna", "age", "shuffle_0", np.nan, 0.0), ("schema", "age", "age", 0.999, 0.4),
        ("schema", "age", "age", 0.99, 0.5), ("schema", "shuffle_0", "age", 0.99, 0.7),
        ("schema", "shuffle_0", "shuffle_0", 0.99, 0.05), ("cca", "age", "age", np.nan, 0.06),
        ("depth", "age", "age", np.nan, 0.53), ("linear fit", "age", "age", np.nan, 0.8),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["method", "ages", "target", "min_correlation", "rho"])
    return table.assign(partial_rho=table["rho"] - 0.05, scaled_rho=table["rho"] + 0.5, unscaled=2)


def test_claims_are_medians_over_roots_of_true_ages():
    table = pd.DataFrame(correlations(pseudotime_table(), "v")).set_index("scaling")
    assert table.loc["all components", "ours"].tolist() == pytest.approx([0.7, 0.9, 1.0, 0.56])
    assert "leaves 2 of them unscaled" in table.loc["all components", "reason"].iloc[0]
    rows = {row["id"]: row for row in table.loc["scanpy"].to_dict("records")}
    ours = {name: row["ours"] for name, row in rows.items()}
    assert ours == pytest.approx(
        {"dpt.original": 0.2, "dpt.schema_0.999": 0.4, "dpt.schema_0.99": 0.5, "dpt.cca": 0.06}
    )
    assert [rows["dpt.original"][key] for key in ("low", "high", "n", "over")] == [0.1, 0.3, 3, "roots"]
    assert "with the molecules of a cell held fixed 0.150" in rows["dpt.original"]["reason"]


def test_controls_are_baselines_and_true_age_under_weights_of_shuffled_ages():
    rows = {(row["id"], row.get("scaling", "")): row for row in controls(pseudotime_table(), "v")}
    assert rows["control.depth", ""]["ours"] == 0.53
    assert rows["control.linear_fit", ""]["ours"] == 0.8
    assert rows["control.shuffled_0.99", "scanpy"]["ours"] == pytest.approx(0.7)
    assert rows["control.shuffled_0.99", "all components"]["ours"] == pytest.approx(1.2)
    assert ("control.shuffled_0.999", "scanpy") not in rows  # no shuffle of it in the table


def test_an_embedding_that_is_ordered_by_age_tells_it_and_a_random_one_does_not():
    rng = np.random.default_rng(0)
    age = rng.choice([0, 3, 30], 200)
    parts = []
    for method, s, noise in (("rna", np.nan, 9.0), ("schema", 0.999, 3.0), ("schema", 0.99, 1.0), ("schema", 0.9, 0.1)):
        x, y = age / 10 + noise * rng.normal(size=200), rng.normal(size=200)
        parts.append(pd.DataFrame({"method": method, "min_correlation": s, "x": x, "y": y, "age": age}))
    rows = {row["id"]: row for row in umap_claims(pd.concat(parts))}
    assert rows["umap.age_0.99"]["low"] > 0.4 > rows["control.umap_original"]["high"]
    assert rows["control.umap_shuffled"]["high"] < 0.1
    assert rows["umap.age_with_distortion"]["low"] > 0.9
    assert rows["fly.ages"]["ours"] == "0, 3, 30"
    assert "umap.age_cca" not in rows


def test_an_s_that_was_not_run_has_no_value():
    table = pseudotime_table()
    rows = list(correlations(table[table["min_correlation"] != 0.999], "v"))
    assert "dpt.schema_0.999" not in {row["id"] for row in rows}
    assert at(table, "schema", 0.99)["rho"].tolist() == [0.5]


def test_overlap_claim_is_the_worst_of_the_papers_ages():
    ages = ["age", "equal weights", "shuffle_0", "shuffle_1"]
    by_day = {0: 0.9, 1: 1e-3, 30: 1e-9, 50: 1e-5}
    rows = [(name, day, 50, q * (i + 1)) for i, name in enumerate(ages) for day, q in by_day.items()]
    table = pd.DataFrame(rows, columns=["ages", "age", "top", "q"])
    ours = {row["id"]: row["ours"] for row in overlap_claims(table)}
    assert list(ours.values()) == pytest.approx([1e-3, 2e-3, 3.5e-3])


def test_gene_claims_name_ours_and_the_papers():
    profile = pd.DataFrame({"symbol": ["A", "B", "C"], "late_minus_early": [-2.0, -1.0, 1.5]})
    ranking = pd.DataFrame({"ages": "age", "symbol": ["C", "A", "B", "D"], "rank": [1, 2, 3, 4]})
    printed = {"fly.early_genes": ["A", "D", "X"], "fly.late_genes": ["Y"]}
    rows = {row["id"]: row for row in gene_claims(profile, ranking, printed)}
    assert rows["fly.early_genes"]["ours"] == "A, B"
    assert rows["fly.late_genes"]["ours"] == "C"
    assert "A is 2., D is 4., X is absent" in rows["fly.early_genes"]["reason"]
    nobody = gene_claims(profile.iloc[:2], ranking, printed)
    assert [row["ours"] for row in nobody] == ["A, B", "none"]


# figures


def test_ages_are_coloured_by_rank():
    ranks, colours = age_colours(np.array([50, 0, 3, 0]))
    assert ranks == {0: 0, 3: 1, 50: 2}
    assert colours.N == 3


def test_titles_say_what_is_drawn_and_how_sure_it_is():
    scores = summary(pseudotime_table())
    assert in_words(scores, "rna", np.nan) == "ρ = +0.20 (+0.10 to +0.30)"
    assert in_words(scores, "schema", 0.99) == "ρ = +0.50 (+0.50 to +0.50)"
    assert (label_of("rna", np.nan), label_of("schema", 0.999)) == ("RNA alone", "Schema, s = 0.999")


def test_a_small_negative_value_is_not_minus_nothing():
    table = pseudotime_table().assign(rho=[-0.001] * 11)
    assert in_words(summary(table), "cca", np.nan) == "ρ = +0.00 (+0.00 to +0.00)"


def test_controls_stand_apart_from_results():
    rows = gain_rows({"text": pseudotime_table()}).set_index(["series", "place"])["value"]
    assert rows["text", "0.99"] == 0.5
    assert rows["text, shuffled ages", "0.99"] == 0.05
    assert rows["text, shuffled ages", "RNA"] == 0.0
    assert rows["text, true age, shuffled weights", "0.99"] == 0.7
    assert rows["text, depth"].item() == 0.53


def test_the_axis_runs_from_rna_over_falling_s_to_cca():
    assert places_of(pd.Series([0.5, np.nan, 0.9999, 0.9])) == ["RNA", "0.9999", "0.9", "0.5", "CCA"]
    table = pd.DataFrame(
        {"method": ["rna", "schema", "cca", "depth"], "min_correlation": [np.nan, 0.9, np.nan, np.nan]}
    )
    assert placed(table).fillna("").tolist() == ["RNA", "0.9", "CCA", ""]


def test_overlap_is_drawn_against_chance():
    table = pd.DataFrame(
        {"ages": ["age", "shuffle_0", "shuffle_1"], "age": 30, "top": 50, "share": 0.1, "shared": [20, 5, 10]}
    )
    rows = overlap_rows(table).set_index("series")
    assert rows.loc["age", "value"] == pytest.approx(4)
    assert (rows.loc["shuffled ages", "low"], rows.loc["shuffled ages", "high"]) == pytest.approx((1, 2))
    plt.close("all")
