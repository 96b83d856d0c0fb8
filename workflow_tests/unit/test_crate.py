"""A run's research object, on a run of two jobs whose files have hostile names: it loads, holds and says no place."""

import hashlib
import json
import re
import shutil
from urllib.parse import unquote

import pandas as pd
import pytest
from conftest import REPOSITORY
from rocrate.rocrate import ROCrate

from provenance.copy_workflow import copy_workflow
from provenance.crate import crate
from provenance.inputs import COLUMNS

HOSTILE = ["a b.tsv", "100%25.csv", "é#?&<x>.parquet", "c:d.tsv", "-rf", "new\nline.txt", "'\"\\.json"]
TIME = "2026-01-02T03:04:05+00:00"
SOURCE = f"sources/toy/{HOSTILE[2]}"
JOBS = [
    {
        "rule": "read",
        "wildcards": {"x": "é /"},
        "threads": 1,
        "script": "workflow/scripts/tcr/preprocess.py",
        "started": TIME,
        "ended": "2026-01-02T03:04:09+00:00",
        "inputs": [SOURCE, "mirror/beads.csv"],
        "code": ["workflow/scripts/tcr/preprocess.py", "workflow/scripts/tcr/read_donor.py"],
        "outputs": [*HOSTILE, "deep/folder"],
    },
    {
        "rule": "draw",
        "wildcards": {},
        "threads": 2,
        "script": "workflow/scripts/tcr/figures/figure5.py",
        "started": None,
        "ended": None,
        "inputs": ["deep/folder", "deleted since.tsv"],
        "code": ["workflow/scripts/tcr/figures/figure5.py"],
        "outputs": ["figures/f.svg"],
    },
]
RUN = {
    "run": "toy",
    "parts": "tcr",
    "data": "published",
    "first of them started": TIME,
    "last of them ended": TIME,
    "workflow, version": "1.2.3",
    "workflow, git commit": "unknown: not a git checkout",
    "changed since that commit": "unknown",
    "workflow, sha256 of its files": "0" * 64,
    "Snakemake": "9.27.1",
    "processor": "P",
    "cores": "2",
    "memory": "1 GiB",
    "linear algebra": "L",
}


@pytest.fixture
def folder(tmp_path):
    """results/toy as it is when the crate is written."""
    folder = tmp_path / "results" / "toy"
    for name in [*HOSTILE, SOURCE, "deep/folder/1.npz", "deep/folder/.snakemake_timestamp", "figures/f.svg"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "config.yaml").write_text('run: toy\nseed: 3\ntcr: {q: [1, 2.5], flag: true, text: "true"}\n')
    (folder / "jobs.json").write_text(json.dumps(JOBS))
    copy_workflow(REPOSITORY, folder / "config.yaml", folder / "workflow")
    said = {"file": SOURCE, "dataset": "toy", "title": "T", "licence": "CC BY 4.0", "citation": "C"}
    said["address"] = "https://example.org/f"
    rows = [dict.fromkeys(COLUMNS, "") | said, dict.fromkeys(COLUMNS, "") | {"file": "mirror/beads.csv"}]
    pd.DataFrame(rows).to_csv(folder / "inputs.tsv", sep="\t", index=False)
    pd.DataFrame(RUN.items(), columns=["what", "value"]).to_csv(folder / "run.tsv", sep="\t", index=False)
    (folder / "software.tsv").write_text("what\tversion\trules\nnumpy\t2.3.5\t\n")
    return folder


@pytest.fixture
def graph(folder):
    return {entity["@id"]: entity for entity in crate(folder, ["figures/f.svg", "run.tsv"])["@graph"]}


def is_a(entity: dict, kind: str) -> bool:
    return kind in entity["@type"] if isinstance(entity["@type"], list) else kind == entity["@type"]


def refers_to(value: object) -> list[str]:
    """Every identifier that an entity refers to."""
    if isinstance(value, list):
        return [found for item in value for found in refers_to(item)]
    return [value["@id"]] if isinstance(value, dict) and set(value) == {"@id"} else []


def test_every_file_of_the_jobs_is_there_with_its_hash(folder, graph):
    files = {unquote(name): entity for name, entity in graph.items() if is_a(entity, "File")}
    assert {*HOSTILE, SOURCE, "deep/folder/1.npz", "figures/f.svg", "config.yaml", "run.tsv"} <= set(files)
    for name, entity in files.items():
        content = (folder / name).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["contentSize"] == str(len(content))


def test_identifiers_are_relative_references(graph):
    for identifier in graph:
        assert re.fullmatch(r"[A-Za-z0-9._~/?#\[\]@!$&'()*+,;=:%-]+", identifier), identifier
        assert re.match(r"https://|#|(\./)?(?![^/]*:)", identifier), identifier
        assert not identifier.startswith("/")


