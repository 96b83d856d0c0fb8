"""The real cells with spliced and unspliced counts that are at hand: 100 of the paper's, and a stand-in of pancreas."""

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY

from configuration.strict_yaml import read_yaml
from dentate_gyrus.load import prepared, read_cells
from running import InputError, read_table

pytestmark = pytest.mark.real
SIMULATED = read_yaml(REPOSITORY / "config" / "config.yaml")["simulate"]["dentate_gyrus"]


@pytest.fixture(scope="module")
def cells(real_mirror):
    return read_cells(real_mirror / "dentate_gyrus" / "dentategyrus_100obs.h5ad", None)


def test_100_of_the_papers_cells_are_read_as_the_simulator_has_them(cells):
    assert cells.shape == (100, 13_913)  # the paper's genes
    assert cells.layers["spliced"].sum() == 288_220
    assert cells.layers["unspliced"].sum() == 31_804
    spliced, unspliced = (cells.layers[name].sum(axis=1).A1 for name in ("spliced", "unspliced"))
    assert np.median(spliced) == pytest.approx(SIMULATED["spliced"], rel=0.01)
    assert np.median(unspliced / spliced) == pytest.approx(SIMULATED["unspliced"], rel=0.01)
    kept = prepared(cells, 30, 0)
    assert 80 <= kept.n_obs <= 90
    assert kept.obsm["unspliced"].shape == (kept.n_obs, 30)


def test_they_have_no_clusters(real_mirror):
    with pytest.raises(InputError, match="obs has no column 'clusters', but none"):
        read_cells(real_mirror / "dentate_gyrus" / "dentategyrus_100obs.h5ad", "clusters")


@pytest.fixture(scope="module")
def values(real_run):
    return read_table(real_run / "claims" / "dentate_gyrus.tsv").query("reference == 'stochastic'")


def at(values, name, s=None):
    rows = values[(values["id"] == name) & (values["correlation"] == "Spearman")]
    return rows[rows["s"].isna() if s is None else rows["s"] == s].iloc[0]


def test_velocity_goes_from_ducts_to_endocrine_cells(real_run, real_mirror):
    velocity = pd.read_parquet(real_run / "dentate_gyrus" / "velocity.parquet").set_index("cell")
    obs = read_cells(real_mirror / "velocity" / "pancreas_739.h5ad", "clusters").obs
    median = velocity.groupby(obs["cluster"].reindex(velocity.index), observed=True).median()
    for mode in ("stochastic", "dynamical"):
        path = median.loc[["Ductal", "Ngn3 high EP", "Pre-endocrine", "Beta"], mode]
        assert path.is_monotonic_increasing


def test_the_projection_agrees_no_more_than_with_other_cells_counts(values):
    """What the paper calls agreement is there, and is no more than a reweighting that knows nothing gives."""
    ours, control = at(values, "dentate.velocity", 0.99), at(values, "control.shuffled_velocity", 0.99)
    assert ours["low"] > 0.4
    assert ours["ours"] < control["high"]
    assert at(values, "control.original_velocity")["low"] > ours["high"]


def test_distances_come_nearer_to_velocity_than_with_other_cells_counts(real_run):
    values = read_table(real_run / "claims" / "dentate_gyrus.tsv").query("reference == 'stochastic'")
    ours = values[(values["id"] == "dentate.distance") & (values["s"] == 0.99)]["ours"].iloc[0]
    assert ours > values[values["id"] == "control.original_distance"]["ours"].iloc[0]
    shuffled = values[(values["id"] == "control.shuffled_distance") & (values["s"] == 0.99)]
    assert ours > shuffled["high"].iloc[0]
