"""The steps of the fly brain from its factors on: closed forms, brute force, and what is planted."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from fly_files import cells_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.linear_model import LinearRegression

from evaluation.labels import shuffled_within
from fly_brain.costs import cost_rows, nearest, neighbours_kept
from fly_brain.methods.cca import represent as canonical_scores
from fly_brain.pseudotime import (
    agreement_rows,
    baseline_rows,
)
from fly_brain.representations import representations, represented
from fly_brain.weights import age_sets, ladder

COSTS = {"neighbours": 5, "cluster_neighbours": 10, "resolution": 1.0, "seeds": 2, "silhouette_cells": 100}


@pytest.fixture(scope="module")
def factors():
    """Factors of 300 cells in three types; the first of eight factors follows age, the second molecules."""
    rng = np.random.default_rng(0)
    age, types = rng.choice([0, 3, 30], 300), rng.integers(0, 3, 300)
    X = rng.normal(size=(300, 8))
    X[:, 0] = np.log1p(age) + 0.3 * rng.normal(size=300)
    X[:, 2] += 4 * (types == 1)
    X[:, 3] += 4 * (types == 2)
    found = AnnData(X / X.std(axis=0), obs=cells_of(np.ones((300, 1)), age=age, annotation=types.astype(str)).obs)
    found.obs["total_counts"] = np.exp(8 - 0.2 * np.log1p(age) + 0.5 * rng.normal(size=300))
    return found


@pytest.fixture(scope="module")
def sets(factors):
    return age_sets(factors.obs["age"].to_numpy(), factors.obs["line"].to_numpy(), 2, 0)


@pytest.fixture(scope="module")
def weights(factors, sets):
    return ladder(factors, sets, [0.999, 0.9, 0.5], 100, "exact")


@pytest.fixture(scope="module")
def places(factors):
    return {name: represented(factors, name) for name in ("rna", "cca")}


# weights


def test_the_factor_that_follows_age_is_weighted_up_more_as_s_falls(weights):
    of_age = weights.query("ages == 'age' and factor == 0").sort_values("min_correlation")["weight"].to_numpy()
    assert (np.diff(of_age) < 0).all()
    assert of_age[-1] > 1
    best = weights.query("ages == 'age'").sort_values("weight").groupby("min_correlation")["factor"].last()
    assert set(best) == {0}


def test_the_constraint_holds_and_the_optimum_is_certified(weights):
    assert (weights["reference_correlation"] >= weights["min_correlation"] - 1e-6).all()
    true = weights.query("ages == 'age'")
    assert (true["age_correlation_after"] >= true["age_correlation_before"] - 1e-9).all()
    assert set(true["certificate"]) == {"global"}
    assert weights.groupby(["ages", "min_correlation"])["weight"].mean().to_numpy() == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from("ab")), min_size=1, max_size=40), st.integers(0, 5))
def test_shuffled_ages_are_those_of_the_line(pairs, seed):
    ages, lines = np.array([age for age, _ in pairs]), np.array([line for _, line in pairs])
    shuffled = shuffled_within(ages, lines, np.random.default_rng(seed))
    for line in "ab":
        assert sorted(shuffled[lines == line]) == sorted(ages[lines == line])


def test_sets_of_ages_are_repeatable_and_different(factors, sets):
    again = age_sets(factors.obs["age"].to_numpy(), factors.obs["line"].to_numpy(), 2, 0)
    pd.testing.assert_frame_equal(sets, again)
    assert list(sets) == ["age", "shuffle_0", "shuffle_1"]
    assert (sets["shuffle_0"] != sets["shuffle_1"]).any()


# representations


def test_squared_distances_are_weighted_sums(factors, weights, places):
    one = next(r for r in representations(factors, weights, places, controls=False) if r.method == "schema")
    assert one.min_correlation == 0.999
    w = weights.query("ages == 'age' and min_correlation == 0.999").sort_values("factor")["weight"].to_numpy()
    gap = factors.X[3] - factors.X[7]
    assert ((one.points[3] - one.points[7]) ** 2).sum() == pytest.approx((w * gap**2).sum())


def test_controls_come_only_when_asked(factors, weights, places):
    plain = [r.labels for r in representations(factors, weights, places, controls=False)]
    assert [row["method"] for row in plain] == ["rna", "schema", "schema", "schema", "cca"]
    assert {row["ages"] for row in plain} == {"age"}
    every = [r.ages for r in representations(factors, weights, places, controls=True)]
    assert every.count("shuffle_0") == every.count("shuffle_1") == 3


def test_canonical_scores_are_the_linear_fit_of_age(factors):
    age = factors.obs["age"].to_numpy(dtype=float)
    fit = LinearRegression().fit(factors.X, age).predict(factors.X)
    assert np.corrcoef(canonical_scores(factors).ravel(), fit)[0, 1] == pytest.approx(1)


# pseudotime


def test_age_comes_out_and_shuffled_ages_do_not(factors, weights, places, sets):
    table = pd.DataFrame(agreement_rows(factors, weights, places, sets, roots=4, neighbours=10, seed=0))
    rho = table.groupby(["method", "ages", "target", "min_correlation"], dropna=False)["rho"].median()
    gain = rho["schema", "age", "age", 0.5] - rho["rna", "age", "age"].iloc[0]
    assert gain > 0.2
    assert (table.groupby(["method", "ages", "target", "min_correlation"], dropna=False).size() == 4).all()
    controls = table[table["target"] != "age"]
    assert set(controls["method"]) == {"rna", "schema"}
    assert controls.groupby(["target", "min_correlation"], dropna=False)["rho"].median().abs().max() < 0.25


def test_baselines_are_depth_and_a_fit_of_unseen_cells(factors):
    rows = pd.DataFrame(baseline_rows(factors, 0)).set_index("method")
    depth, age = factors.obs["total_counts"], factors.obs["age"]
    assert rows.loc["depth", "rho"] == pytest.approx(-spearmanr(depth, age).statistic)
    assert rows.loc["linear fit", "rho"] > 0.6
    noise = AnnData(np.random.default_rng(0).normal(size=(300, 8)), obs=factors.obs)
    assert abs(pd.DataFrame(baseline_rows(noise, 0)).set_index("method").loc["linear fit", "rho"]) < 0.15


# costs


@given(st.integers(2, 6), st.integers(0, 100))
def test_neighbours_kept_is_the_share_by_brute_force(m, seed):
    rng = np.random.default_rng(seed)
    one, other = (np.array([rng.choice(9, m, replace=False) for _ in range(9)]) for _ in range(2))
    expected = np.mean([len(set(a) & set(b)) / m for a, b in zip(one, other, strict=True)])
    assert neighbours_kept(one, other) == pytest.approx(expected)
    assert neighbours_kept(one, one) == 1


def test_nearest_leaves_the_point_itself_out():
    assert nearest(np.array([[0.0], [1.0], [3.0]]), 1).ravel().tolist() == [1, 0, 1]
    assert nearest(np.array([[0.0], [1.0], [3.0]]), 9).shape == (3, 2)


def test_costs_start_at_nothing_and_grow(factors, weights, places):
    table = pd.DataFrame(cost_rows(factors, weights, places, settings=COSTS, seed=0))
    kept = table[table["metric"] == "neighbours kept"].set_index(["method", "min_correlation"])["value"]
    assert kept["rna"].item() == 1
    assert kept["schema"].loc[[0.999, 0.9, 0.5]].is_monotonic_decreasing
    assert table.groupby(["method", "min_correlation", "metric"], dropna=False).size().loc[:, :, "ARI"].eq(2).all()
    ari = table[table["metric"] == "ARI"].groupby("method")["value"].median()
    assert ari["rna"] > ari["cca"]
