"""What methods make of spliced and unspliced counts, how it is scored, and what scVelo makes of them."""

import importlib
import json

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy.stats import pearsonr, spearmanr
from velocity_files import SETTINGS, SIZES, VELOCITY

from dentate_gyrus import claims
from dentate_gyrus.load import prepared, read_cells
from dentate_gyrus.methods.table import CHANGE, DISTANCE, FIRST, METHODS, RANKS, TSNE, along_the_change, unit
from dentate_gyrus.planted import effects, share_told
from dentate_gyrus.represent import embeddings, pseudotime, represented, weight_rows
from dentate_gyrus.scores import (
    balanced_pairs,
    correlations,
    distance_rows,
    embedding_rows,
    pseudotime_rows,
)
from dentate_gyrus.simulate.sources import simulate
from evaluation.ledger import read_claims
from evaluation.values import PartValues
from running import InputError


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dentate")
    simulate(folder / "cells.h5ad", folder / "truth.json", 0, SIZES)
    cells = prepared(read_cells(folder / "cells.h5ad", "clusters"), 15, 0)
    return cells, json.loads((folder / "truth.json").read_text())


@pytest.fixture(scope="module")
def found(simulated):
    return list(represented(simulated[0], SETTINGS, 0))


@pytest.fixture(scope="module")
def weights(found):
    return pd.concat([weight_rows(method, one) for method, one in found if one.weights is not None])


@pytest.fixture(scope="module")
def tables(simulated, found):
    """Velocity (the planted time), pseudotimes and embeddings."""
    cells, truth = simulated
    velocity = pd.DataFrame({"stochastic": pd.Series(truth["time"]).reindex(cells.obs_names)})
    frames, places = [], []
    for method, one in found:
        labels = {"method": method, "min_correlation": one.min_correlation, "repeat": one.repeat}
        along, time = pseudotime(one)
        frames.append(pd.DataFrame({**labels, "along": along, "cell": cells.obs_names, "time": time}))
        if method == "spliced" or (one.min_correlation == 0.99 and one.repeat == 0):
            places += embeddings(cells, method, one, SETTINGS, 0)
    return velocity, pd.concat(frames), pd.concat(places)


def test_methods_come_in_their_order_with_every_s_and_shuffle(simulated, found):
    cells, _ = simulated
    assert list(dict.fromkeys(method for method, _ in found)) == list(METHODS)
    assert [method for method, _ in found].count("schema") == 2
    assert [method for method, _ in found].count("schema_shuffled") == 6
    for method, one in found:
        assert one.points.shape == (cells.n_obs, 5 if method == "cca" else 15)
        assert pseudotime(one)[0] == (FIRST if METHODS[method].group == "alone" else CHANGE)


def test_schema_keeps_what_was_asked_and_comes_near_to_the_own_counts_alone(weights):
    first = weights.groupby(["method", "min_correlation", "repeat"]).first()
    assert (first["reference"] >= first.index.get_level_values("min_correlation") - 1e-6).all()
    assert (first["after"] >= first["before"]).all()
    assert first.loc["schema", "after"].min() > 3 * first.loc["schema_shuffled", "after"].max()
    assert abs(first.loc["schema_shuffled", "before"]).max() < 0.1


def test_pseudotime_is_the_projection_on_the_mean_change():
    before, after = np.array([[3.0, 0.0], [0.0, 2.0], [0.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 5.0], [0.0, 1.0]])
    half = np.sqrt(0.5)
    change = np.array([(half - 1) / 3, (half + 0 + 1) / 3])
    assert np.allclose(along_the_change(before, after), [change[0], change[1], 0])
    assert np.allclose(along_the_change(before, before), 0)
    assert np.allclose(along_the_change(before * 7, after * 3), along_the_change(before, after))
    assert np.allclose(np.linalg.norm(unit(before), axis=1), [1, 1, 0])


