"""Genes of the fly brain: scores, overlap with differential genes, claims, and what the figures are drawn from."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from matplotlib import pyplot as plt
from scipy.sparse import csr_matrix

from fly_brain.claims import at, controls, correlations, gene_claims, overlap_claims, umap_claims
from fly_brain.figures.figure3_cost import gain_rows, overlap_rows, placed, places_of
from fly_brain.figures.panels import age_colours, in_words, summary
from fly_brain.genes import differential, late_minus_early, overlaps, profile_by_age, ranking_rows, up_weighted
from fly_brain.methods.table import label_of

SETTINGS = {"style": "softmax", "top": 4, "tested_top": 100, "q": 0.05}


def test_gain_is_what_the_weights_ask_for_beyond_equal_ones():
    loadings = np.array([[2.0, 4.0, 0.0], [2.0, 0.0, 1.0]])
    table = up_weighted(np.array([[2.0, 0.0]]), loadings, "softmax")
    share = np.exp(2) / (np.exp(2) + 1)
    assert table["score"].to_numpy() == pytest.approx([1, share, 1 - share])
    assert table["equal"].to_numpy() == pytest.approx([1, 0.5, 0.5])
    assert table["gain"].to_numpy() == pytest.approx([0, share - 0.5, 0.5 - share])


@pytest.mark.parametrize("style", ["softmax", "top-loading"])
def test_equal_weights_and_scale_change_nothing(style):
    rng = np.random.default_rng(0)
    loadings = rng.gamma(1, size=(4, 6))
    ours = up_weighted(np.array([[3.0, 0.5, 0.5, 0]]), loadings, style)
    scaled = up_weighted(np.array([[3.0, 0.5, 0.5, 0]]), loadings * rng.gamma(1, size=6), style)
    pd.testing.assert_frame_equal(ours, scaled)
    if style == "softmax":
        assert up_weighted(np.ones((2, 4)), loadings, style)["gain"].abs().max() < 1e-12


def test_the_ensemble_is_the_mean_of_its_members():
    loadings = np.random.default_rng(0).gamma(1, size=(3, 5))
    weights = np.array([[3.0, 0, 0], [1.0, 1.5, 0.5]])
    each = [up_weighted(w[None], loadings, "softmax")["score"] for w in weights]
    assert up_weighted(weights, loadings, "softmax")["score"].to_numpy() == pytest.approx(np.mean(each, axis=0))


def test_a_gene_in_no_factor_gains_nothing():
    assert up_weighted(np.array([[2.0, 0]]), np.array([[0.0, 1], [0, 1]]), "softmax").loc[0, "gain"] == 0


@pytest.fixture(scope="module")
def cells():
    """120 cells of three ages; g0 falls, g1 rises with age, the others do neither."""
    rng = np.random.default_rng(0)
    age = np.repeat([0, 3, 30], 40)
    X = rng.gamma(2, size=(120, 30))
    X[:, 0] += 5 * (age == 0)
    X[:, 1] += 5 * (age == 30)
    var = pd.DataFrame({"symbol": [f"g{i}" for i in range(30)]})
    return AnnData(csr_matrix(X), obs=pd.DataFrame({"age": age}, index=map(str, range(120))), var=var)


def test_profiles_are_standard_scores_over_ages(cells):
    profile = profile_by_age(cells, np.array([1, 0]))
    assert profile.index.tolist() == ["g1", "g0"]
    assert profile.columns.tolist() == [0, 3, 30]
    assert profile.mean(axis=1).to_numpy() == pytest.approx(0, abs=1e-9)
    assert profile.std(axis=1, ddof=0).to_numpy() == pytest.approx(1)
    difference = late_minus_early(profile, 0, 30)
    assert difference["g1"] > 1.5
    assert difference["g0"] < -1.5


def test_a_gene_that_never_changes_has_a_flat_profile():
    flat = AnnData(csr_matrix(np.ones((4, 1))), obs=pd.DataFrame({"age": [0, 0, 3, 3]}, index=list("abcd")))
    flat.var["symbol"] = ["g"]
    assert profile_by_age(flat, np.array([0])).to_numpy().tolist() == [[0, 0]]


@pytest.mark.parametrize("test", ["t-test", "wilcoxon"])
def test_planted_genes_are_differential_at_their_ages(cells, test):
    tests = differential(cells, test)
    assert tests.groupby("age").size().to_dict() == {0: 30, 3: 30, 30: 30}
    first = tests.sort_values("p").groupby("age")["gene"].first()
    assert (first[0], first[30]) == (0, 1)
    assert tests.query("age == 30 and gene == 1")["change"].item() > 0


def test_overlap_is_the_binomial_tail(cells):
    tests = pd.DataFrame({"age": [0] * 10, "gene": range(10), "scores": range(10, 0, -1), "q": [0.01] * 5 + [0.5] * 5})
    (row,) = overlaps(np.array([0, 1, 9, 8, 7]), tests, 10, SETTINGS)
    assert (row["top"], row["differential"], row["shared"], row["share"]) == (4, 5, 2, 0.5)
    assert row["p"] == pytest.approx(11 / 16)
    assert row["q"] == pytest.approx(11 / 16)


def test_overlap_takes_the_largest_scores_of_either_sign_and_no_gene_twice():
    tests = pd.DataFrame({"age": [0] * 4, "gene": range(4), "scores": [-9, 8, 1, 2], "q": [0.01] * 4})
    (row,) = overlaps(np.array([0, 1, 2, 3]), tests, 4, SETTINGS | {"tested_top": 2, "top": 2})
    assert (row["differential"], row["shared"]) == (2, 2)


def test_no_differential_gene_gives_p_1():
    tests = pd.DataFrame({"age": [0] * 4, "gene": range(4), "scores": [1] * 4, "q": [0.9] * 4})
    (row,) = overlaps(np.array([0, 1, 2, 3]), tests, 4, SETTINGS)
    assert (row["differential"], row["p"]) == (0, 1.0)


def test_rankings_of_true_shuffled_and_equal_weights(cells):
    loadings = np.zeros((3, 30))
    loadings[0, 0] = loadings[1, 1] = 1
    loadings[2, 2:] = 1
    factors = AnnData(np.zeros((3, 3)), varm={"loadings": loadings})
    rows = [("age", 0, 2.0), ("age", 1, 0.9), ("age", 2, 0.1)]
    rows += [("shuffle_0", 0, 0.1), ("shuffle_0", 1, 0.9), ("shuffle_0", 2, 2.0)]
    weights = pd.DataFrame(rows, columns=["ages", "factor", "weight"]).assign(min_correlation=0.9)
    table = pd.concat(ranking_rows(cells, factors, weights, SETTINGS))
    best = table[table["rank"] == 1].set_index("ages")["symbol"]
    assert best["age"] == "g0"
    assert best["shuffle_0"] == "g2"
    assert set(best.index) == {"age", "equal weights", "shuffle_0"}
    assert (table.groupby("ages")["rank"].max() == 30).all()


# claims


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
