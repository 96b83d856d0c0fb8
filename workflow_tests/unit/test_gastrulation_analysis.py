"""What Figure S1 rests on: how well batches mix, what stages explain, replicates held out, and both methods."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway

from baselines.mofa_groups import mofa_of_groups
from evaluation.mixing import acceptance, explained
from gastrulation.fit import CENTRED, EQUAL, NO_BATCH, SCHEMA, SHUFFLED
from gastrulation.load import normalise, read_archive
from gastrulation.methods.mofa import stage_scores
from gastrulation.methods.schema import fits, gene_gains, spread_of
from gastrulation.run_method import run, trend
from gastrulation.score import agreements, check_settings, overlaps, place_scores, signed_ranks, stage_tests, tables_of
from gastrulation.simulate.sources import simulate
from gastrulation.splits import splits
from running import InputError

SAMPLES = {"E6.5": [1, 5], "E7.0": [10, 14], "E7.25": [26, 27]}
SETTINGS = {"components": 12, "min_correlations": [0.9], "max_weight_ratio": 100, "batch_weight": -1, "shuffles": 2}
RUN = SETTINGS | {"genes": 250, "pairs": 2}
SCORES = {"neighbours": 15, "mixing_cells": 200, "silhouette_cells": 300, "tops": [20, 50]}


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gastrulation")
    simulate(folder / "a.tar.gz", folder / "t.json", 0, {"cells": 360, "genes": 300, "depth": 3000})
    return normalise(read_archive(folder / "a.tar.gz", SAMPLES, "no doublets or stripped nuclei")[0], 10)


@pytest.fixture(scope="module")
def fitted(cells, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits")
    cells.write_h5ad(folder / "cells.h5ad")
    run(str(folder / "fits.h5ad"), str(folder / "cells.h5ad"), "schema", "schema", RUN, 0)
    return anndata.read_h5ad(folder / "fits.h5ad")


def test_batches_that_mix_are_accepted_and_those_apart_are_not():
    rng = np.random.default_rng(0)
    places, batches = rng.normal(size=(2000, 3)), rng.integers(0, 2, 2000)
    assert acceptance(places, batches, 30, 1000, 0) == pytest.approx(0.95, abs=0.03)  # the level of the test
    assert acceptance(places + 100 * batches[:, None], batches, 30, 1000, 0) == 0
    half = np.where(places[:, 0] > 0, batches, 0)  # mixed on one side alone
    assert acceptance(places, half, 30, 1000, 0) < 0.3
    assert np.isnan(acceptance(places, np.zeros(2000), 30, 100, 0))


def test_what_is_explained_is_the_share_of_variance_between_groups():
    rng = np.random.default_rng(1)
    places, groups = rng.normal(size=(300, 4)), rng.integers(0, 3, 300)
    within = sum(((places[groups == one] - places[groups == one].mean(axis=0)) ** 2).sum() for one in range(3))
    assert explained(places, groups) == pytest.approx(1 - within / ((places - places.mean(axis=0)) ** 2).sum())
    assert explained(np.eye(3)[groups], groups) == 1
    assert explained(np.ones((300, 2)), groups) == 0


def test_halves_have_one_sample_of_each_stage_and_all_ways_are_different(cells):
    first, *halves = splits(cells.obs, 4)
    assert first.whole
    assert first.cells.all()
    seen = set()
    for one, other in zip(halves[::2], halves[1::2], strict=True):
        assert (one.cells ^ other.cells).all()
        for half in (one, other):
            samples = cells.obs.loc[half.cells].groupby("stage", observed=True)["sample"].nunique()
            assert samples.tolist() == [1, 1, 1]
            seen.add(frozenset(cells.obs.loc[half.cells, "sample"]))
    assert len(seen) == 8
    assert len(list(splits(cells.obs, 2))) == 5


def test_a_test_in_which_samples_count_does_not_take_batch_for_stage():
    rng = np.random.default_rng(2)
    obs = pd.DataFrame({"stage": np.repeat(["E1", "E2", "E3"], 80), "sample": np.repeat(np.arange(6), 40)})
    stage = np.repeat([0.0, 2.0, 4.0], 80)
    batch = np.repeat([0.0, 3.0, 1.0, 4.0, 2.0, 0.0], 40)
    values = np.array([stage, batch]).T + rng.normal(size=(240, 2))
    found = stage_tests(values, obs)
    groups = [values[obs["stage"] == one] for one in ("E1", "E2", "E3")]
    assert np.allclose(found["cells"], f_oneway(*groups).statistic)
    means = pd.DataFrame(values).groupby(obs["sample"]).mean().to_numpy()
    by_means = f_oneway(*(means[i : i + 2] for i in (0, 2, 4))).statistic  # of equally many cells, that of their means
    assert np.allclose(found["samples"], by_means)
    assert found.loc[1, "cells"] > 10  # batch alone
    assert found.loc[1, "samples"] < 2


def test_genes_that_fall_count_as_negative_and_halves_are_compared_pair_by_pair():
    ranks = signed_ranks(np.array([3.0, 1.0, 2.0]), np.array([0.5, -0.1, -0.7]))
    assert ranks == pytest.approx([1, -1 / 3, -2 / 3])
    table = {"method": "m", "variant": "v", "s": np.nan, "shuffle": 0}
    rows = pd.DataFrame(
        [table | {"pair": pair, "half": half} for pair, half in ((-1, 0), (0, 0), (0, 1), (1, 0), (1, 1))]
    )
    scores = np.array([[9, 1, 1, 1, 3], [9, 2, 2, 2, 2], [9, 3, 3, 3, 1]], dtype=float)
    assert [(row["pair"], row["rho"]) for row in agreements(rows, scores)] == [
        (0, pytest.approx(1)),
        (1, pytest.approx(-1)),
    ]


def test_first_genes_are_shared_as_often_as_chance_says_or_always():
    scores = np.arange(100.0)
    tests = pd.DataFrame({"same": scores, "reverse": -scores})
    found = {(row["test"], row["top"]): row["shared"] for row in overlaps(scores, tests, [10, 60])}
    assert found == {("same", 10): 1, ("reverse", 10): 0, ("same", 60): 1, ("reverse", 60): pytest.approx(20 / 60)}


def test_the_score_of_a_gene_is_the_change_of_its_spread():
    rng = np.random.default_rng(3)
    places = rng.normal(size=(500, 3)) * [3, 2, 1]
    places = (places - places.mean(axis=0)) @ np.linalg.svd(places - places.mean(axis=0))[2].T  # uncorrelated
    components = np.linalg.qr(rng.normal(size=(8, 3)))[0].T
    weights = np.array([0.5, 2.0, 0.5])
    moved = (places * np.sqrt(weights)) @ components
    assert np.allclose(spread_of(weights, places.var(axis=0), components), moved.std(axis=0))
    assert np.allclose(gene_gains(np.ones(3), places.var(axis=0), components), 0)


def test_schema_keeps_stage_and_leaves_batch_and_its_controls_do_not(fitted, cells):
    table = fitted.uns["fits"]
    whole = table[table["pair"] < 0]
    assert set(whole["variant"]) == {SCHEMA, EQUAL, NO_BATCH, SHUFFLED}
    assert whole.iloc[0]["variant"] == SCHEMA  # of which time and memory are told
    found = {
        row["variant"]: place_scores(fitted.obsm[row["place"]], fitted.obs, SCORES, 0) for _, row in whole.iterrows()
    }
    assert found[SCHEMA]["stage R2"] > max(found[EQUAL]["stage R2"], found[SHUFFLED]["stage R2"])
    assert found[SCHEMA]["batch R2"] < min(found[EQUAL]["batch R2"], found[NO_BATCH]["batch R2"])
    values = cells[:, fitted.var_names].X.toarray()
    made = tables_of(fitted, SCORES, 0, stage_tests(values, cells.obs))
    rho = made["agreement"].groupby("variant")["rho"].median()
    assert rho[SCHEMA] > 0.2
    assert abs(rho[SHUFFLED]) < 0.15
    genes = made["genes"].query("variant == @SCHEMA").set_index("symbol")["score"]
    stage = [f"Gene{i:04d}" for i in range(1, 51)]
    assert genes.reindex(stage).median() > genes.drop(stage, errors="ignore").quantile(0.8)


def test_half_of_the_replicates_has_no_batch_term(cells):
    used = anndata.AnnData(cells.X.toarray(), obs=cells.obs, var=cells.var)
    half = used[(used.obs["replicate"] == 0).to_numpy()].copy()
    with_term, without = (
        [fit.scores for fit in fits(half, SETTINGS | {"batch_weight": weight}, False, 0)] for weight in (-1, -0.1)
    )
    assert all((one == other).all() for one, other in zip(with_term, without, strict=True))


def test_mofa_makes_the_means_of_groups_equal_and_finds_the_gradient_within_them(cells):
    values, ages = cells.X.toarray(), cells.obs["age"].to_numpy()
    sample = cells.obs["sample"].astype(str).to_numpy()
    given = {"factors": 4, "iterations": 30, "stochastic": False, "seed": 0}
    places, loadings = mofa_of_groups(values, sample, centred=True, **given)
    assert explained(places, sample) < 1e-4
    assert loadings.shape == (places.shape[1], values.shape[1])
    rebuilt = places @ loadings  # rows are the cells in their own order
    centred = values - pd.DataFrame(values).groupby(sample).transform("mean").to_numpy()
    assert ((centred - rebuilt) ** 2).sum() < 0.9 * (centred**2).sum()
    scores = stage_scores(values, ages, loadings)
    stage = cells.var["symbol"].isin([f"Gene{i:04d}" for i in range(1, 51)]).to_numpy()
    assert np.median(scores[stage]) > np.quantile(scores[~stage], 0.8)
    free, _ = mofa_of_groups(values, sample, centred=False, **given)
    assert explained(free, sample) > 0.2
    assert CENTRED != EQUAL


def test_trends_are_correlations_and_those_of_constant_genes_are_0():
    rng = np.random.default_rng(4)
    values, ages = rng.normal(size=(50, 3)), rng.normal(size=50)
    values[:, 2] = 1.5
    found = trend(values, ages)
    assert found[:2] == pytest.approx([np.corrcoef(values[:, i], ages)[0, 1] for i in range(2)])
    assert found[2] == 0


def test_settings_that_the_cells_cannot_bear_are_named(cells):
    with pytest.raises(InputError, match=r"gastrulation\.scores\.neighbours: 500 neighbours of \d+ cells"):
        check_settings(cells.obs, 100, SCORES | {"neighbours": 500})
    with pytest.raises(InputError, match=r"gastrulation\.tops: the first 50 of 50 genes"):
        check_settings(cells.obs, 50, SCORES)
    used = anndata.AnnData(cells.X.toarray(), obs=cells.obs, var=cells.var)
    with pytest.raises(InputError, match=r"gastrulation\.components: 400 of 360 cells"):
        next(fits(used, SETTINGS | {"components": 400}, True, 0))