def test_cca_pairs_the_variates_of_both_layers_whatever_their_axes_and_signs():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 4))
    other = points + rng.normal(size=(60, 4)) * [0.2, 0.5, 1, 2]
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    times = []
    for unspliced in (other, -other, other @ turn):
        cells = AnnData(np.zeros((60, 1), dtype="float32"), obsm={"spliced": points, "unspliced": unspliced})
        (one,) = importlib.import_module("dentate_gyrus.methods.cca").represent(cells, {"cca_components": 4}, rng)
        times.append(one.time)
    assert np.allclose(times[0], times[1])
    assert np.allclose(times[0], times[2])


def test_correlations_are_scipys_and_leave_out_what_is_missing():
    rng = np.random.default_rng(1)
    columns, against = rng.normal(size=(50, 3)), rng.normal(size=50)
    columns[:, 1], against[3] = 2.0, np.nan
    kept = np.isfinite(against)
    found = correlations(columns, against)
    for kind, function in {"Spearman": spearmanr, "Pearson": pearsonr}.items():
        for i in (0, 2):
            assert found[kind][i] == pytest.approx(function(columns[kept, i], against[kept])[0])
        assert np.isnan(found[kind][1])


def test_pairs_come_from_every_cluster_equally_often():
    clusters = np.array(["big"] * 900 + ["small"] * 50 + [""] * 50)
    one, other = balanced_pairs(clusters, np.random.default_rng(0))
    assert len(one) == len(other) == 1000
    assert np.mean(clusters[[*one, *other]] == "small") == pytest.approx(0.5, abs=0.05)
    assert "" not in clusters[[*one, *other]]


def test_scores_are_as_brute_force_has_them(simulated, weights, tables):
    cells, _ = simulated
    velocity, times, places = tables
    rows = pd.DataFrame(pseudotime_rows(times, velocity, 5, 0))
    schema = rows.query("method == 'schema' and min_correlation == 0.99 and correlation == 'Spearman'").iloc[0]
    own = times.query("method == 'schema' and min_correlation == 0.99").set_index("cell")["time"]
    assert schema["value"] == pytest.approx(abs(spearmanr(own[velocity.index], velocity["stochastic"])[0]))
    assert schema["low"] <= schema["value"] <= schema["high"]
    assert (rows["value"] >= 0).all()

    clusters = cells.obs["cluster"].astype(str).to_numpy()
    scores = pd.DataFrame(embedding_rows(places, velocity, clusters, 4, 0))
    assert set(scores["score"]) == {TSNE, RANKS}
    assert (scores["n"] == 8).all()  # 2 starts × 4 draws
    assert "spliced" not in set(scores.query("score == @RANKS")["method"])
    one, other = balanced_pairs(clusters, np.random.default_rng(0))
    first = (
        places.query("method == 'spliced' and start == 0").set_index("cell").loc[cells.obs_names, ["x", "y"]].to_numpy()
    )
    change = abs(velocity["stochastic"].to_numpy()[one] - velocity["stochastic"].to_numpy()[other])
    rho = spearmanr(np.linalg.norm(first[one] - first[other], axis=1), change)[0]
    spliced = scores.query("method == 'spliced' and correlation == 'Spearman'").iloc[0]
    assert spliced["low"] - 1e-12 <= rho <= spliced["high"] + 1e-12

    distances = (
        pd.DataFrame(distance_rows(cells, weights, velocity))
        .set_index(["method", "min_correlation", "repeat"])
        .sort_index()
    )
    upper, points = np.triu_indices(cells.n_obs, 1), cells.obsm["spliced"]
    squared = ((points[:, None] - points[None]) ** 2).sum(axis=2)[upper]
    apart = np.subtract.outer(*[velocity["stochastic"].to_numpy()] * 2)[upper] ** 2
    assert distances.loc[("spliced", -1.0, 0), "value"] == pytest.approx(pearsonr(squared, apart)[0], abs=1e-6)
    assert distances.loc[("schema", 0.9, 0), "value"] > distances.loc["schema_shuffled", "value"].max()


