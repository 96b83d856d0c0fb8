"""Runs share their sources; one whose files cannot all be had stops with a list, or goes on without some parts."""

import json
import re
import shutil

import pytest
import yaml
from conftest import REPOSITORY, config_of, snakemake

from running import read_table

WITHOUT = "slide_seq"
SMALL = {"run": "one", "data": "published", "mirror": "mirror", "parts": ["tcr", WITHOUT]}
SMALL |= {"fetch": {"attempts": 1, "timeout_seconds": 5}}
QUICK = {  # of tcr what its figure needs
    "bootstrap": {"locations": 2, "residues": 2, "by_grid": 2},
    "methods": ["grid", "exact"],
    "shuffles": 2,
}


@pytest.fixture
def run(demo_run, tmp_path):
    """A checkout that takes the demo's files for the published ones, all but the pucks, with no hash and no size."""
    for name in ("rules", "scripts", "envs", "config"):
        shutil.copytree(REPOSITORY / name, tmp_path / "workflow" / name)
    for name in ("Snakefile", "LICENSE", "CITATION.cff"):
        shutil.copy2(REPOSITORY / name, tmp_path / "workflow")
    shutil.copytree(demo_run / "sources", tmp_path / "mirror", ignore=shutil.ignore_patterns(WITHOUT, "truth.json"))
    path = tmp_path / "workflow/config/datasets.yaml"
    datasets = yaml.safe_load(path.read_text())
    for dataset in datasets.values():
        for file in dataset["files"].values():
            for key in ("sha256", "md5", "bytes", "shape", "members"):
                file.pop(key, None)
    path.write_text(yaml.safe_dump(datasets))
    elsewhere = tmp_path / "elsewhere"  # where Snakemake is called: paths of the command line are from there
    elsewhere.mkdir()
    (elsewhere / "mine.yaml").write_text(yaml.safe_dump(SMALL | {"tcr": QUICK}))

    def run(*arguments, check=True):
        given = ["--directory", "..", "--configfile", config_of("demo"), "mine.yaml", *arguments]
        dead = {"https_proxy": "http://127.0.0.1:9", "NO_PROXY": ""}
        return snakemake(*given, folder=elsewhere, snakefile=tmp_path / "workflow/Snakefile", check=check, **dead)

    return run


def planned(done):
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", done.stdout, re.MULTILINE)}


def test_what_is_missing_is_listed_at_once_and_nothing_is_run(run, tmp_path):
    done = run(check=False)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "3 published files of this run cannot be had." in said
    for puck in ("180430_1", "180430_5", "180430_6"):
        assert f"results/sources/slide_seq/Puck_{puck}.tar.gz: not fetched" in said
    assert "sign in" in said
    assert "Traceback" not in said
    assert not (tmp_path / "results/one/tcr").exists()
    assert planned(run("--dry-run"))["slide_seq_read"] == 3  # a dry run asks nobody
    assert "slide_seq_read" not in planned(run("--dry-run", "--", "tcr"))


def test_a_part_that_is_asked_for_and_lacks_its_files_is_an_error_in_any_case(run):
    done = run("--config", "missing=skip", "--", WITHOUT, check=False)
    assert done.returncode != 0
    assert "3 published files of this run cannot be had." in done.stderr


def test_runs_may_not_take_the_place_of_the_sources(run):
    done = run("--config", "run=sources", "--dry-run", check=False)
    assert done.returncode != 0
    assert "run: sources is the folder of sources" in done.stdout + done.stderr


@pytest.mark.slow
def test_without_a_part_all_else_is_done_and_another_run_fetches_nothing(run, tmp_path):
    done = run("--config", "missing=skip")
    results = tmp_path / "results/one"
    ledger = read_table(results / "claims.tsv", text=True)
    without = ledger[ledger["part"] == WITHOUT]
    assert set(without["verdict"]) == {"not run"}
    assert without["reason"].str.contains("slide_seq/Puck_180430_1.tar.gz.* could not be had .*how to get it").all()
    assert (ledger.loc[ledger["part"] == "tcr", "verdict"] == "undecided").any()
    page = (results / "index.html").read_text()
    assert "Figure 4: genes of dense granule cells" in page
    assert "was not run: slide_seq/Puck_180430_1.tar.gz" in page
    assert {path.name for path in (results / "figures").glob("*.svg")} == {"figure5.svg"}
    assert "Starting again without them" in done.stderr
    again = run("--config", "missing=skip", "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr
    # files of the crate that stand beside the run go by their publishers' address
    crate = json.loads((results / "ro-crate-metadata.json").read_text())["@graph"]
    assert sum(entity["@id"].startswith("https://cf.10xgenomics.com/") for entity in crate) == 4
    pins = (tmp_path / "results/sources/pins.yaml").read_text()
    other = planned(run("--config", "run=two", "--dry-run", "--", "tcr"))
    assert other["tcr_preprocess"] == 1
    assert "fetch" not in other
    # a puck that comes later is taken up
    shutil.copytree(tmp_path / "mirror/vdjdb", tmp_path / "mirror/slide_seq")
    (tmp_path / "mirror/slide_seq/Puck_180430_1.tar.gz").touch()
    assert "slide_seq_read" not in planned(run("--config", "missing=skip", "--dry-run"))  # two are still missing
    assert (tmp_path / "results/sources/pins.yaml").read_text() == pins
