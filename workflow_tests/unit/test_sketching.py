"""Part sketching: what is planted is found and what is not is not, and errors are those against all pairs."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from scipy.spatial.distance import pdist

from configuration.strict_yaml import read_yaml
from evaluation.ledger import read_claims
from evaluation.values import PartValues
from running import InputError
from schema_core import Sketch, pairs_for_error
from schema_core.sketching import METHODS
from sketching.claims import values
from sketching.figures.sketching import LOOKS, draw
from sketching.measure import ROWS, WITH, WITHOUT, Cells, distance, error_bound, measured, of_pairs, shares
from sketching.planted import effects
from sketching.simulate.sources import simulate

SCHEMA = {"min_correlation": 0.9, "max_weight_ratio": 1000}
SIZE, MOST = 50, 30_000


@pytest.fixture(scope="module")
def simulated():
    return simulate(1000, 0.01, seed=0)


@pytest.fixture(scope="module")
def cells(simulated):
    table, truth = simulated
    return Cells.of(table, truth["marker"], SCHEMA)


@pytest.fixture(scope="module")
def errors(cells):
    return pd.DataFrame(measured(cells, ["geosketch", "farthest_first"], [SIZE], [300, MOST], seeds=3, seed=0))


@pytest.fixture(scope="module")
def tables(simulated, cells, errors):
    features = [name for name in simulated[0].columns if name.startswith("x")]
    weights = pd.DataFrame({"feature": features, "weight": cells.weights})
    bounds = pd.DataFrame({"pairs": [300, MOST], "bound": [error_bound(cells, P, 0.95) for P in (300, MOST)]})
    return errors, bounds, weights


def test_a_seed_gives_the_same_cells_with_as_many_rare_ones_as_asked(simulated):
    table, truth = simulated
    again, _ = simulate(1000, 0.01, seed=0)
    pd.testing.assert_frame_equal(table, again)
    assert not table.equals(simulate(1000, 0.01, seed=1)[0])
    assert (table["type"] == "rare").sum() == 10
    assert truth["rare_share"] == 0.01
    by_type = table.groupby("type")[truth["marker"]].mean()
    assert by_type["rare"] > by_type.drop("rare").max() + 6


def test_too_few_rare_cells_are_one_line():
    with pytest.raises(InputError, match=r"simulate.sketching: .*0.001 of 1000 cells is 1, .*larger share"):
        simulate(1000, 0.001, seed=0)


def test_all_pairs_have_no_error(cells):
    assert cells.errors(cells.exact) == {"correlation_error": 0, "weight_error": 0, "marker": 0}
    every = of_pairs(cells, Sketch.of(cells.X, len(cells.X), "uniform"), 300_000, 0)
    some = of_pairs(cells, None, 300, 0)
    assert every["correlation_error"] < 0.02 < some["correlation_error"]
    assert every["weight_error"] < 0.02 < some["weight_error"]


def test_a_distance_of_weights_is_half_of_what_moved():
    assert distance(np.array([2.0, 0.0]), np.array([0.0, 2.0])) == 1
    assert distance(np.array([1.5, 0.5]), np.array([1.0, 1.0])) == 0.25
    assert distance(np.ones(3), np.ones(3)) == 0


def test_shares_count_pairs_with_at_least_one_rare_cell():
    rare = np.array([True, False, False, False])
    pairs = [(np.array([0, 1]), np.array([1, 2]), None), (np.array([3, 2]), np.array([0, 3]), None)]
    found = shares(iter(pairs), rare, np.random.default_rng(0))
    assert found["rare_share"] == 0.5
    assert found["shuffled_share"] == pytest.approx(0.5, abs=0.1)  # any of four cells is in two of these four pairs


def test_the_bound_is_that_of_the_largest_standardised_distance(cells):
    columns = [(*cells.X.T[:, :, None],), (cells.Y,)]
    distances = [pdist(one, "sqeuclidean") for group in columns for one in group]
    largest = max(np.abs((one - one.mean()) / one.std()).max() for one in distances)
    bound = error_bound(cells, 1000, 0.95)
    k = cells.X.shape[1]
    assert pairs_for_error(bound, 0.95, largest, k * (k + 1)) == pytest.approx(1000, abs=1)


def test_every_error_is_within_the_bound_and_falls_where_pairs_are_unbiased(tables):
    errors, bounds, _ = tables
    allowed = errors["pairs"].map(bounds.set_index("pairs")["bound"])
    assert (errors["correlation_error"] < allowed).all()
    median = errors.groupby(["sketch", "importance", "pairs"])["weight_error"].median().unstack()
    assert (median[MOST] < 0.5 * median[300]).drop(index=[(name, WITHOUT) for name in METHODS], errors="ignore").all()
    for sketch in ("geosketch", "farthest_first"):
        assert median.loc[(sketch, WITHOUT), MOST] > 2 * median.loc[(sketch, WITH), MOST]


def test_what_is_planted_is_found_and_other_features_are_not(simulated, tables):
    errors, _, weights = tables
    found = pd.DataFrame(effects(simulated[1], errors, weights))
    assert (found["recovered"] == "yes").all(), found.to_string()
    wrong = simulated[1] | {"followed": ["x2", "x3", "x12", "x13"]}
    assert pd.DataFrame(effects(wrong, errors, weights))["recovered"].iloc[0] == "no"
    labels = ["rare_share", "shuffled_share"]
    swapped = errors.rename(columns=dict(zip(labels, reversed(labels), strict=True))).assign(marker=0.0)
    swapped["weight_error"] = 0.1
    assert (pd.DataFrame(effects(wrong, swapped, weights))["recovered"] == "no").all()


def test_claims_hold_on_these_cells_and_controls_are_where_they_should_be(tables):
    rows = pd.DataFrame(values(*tables, SIZE))
    of_part = PartValues("sketching", rows, read_claims()["sketching"])
    for name, claim in of_part.claims.items():
        found = of_part.judged(claim, of_part.rows(name)[of_part.primary(name)], "complete")
        assert found["verdict"] == "reproduced", found
    by_id = rows.set_index("id")
    assert by_id.loc["control.rare_share", "ours"] == pytest.approx(1 - 0.99**2, rel=0.2)
    assert by_id.loc["control.shuffled_rare_share", "ours"].median() == pytest.approx(1 - 0.99**2, rel=0.5)
    assert 0 < by_id.loc["control.equal_weights", "ours"] < 1


def test_the_figure_shows_every_way_and_its_table_has_what_is_drawn(tables):
    figure, data = draw(*tables)
    assert set(data["panel"]) == {"a", "b", "c", "d", "e", "b, c"}
    assert data["series"].notna().all()
    drawn = data[data["panel"] == "b"]
    assert len(drawn) == 2 * (1 + 2 * 2)
    assert {ROWS, "geosketch", "farthest_first"} == set(drawn["series"])
    assert (drawn["low"] <= drawn["value"]).all()
    plt.close(figure)


def test_the_config_names_the_sketches_of_the_core():
    schema = read_yaml(REPOSITORY / "config" / "config.schema.yaml")["properties"]["sketching"]["properties"]
    assert set(schema["sketches"]["items"]["enum"]) == set(METHODS) == set(LOOKS) - {ROWS}