def test_values_fit_the_claims_and_controls_range_over_shuffles(simulated, weights, tables):
    cells, _ = simulated
    velocity, times, places = tables
    clusters = cells.obs["cluster"].astype(str).to_numpy()
    depth = pd.DataFrame({"spliced counts": cells.layers["spliced"].sum(axis=1).A1}, index=cells.obs_names)
    rows = [row | {"score": "depth"} for row in pseudotime_rows(times, depth, 5, 0)]
    rows += [*pseudotime_rows(times, velocity, 5, 0), *embedding_rows(places, velocity, clusters, 4, 0)]
    scores = pd.DataFrame([*rows, *distance_rows(cells, weights, velocity)]).replace(-1.0, np.nan)
    values = pd.DataFrame(claims.values(scores))
    part = PartValues("dentate_gyrus", values.astype(str).replace("nan", ""), read_claims()["dentate_gyrus"])
    for name in ("dentate.velocity", "dentate.distance", "dentate.tsne", "dentate.ranks"):
        row = part.rows(name)[part.primary(name)]
        claim = part.claims[name]
        assert part.agreeing(claim["control"], row) is not None
        assert part.judged(claim, row, "complete")["verdict"] != "not run"
    shuffled = values.query("id == 'control.shuffled_velocity' and s == 0.99 and correlation == 'Spearman'").iloc[0]
    assert shuffled["n"] == 3
    assert set(scores["score"]) >= {DISTANCE}
    assert part.rows("control.schema_depth")


def test_a_planted_time_is_told_and_another_is_not(simulated, weights):
    cells, truth = simulated
    time = pd.Series(truth["time"]).reindex(cells.obs_names)
    velocity = pd.DataFrame({"stochastic": time**2})  # of the same order
    assert [row["recovered"] for row in effects(truth, cells, velocity, weights)] == ["yes"] * 3
    other = dict(zip(truth["time"], np.random.default_rng(0).permutation([*truth["time"].values()]), strict=True))
    rows = list(effects(truth | {"time": other}, cells, velocity, weights))
    assert [row["recovered"] for row in rows] == ["no", "no", "yes"]  # the last hangs on no truth
    line = np.arange(10.0)[:, None]
    assert share_told(line, np.ones(1), line[:, 0]) == pytest.approx(1)


def test_too_few_cells_are_one_line(simulated, found):
    cells, _ = simulated
    with pytest.raises(InputError, match=r"dentate_gyrus\.tsne\.perplexity: 500 for \d+ cells; lower it"):
        next(embeddings(cells, *found[0], SETTINGS | {"tsne": SETTINGS["tsne"] | {"perplexity": 500}}, 0))


def test_scvelo_follows_the_planted_time_in_both_modes(simulated):
    velocity = importlib.import_module("dentate_gyrus.velocity")  # scVelo takes seconds to import
    cells, truth = simulated
    times = velocity.pseudotimes(cells, VELOCITY, 0)
    assert list(times) == ["stochastic", "dynamical", "latent time"]
    planted = pd.Series(truth["time"]).reindex(cells.obs_names)
    assert times[["stochastic", "dynamical"]].corrwith(planted, method="spearman").min() > 0.7
    again = velocity.pseudotimes(cells, VELOCITY | {"modes": ["stochastic"]}, 0)
    assert again.equals(times[["stochastic"]])
    for changed, message in {
        ("neighbours", 500): r"dentate_gyrus\.velocity\.neighbours: 500 for \d+ cells; lower it",
        ("shared_counts", 10**6): r"dentate_gyrus\.velocity\.shared_counts: 0 genes have 1000000 counts",
    }.items():
        with pytest.raises(InputError, match=message):
            velocity.pseudotimes(cells, VELOCITY | dict([changed[:2]]), 0)
