"""The demo from nothing: what it writes, what it finds, that it is repeatable and marks itself as simulated."""

import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY, config_of, snakemake
from matplotlib.image import imread
from scipy.stats import spearmanr

from evaluation.golden import collect, moved, read


def test_golden_ledger(demo_run):
    golden = read(REPOSITORY / "workflow_tests" / "golden" / "demo.tsv")
    different = moved(golden, collect(demo_run))
    assert different.empty, "\n" + different.to_string() + "\nif this is meant: make golden-demo"


def test_a_second_run_does_nothing(demo_run):
    again = snakemake("--configfile", config_of("demo"), folder=demo_run.parents[1])
    assert "Nothing to be done" in again.stderr + again.stdout


def test_ledger_holds_every_claim_and_no_verdict_from_simulated_data(demo_run):
    ledger = pd.read_csv(demo_run / "claims.tsv", sep="\t", keep_default_na=False)
    asked = pd.read_csv(demo_run / "claims.tsv", sep="\t")["id"].nunique()
    assert asked == 58
    assert set(ledger["verdict"]) == {"not run"}
    assert (ledger["reason"] != "").all()
    ours = ledger[ledger["ours"] != ""]
    assert set(ours["data"]) == {"simulated"}
    assert len(ours) > 50


@pytest.mark.parametrize("figure", ["figure5"])
def test_figures_are_whole_and_not_blank(demo_run, figure):
    picture = imread(demo_run / "figures" / f"{figure}.png")
    assert min(picture.shape[:2]) > 800
    assert picture[..., :3].std() > 0.05
    root = ElementTree.parse(demo_run / "figures" / f"{figure}.svg").getroot()
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 200
    table = pd.read_csv(demo_run / "figures" / f"{figure}.tsv", sep="\t")
    assert {"panel", "series", "value"} <= set(table.columns)
    assert set(table["panel"]) == {"c", "d", "e", "f"}


def truth_of(demo_run):
    return json.loads((demo_run / "sources" / "tcr_10x" / "truth.json").read_text())


@pytest.mark.parametrize("chain", ["TRA", "TRB"])
@pytest.mark.parametrize("method", ["grid", "exact"])
@pytest.mark.parametrize(("orientation", "least"), [("hamming", 0.8), ("agreement", 0.5)])
def test_planted_locations_are_found(demo_run, chain, method, orientation, least):
    """With Hamming distances the weight follows the planted specificity; with agreement 1 - weight, up to ties at 1."""
    planted = np.array(truth_of(demo_run)["specificity"][chain][1:10])
    profiles = pd.read_csv(demo_run / "tcr" / "location_profiles.tsv", sep="\t")
    run = profiles.query(
        "chain == @chain and method == @method and orientation == @orientation "
        "and subset == 'all' and modalities == 'binding' and first_location"
    )
    weight = run.set_index("location")["weight"].loc[2:10].to_numpy()
    found = weight if orientation == "hamming" else 1 - weight
    assert spearmanr(found, planted).statistic >= least
    assert found[planted >= 0.2].mean() > found[planted < 0.2].mean() + 0.2


@pytest.mark.parametrize("method", ["grid", "exact"])
def test_planted_amino_acids_are_found(demo_run, method):
    planted = pd.Series(truth_of(demo_run)["residue_preference"])
    profiles = pd.read_csv(demo_run / "tcr" / "residue_profiles.tsv", sep="\t")
    weights = profiles.query("method == @method and encoding == 'boolean'").set_index("residue")["weight"]
    assert spearmanr(weights, planted.reindex(weights.index)).statistic >= 0.7


def test_exact_is_never_below_the_grid_and_the_released_package(demo_run):
    for chain in ("TRA", "TRB"):
        tables = {
            method: pd.read_csv(demo_run / "tcr" / "locations" / f"{chain}_{method}.tsv", sep="\t")
            for method in ("exact", "grid", "schema_learn")
        }
        run = ["subset", "orientation", "modalities", "first_location", "max_weight_ratio"]
        best = tables["exact"].groupby(run)["objective"].first()
        for method in ("grid", "schema_learn"):
            other = tables[method].groupby(run)["objective"].first()
            shared = best.index.intersection(other.index)
            assert len(shared) >= 1
            assert (best[shared] >= other[shared] - 1e-6).all()


def test_simulated_is_written_on_the_caption(demo_run):
    assert "Simulated data" in (demo_run / "captions" / "figure5.rst").read_text()
