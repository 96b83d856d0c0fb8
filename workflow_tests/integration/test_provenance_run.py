"""The research object of the demo: whole, right, valid by its profile, and silent on who ran it and where."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from conftest import REPOSITORY, config_of, snakemake
from rocrate.rocrate import ROCrate

TABLES = [f"{name}.tsv" for name in ("inputs", "machine", "run", "software", "version")]
WRITTEN = ["ro-crate-metadata.json", "jobs.json", "config.yaml", *TABLES]
PROFILES = ["workflow-run-crate", "provenance-run-crate"]


@pytest.fixture(scope="module")
def graph(demo_run) -> list[dict]:
    return json.loads((demo_run / "ro-crate-metadata.json").read_text())["@graph"]


def typed(graph: list[dict], kind: str) -> list[dict]:
    return [entity for entity in graph if kind in entity["@type"]]


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def test_every_listed_file_is_there_and_its_hash_holds(demo_run, graph):
    files = typed(graph, "File")
    assert len(files) > 500
    for entity in files:
        content = (demo_run / unquote(entity["@id"])).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entity["sha256"], entity["@id"]


def test_every_file_of_a_part_was_made_by_a_job_that_the_crate_names(demo_run, graph):
    known = {unquote(entity["@id"]) for entity in graph}
    jobs = json.loads((demo_run / "jobs.json").read_text())
    assert {path.split("/")[0] for job in jobs for path in job["outputs"]} >= {"tcr", "sci_car", "slide_seq", "figures"}
    assert all(job["started"] and job["started"] <= job["ended"] for job in jobs)
    assert {path for job in jobs for path in job["outputs"]} - known - {place.rstrip("/") for place in known} == set()
    assert len(typed(graph, "CreateAction")) == len(jobs) + 1


def test_inputs_are_the_source_files_that_were_read(demo_run):
    inputs = table(demo_run / "inputs.tsv")
    kept = {path.relative_to(demo_run).as_posix() for path in (demo_run / "sources").rglob("*") if path.is_file()}
    assert set(inputs["file"]) == {name for name in kept if not name.endswith("truth.json")}
    assert set(inputs["origin"]) == {"simulated, seed 0"}


def test_the_run_names_what_it_was(demo_run):
    run = dict(table(demo_run / "run.tsv").itertuples(index=False))
    assert f"version: {run['workflow, version']}\n" in (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    assert re.fullmatch(r"[0-9a-f]{40}|unknown: .+", run["workflow, git commit"])
    assert run["command"].startswith("snakemake --snakefile Snakefile --cores 2 --configfile demo.yaml")
    assert run["executor"] == "local"
    assert "slide_seq.factors.seed=17" in run["seeds"]
    assert run["config.yaml, sha256"] == hashlib.sha256((demo_run / "config.yaml").read_bytes()).hexdigest()
    assert "OMP_NUM_THREADS=1" in run["threads, in a job that has one"]
    assert run["memory"].endswith(" GiB")


def test_no_place_and_no_host(demo_run):
    for name in [*WRITTEN, "index.html", "report.html"]:
        text = re.sub(r"base64,[\w+/=]+", "", (demo_run / name).read_text(encoding="utf-8"))
        for place in (demo_run.parents[1], REPOSITORY, Path.home(), Path(os.sys.prefix)):
            assert f"{place}/" not in text, name
        if name != "report.html":  # the scripts in it hold words of every kind
            assert not re.search(rf"(?<![\w.-]){re.escape(socket.gethostname())}(?![\w.-])", text), name


def test_ro_crate_py_reads_it(demo_run):
    crate = ROCrate(demo_run)
    run = crate.dereference("#run")
    assert run["instrument"] is crate.mainEntity
    assert {"claims.tsv", "index.html", "report.html", "figures/figure5.svg"} <= {entity.id for entity in run["result"]}


def test_the_copy_of_the_workflow_runs_with_the_config_of_the_run(demo_run, tmp_path):
    shutil.copytree(demo_run / "workflow", tmp_path / "copy")
    done = snakemake("--dry-run", folder=tmp_path, snakefile=tmp_path / "copy" / "Snakefile")
    assert "results/demo/figures/figure5.svg" in done.stdout
    assert "Missing input files" not in done.stderr


def validated(folder: Path, profile: str) -> subprocess.CompletedProcess:
    command = ["rocrate-validator", "--disable-color", "-y", "validate", "--profile-identifier", profile, "--no-paging"]
    if cache := os.environ.get("ROCRATE_CACHE"):
        command += ["--offline", "--cache-path", cache]
    return subprocess.run([*command, str(folder)], capture_output=True, text=True)


@pytest.mark.skipif(
    shutil.which("rocrate-validator") is None,
    reason="no rocrate-validator on the PATH: see 'Where results come from' in config/README.md",
)
@pytest.mark.parametrize("profile", PROFILES)
def test_it_is_valid_and_a_broken_one_is_not(demo_run, tmp_path, profile):
    done = validated(demo_run, profile)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    folder = tmp_path / "broken"
    shutil.copytree(demo_run, folder, symlinks=True)
    text = (folder / "ro-crate-metadata.json").read_text()
    assert '"ControlAction"' in text
    (folder / "ro-crate-metadata.json").write_text(text.replace('"instrument"', '"agent"'))
    assert validated(folder, profile).returncode != 0


TELL_TIME = ("jobs.json", "run.tsv", "run_times.tsv", "index.html", "report.html")


def but_for_times(entity: dict) -> dict:
    dropped = {"startTime", "endTime", "datePublished"}
    dropped |= {"sha256", "contentSize"} if entity["@id"] in TELL_TIME else set()
    return {key: value for key, value in entity.items() if key not in dropped}


@pytest.mark.slow
def test_two_runs_give_the_same_object_but_for_times(tmp_path):
    graphs = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tcr.yaml").write_text("parts: [tcr]\n")
        snakemake("--configfile", config_of("demo"), "tcr.yaml", folder=tmp_path / name)
        graphs.append(json.loads((tmp_path / name / "results/demo/ro-crate-metadata.json").read_text())["@graph"])
    assert [but_for_times(entity) for entity in graphs[0]] == [but_for_times(entity) for entity in graphs[1]]