def test_nothing_refers_to_what_is_not_there(graph):
    for entity in graph.values():
        for key, value in entity.items():
            missing = [found for found in refers_to(value) if found not in graph]
            assert [found for found in missing if not found.startswith("https://")] == [], key


def test_ro_crate_py_reads_it(folder):
    text = json.dumps(crate(folder, ["figures/f.svg"]))
    (folder / "ro-crate-metadata.json").write_text(text)
    read = ROCrate(folder)
    assert read.mainEntity.id == "workflow/Snakefile"
    assert read.mainEntity["programmingLanguage"]["version"] == "9.27.1"
    assert read.mainEntity["version"] == "1.2.3 (unknown: not a git checkout)"
    assert read.dereference("#run")["instrument"] is read.mainEntity


def test_jobs_have_their_tools_times_and_files(graph):
    jobs = {identifier: entity for identifier, entity in graph.items() if identifier.startswith("#job/")}
    read, draw = (next(e for e in jobs.values() if e["name"] == name) for name in ("read", "draw"))
    assert read["instrument"] == {"@id": "workflow/scripts/tcr/preprocess.py"}
    assert (read["startTime"], read["endTime"]) == (JOBS[0]["started"], JOBS[0]["ended"])
    assert [unquote(found) for found in refers_to(read["object"])] == [SOURCE]
    assert [unquote(found) for found in refers_to(read["result"])] == [*HOSTILE, "deep/folder/"]
    assert "startTime" not in draw  # Snakemake has forgotten: nothing is made up
    assert refers_to(draw["object"]) == ["deep/folder/"]  # without what was deleted since
    tool = graph["workflow/scripts/tcr/preprocess.py"]
    assert refers_to(tool["softwareRequirements"]) == ["workflow/scripts/tcr/read_donor.py"]
    assert set(refers_to(graph["#organise"]["object"])) == {i for i in graph if i.startswith("#control/")}


def test_sources_name_owner_and_place(graph):
    (source,) = (entity for name, entity in graph.items() if unquote(name) == SOURCE)
    assert source["url"] == "https://example.org/f"
    assert graph[source["license"]["@id"]]["name"] == "CC BY 4.0"
    assert graph[source["citation"]["@id"]]["name"] == "C"


@pytest.mark.parametrize(
    ("address", "name"),
    [("https://example.org/f", "https://example.org/f"), ("", "ni:///sha-256;" + "A" * 43)],
)
def test_a_source_that_runs_share_goes_by_its_address_or_its_hash(folder, address, name):
    table = pd.read_csv(folder / "inputs.tsv", sep="\t", dtype=str, keep_default_na=False)
    table.loc[0, ["address", "bytes", "sha256"]] = [address, "3", "0" * 64]
    table.to_csv(folder / "inputs.tsv", sep="\t", index=False)
    shutil.rmtree(folder / "sources")
    graph = {entity["@id"]: entity for entity in crate(folder, ["figures/f.svg"])["@graph"]}
    assert (graph[name]["contentSize"], graph[name]["sha256"]) == ("3", "0" * 64)
    (read,) = (entity for key, entity in graph.items() if key.startswith("#job/") and entity["name"] == "read")
    assert refers_to(read["object"]) == [name]
    assert name in refers_to(graph["#run"]["object"])


def test_every_key_of_the_config_is_a_parameter_with_its_value(graph):
    values = {name: graph[f"#value/{name}"]["value"] for name in ("run", "seed", "tcr.q", "tcr.flag", "tcr.text")}
    assert values == {"run": "toy", "seed": "3", "tcr.q": "[1, 2.5]", "tcr.flag": "true", "tcr.text": "true"}
    kinds = {name: graph[f"#parameter/{name}"]["additionalType"] for name in values}
    assert kinds == {"run": "Text", "seed": "Integer", "tcr.q": "Text", "tcr.flag": "Boolean", "tcr.text": "Text"}
    assert {"#value/seed", "config.yaml"} <= set(refers_to(graph["#run"]["object"]))


def test_no_place_and_nobody(folder, tmp_path):
    text = json.dumps(crate(folder, ["figures/f.svg"]))
    for place in (str(tmp_path), str(REPOSITORY), "mirror/"):
        assert place not in text
    assert '"agent"' not in text


def test_equal_runs_give_equal_crates(folder, tmp_path):
    first = json.dumps(crate(folder, ["figures/f.svg"]))
    other = tmp_path / "elsewhere" / "toy"
    shutil.copytree(folder, other)
    assert json.dumps(crate(other, ["figures/f.svg"])) == first


def test_the_paper_is_cited_and_the_code_has_its_licence(graph):
    assert graph["./"]["citation"] == {"@id": "https://doi.org/10.1186/s13059-021-02313-2"}
    assert graph["workflow/Snakefile"]["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert "publishers'" in graph["#rights"]["description"]
