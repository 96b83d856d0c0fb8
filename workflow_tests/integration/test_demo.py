"""The demo from nothing: what it writes, that it is repeatable and marks itself as simulated.

What each part finds in it: test_demo_<part>.py.
"""

from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import REPOSITORY, config_of, snakemake
from matplotlib.image import imread

from maintenance.golden import collect, moved_in


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


def test_ledger_holds_every_claim_and_no_verdict_from_simulated_data(demo_run):
    ledger = pd.read_csv(demo_run / "claims.tsv", sep="\t", keep_default_na=False)
    asked = pd.read_csv(demo_run / "claims.tsv", sep="\t")["id"].nunique()
    assert asked == 58
    assert set(ledger["verdict"]) == {"not run"}
    assert (ledger["reason"] != "").all()
    ours = ledger[ledger["ours"] != ""]
    assert set(ours["data"]) == {"simulated"}
    assert len(ours) > 50


PANELS = {
    "figure2": set("abcdef"),
    "figure2_methods": set("abc"),
    "figure2_sensitivity": {"a, b, c"},
    "figureS3": set("AB"),
    "figure3": set("abcde"),
    "figure3_cost": set("abcd"),
    "figure4": {"a, b", "c", "d", "e"},
    "figure5": set("cdef"),
    "figureS4": {"a", "b"},
    "figureS5": {"a", "b, c", "d"},
    "figureS6": set("ab"),
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
