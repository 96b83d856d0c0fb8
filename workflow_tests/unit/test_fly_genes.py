"""Genes of the fly brain: scores, rankings, and overlap with differential genes."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy.sparse import csr_matrix

from fly_brain.genes import differential, late_minus_early, overlaps, profile_by_age, ranking_rows, up_weighted

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
