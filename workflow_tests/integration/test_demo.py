"""The demo from nothing: what it writes, that it is repeatable and marks itself as simulated.

What each part finds in it: test_demo_<part>.py.
"""

from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import REPOSITORY, config_of, snakemake
from matplotlib.image import imread

from evaluation.ledger import read_claims
from maintenance.golden import collect, moved_in
from running import read_table


def test_golden_ledger(demo_run):
    different = moved_in(REPOSITORY / "workflow_tests" / "golden" / "demo", collect(demo_run))
    assert different.empty, "\n" + different.to_string() + "\nif this is meant: make golden-demo"


def test_a_second_run_does_nothing(demo_copy):
    again = snakemake("--configfile", config_of("demo"), folder=demo_copy)
    assert "Nothing to be done" in again.stderr + again.stdout


def test_the_report_takes_no_profile_from_the_environment(demo_copy):
    """A cluster's, which snakemake would follow: it would ask for conda, say."""
    (demo_copy / "results" / "demo" / "report.html").unlink()
    profile = str(REPOSITORY / "config" / "profiles" / "slurm")
    snakemake("--profile", "none", "--configfile", config_of("demo"), folder=demo_copy, SNAKEMAKE_PROFILE=profile)
    assert (demo_copy / "results" / "demo" / "report.html").exists()


def test_ledger_has_a_row_for_every_claim_and_decides_none_from_simulated_data(demo_run):
    ledger = pd.read_csv(demo_run / "claims.tsv", sep="\t", keep_default_na=False)
    asked = [(part, name) for part, claims in read_claims().items() for name in claims]
    assert sorted(zip(ledger["part"], ledger["id"], strict=True)) == sorted(asked)
    assert set(ledger["verdict"]) == {"undecided", "not run"}
    assert (ledger["reason"] != "").all()
    undecided = ledger[ledger["verdict"] == "undecided"]
    assert set(undecided["scope"]) == {"simulated"}
    assert undecided["reason"].str.startswith("on simulated data: ").all()
    assert (undecided["ours"] != "").all()


def test_every_variant_is_judged_and_controls_stand_beside(demo_run):
    variants = pd.read_csv(demo_run / "variants.tsv", sep="\t", keep_default_na=False)
    of_parts = [read_table(path, text=True) for path in sorted((demo_run / "claims").glob("*.tsv"))]
    controls = variants["id"].str.startswith("control.")
    assert controls.sum() == sum(table["id"].str.startswith("control.").sum() for table in of_parts) > 0
    assert (variants.loc[controls, "verdict"] == "").all()
    assert (variants.loc[~controls, "verdict"] != "").all()
    known = (variants["control"] != "") & (variants["ours"] != "")
    assert variants.loc[known, "above_control"].isin(["yes", "no", "not distinguishable"]).all()


PANELS = {
    "figure2": set("abcdef"),
    "figure2_methods": set("abc"),
    "figure2_sensitivity": {"a, b, c"},
    "figureS3": set("AB"),
    "figure3": set("abcde"),
    "figure3_cost": set("abcd"),
    "figure4": {"a, b", "c", "d", "e"},
    "figure5": set("cdef"),
    "figureS1": set("abcdef"),
    "figureS2": {"a, b", "c"},
    "figureS4": {"a", "b"},
    "figureS5": {"a", "b, c", "d"},
    "figureS6": set("ab"),
    "figure_a549": set("abcd"),
    "sketching": {"a", "b", "b, c", "c", "d", "e"},
}


@pytest.mark.parametrize("figure", sorted(PANELS))
def test_figures_are_whole_and_not_blank(demo_run, figure):
    picture = imread(demo_run / "figures" / f"{figure}.png")
    assert min(picture.shape[:2]) > 800
    assert picture[..., :3].std() > 0.05
    root = ElementTree.parse(demo_run / "figures" / f"{figure}.svg").getroot()
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 200
    table = pd.read_csv(demo_run / "figures" / f"{figure}.tsv", sep="\t")
    assert {"panel", "series", "value"} <= set(table.columns)
    assert set(table["panel"]) == PANELS[figure]


def test_every_figure_is_looked_at_here(demo_run):
    assert {path.stem for path in (demo_run / "figures").glob("*.png")} == set(PANELS)


@pytest.mark.parametrize("figure", sorted(PANELS))
def test_simulated_is_written_on_the_caption(demo_run, figure):
    assert "Simulated data" in (demo_run / "captions" / f"{figure}.rst").read_text()
