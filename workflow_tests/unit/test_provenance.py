"""What a run says of itself: version, command, inputs, seeds; it says what is unknown, and not who ran it or where."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from conftest import REPOSITORY
from snakemake.iocontainers import Log

from provenance.copy_workflow import copy_workflow, versions
from provenance.places import Places, workflow_files
from provenance.run import command, leaves, run
from provenance.software import gpus, machine
from provenance.version import tree_digest, version
from provenance.write_config import write_config
from running import InputError
from running.told import tell, told
from snakemake_report_plugin_jobs import record


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path) -> Path:
    folder = tmp_path / "check out"
    (folder / "rules").mkdir(parents=True)
    for name in ("Snakefile", "rules/a.smk", "README.md"):
        (folder / name).write_text(name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def test_outside_of_git_the_copy_is_hashed_all_the_same(tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "CITATION.cff").write_text("version: 1.2.3")
    rows = dict(versions(tmp_path, tmp_path / "copy").itertuples(index=False))
    assert rows["workflow, version"] == "1.2.3"
    assert rows["workflow, git commit"] == "unknown: not a git checkout"
    assert rows["workflow, sha256 of its files"] == tree_digest(tmp_path / "copy")


class TestVersion:
    def test_commit_and_what_changed_in_the_code(self, checkout):
        commit = git(checkout, "rev-parse", "HEAD").strip()
        assert version(checkout) == (commit, "nothing")
        (checkout / "README.md").write_text("another")
        assert version(checkout) == (commit, "nothing")
        (checkout / "rules" / "a.smk").write_text("another")
        assert version(checkout) == (commit, "1 file")
        (checkout / "rules" / "new.smk").write_text("new")
        assert version(checkout) == (commit, "2 files")

    def test_an_unpacked_archive(self, tmp_path):
        assert version(tmp_path) == ("unknown: not a git checkout", "unknown")

    def test_an_archive_unpacked_in_a_repository_of_something_else(self, checkout):
        assert version(checkout / "rules") == ("unknown: not a git checkout", "unknown")

    def test_no_git(self, checkout, monkeypatch):
        monkeypatch.setenv("PATH", "")
        assert version(checkout) == ("unknown: git is not installed", "unknown")

    def test_no_commit_yet(self, tmp_path):
        git(tmp_path, "init", "-q")
        assert version(tmp_path) == ("unknown: no commit yet", "unknown")

    def test_another_repository_in_the_environment_is_not_asked(self, checkout, tmp_path, monkeypatch):
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
        assert version(checkout)[1] == "nothing"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("--cores 2 --configfile /home/jane/a.yaml b.yaml", "--cores 2 --configfile a.yaml b.yaml"),
        ("-c2 -s/home/jane/Snakefile -j 4", "-c 2 -s Snakefile -j 4"),
        ("--config mirror=/home/jane/m run=x --cores all", "--config ... ... --cores all"),
        ("--config=mirror=https://jane:secret@host/m", "--config=..."),
        ("--workflow-profile=/home/jane/profiles/slurm", "--workflow-profile=slurm"),
        ("--default-resources slurm_account=jane --keep-going", "--default-resources ... --keep-going"),
        ("--cores 1 -- /home/jane/results/x.tsv", "--cores 1 -- x.tsv"),
        ("/home/jane/results/x.tsv", "..."),
    ],
)
def test_the_command_says_what_was_asked_and_not_where_or_by_whom(given, shown):
    said = command(["/home/jane/.venv/bin/snakemake", *given.split()])
    assert said == f"snakemake {shown}"
    assert "jane" not in said


def test_steps_are_told_what_is_no_param_of_theirs(monkeypatch):
    monkeypatch.setenv("TOLD_TO_STEPS", "{}")  # so that it is as before after the test
    tell(mirror="/data/mirror")
    tell(arguments=["snakemake", "a b", "é"], executor="slurm")
    assert told() == {"mirror": "/data/mirror", "arguments": ["snakemake", "a b", "é"], "executor": "slurm"}
    monkeypatch.delenv("TOLD_TO_STEPS")
    with pytest.raises(InputError, match="let the container keep the environment"):
        told()


def test_the_run_in_a_table():
    config = {
        "run": "x",
        "data": "simulated",
        "parts": ["a"],
        "seed": 3,
        "a": {"b": {"seeds": [1, 2]}},
        "c": {"seed": 9},
    }
    jobs = [
        {"started": "2026-01-02T00:00:00+00:00", "ended": None},
        {"started": None, "ended": "2026-01-03T00:00:00+00:00"},
    ]
    rows = dict(run(config, jobs, {"Snakemake": "9"}).itertuples(index=False))
    assert rows["seeds"] == "a.b.seeds=[1, 2], seed=3"  # of the parts that ran
    assert (rows["first of them started"], rows["last of them ended"]) == (jobs[0]["started"], jobs[1]["ended"])
    assert rows["Snakemake"] == "9"
    forgotten = dict(run(config, [{"started": None, "ended": None}], {}).itertuples(index=False))
    assert forgotten["first of them started"] == "unknown"


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ("echo NVIDIA H100 80GB HBM3; echo NVIDIA L4", "NVIDIA H100 80GB HBM3, NVIDIA L4"),
        ("echo No devices were found; exit 6", "none"),
        (None, "none"),
    ],
)
def test_a_machine_names_its_gpus(tmp_path, monkeypatch, says, named):
    monkeypatch.setenv("PATH", str(tmp_path))
    if says:
        (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
    assert gpus() == named
    assert ("GPU", named) in machine().itertuples(index=False, name=None)


def test_leaves_are_what_a_key_with_dots_stands_for():
    assert dict(leaves({"a": {"b": 1, "c": {"d": None}}, "e": []})) == {"a.b": 1, "a.c.d": None, "e": []}


def test_one_hash_for_a_tree_is_that_of_sha256sum(tmp_path):
    for name in ("b", "a/c d", "a/b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".snakemake_timestamp").touch()
    lines = "find . -type f ! -name .snakemake_timestamp -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum"
    said = subprocess.run(
        ["sh", "-c", f"{lines} | sha256sum"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert tree_digest(tmp_path) == said.stdout.split()[0]


def test_the_saved_config_has_every_key_but_no_place(tmp_path):
    config = {
        "run": "x",
        "mirror": "/home/jane/m",
        "sources": "/home/jane/s",
        "seed": 1,
        "container": "/home/jane/image.sif",
    }
    write_config(config, tmp_path / "config.yaml")
    saved = yaml.safe_load((tmp_path / "config.yaml").read_text())
    assert saved == {"run": "x", "mirror": None, "sources": "results/sources", "seed": 1, "container": "image.sif"}
    assert "jane" not in (tmp_path / "config.yaml").read_text()


def test_the_copy_of_the_workflow_is_what_it_needs_and_nothing_of_the_user(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("run: mine\n")
    copy_workflow(REPOSITORY, config, tmp_path / "copy")
    copied = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    }
    assert copied == {*workflow_files(REPOSITORY), "config/config.yaml"}
    assert (tmp_path / "copy" / "config" / "config.yaml").read_text() == "run: mine\n"
    assert not [name for name in copied if "demo" in name or "__pycache__" in name]


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="not a git checkout: what belongs to it is not known")
def test_the_copy_of_the_workflow_lacks_nothing_that_git_has():
    tracked = git(REPOSITORY, "ls-files", "Snakefile", "rules", "scripts", "envs", "config/*.schema.yaml").splitlines()
    assert set(tracked) - set(workflow_files(REPOSITORY)) == set()


def test_a_job_of_which_snakemake_has_forgotten_when_it_ran():
    script = SimpleNamespace(get_path_or_uri=lambda secret_free: "/code/scripts/x.py")
    rule = SimpleNamespace(name="r", script="../scripts/x.py", basedir=SimpleNamespace(join=lambda path: script))
    files = {
        "input": ["results/x/c"],
        "output": ["results/x/a", "results/x/b"],
        "log": Log(fromdict={"usage": "results/x/u"}),
    }
    params = [["scripts/x.py 0123456789abcdef"], "scripts/y.py 0123456789abcdef", "some text", 1]
    job = SimpleNamespace(rule=rule, wildcards_dict={"w": "1"}, threads=2, params=params, **files)
    times = {"results/x/a": {"starttime": 0.0, "endtime": 60.0}, "results/x/b": {"starttime": 1.0, "endtime": 3660.0}}
    places = Places("results/x", None, "/code")
    known = record(job, SimpleNamespace(metadata=times.get), places)
    assert (known["started"], known["ended"]) == ("1970-01-01T00:00:00+00:00", "1970-01-01T01:01:00+00:00")
    assert known["script"] == "workflow/scripts/x.py"
    assert (known["inputs"], known["outputs"], known["usage"]) == (["c"], ["a", "b"], "u")
    assert known["code"] == ["workflow/scripts/x.py", "workflow/scripts/y.py"]
    forgotten = record(job, SimpleNamespace(metadata=lambda output: None), places)
    assert forgotten == known | {"started": None, "ended": None}
