"""Conda environments agree with the lock, and hold what the scripts of their rules import; the lock is whole."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY, config_of, snakemake

from configuration.imports import dependencies
from fly_brain.methods.table import METHODS as FLY_METHODS
from gastrulation.methods.table import METHODS as GASTRULATION_METHODS
from maintenance.lock import without_torch
from sci_car.methods.table import METHODS
from slide_seq.methods.table import RIVALS
from tcr.methods.table import METHODS as TCR_METHODS

ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))
SCRIPTS = REPOSITORY / "scripts"
RUNNING = sorted((SCRIPTS / "running").glob("*.py"))
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "snakemake-minimal": "snakemake",
    "python-igraph": "igraph",
    "pytorch": "torch",
}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path):
    """Versions by package of a requirements file."""
    found = (re.match(r"([A-Za-z0-9_.-]+)(?:\[.*\])?==([^ ;\\\n]+)", line) for line in path.open())
    return {normal(pin[1]): pin[2] for pin in found if pin}


@cache
def locked():
    return pins(REPOSITORY / "envs" / "requirements.lock")


@cache
def asked():
    return pins(REPOSITORY / "envs" / "requirements.in")


@cache
def declared(path):
    """Versions by package, under its name in the lock, of a conda environment."""
    entries = yaml.safe_load(path.read_text())["dependencies"]
    flat = [pin for entry in entries for pin in (entry["pip"] if isinstance(entry, dict) else [entry])]
    found = (pin.replace("==", "=").partition("=") for pin in flat)
    return {normal(CONDA_NAMES.get(name, name)): version for name, _, version in found}


@pytest.fixture(scope="module", params=[(config_of("demo"),), ()], ids=["simulated", "published"])
def rules(request, tmp_path_factory):
    """The rules of the workflow that run something."""
    command = [sys.executable, str(Path(__file__).with_name("rules_as_json.py")), *request.param]
    done = subprocess.run(command, cwd=tmp_path_factory.mktemp("rules"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return [rule for rule in json.loads(done.stdout) if rule["script"]]


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_pins_agree_with_the_lock(path):
    """Conda cannot be solved on every machine; that its pins are those of the tested environment can be checked."""
    versions = locked() | {"torch": asked()["torch"], "python": "3.11", "pip": ""}
    assert {name: versions.get(name) for name in declared(path)} == declared(path)


@pytest.mark.parametrize("name", ["requirements", "tools"])
def test_the_lock_holds_what_is_asked_for_and_a_hash_of_everything(name):
    lock = REPOSITORY / "envs" / f"{name}.lock"
    wanted = pins(lock.with_suffix(".in"))
    wanted.pop("torch", None)  # its builds have hashes of their own: see scripts/maintenance/lock.py
    assert wanted.items() <= pins(lock).items()
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    assert len(blocks) == len(pins(lock))
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in lock.read_text()
    assert "file:/" not in lock.read_text()


def test_the_lock_is_of_any_build_of_torch():
    names = ("nvidia-cublas-cu12", "nvidia-nvtx", "scikit-learn", "setuptools", "torch", "torchmetrics", "triton")
    blocks = {name: f"{name}==1.0 \\\n    --hash=sha256:{'0' * 64}\n" for name in names}
    assert without_torch("".join(blocks.values())) == "".join(
        blocks[name] for name in ("scikit-learn", "setuptools", "torchmetrics")
    )


def test_every_rule_has_an_environment_a_log_and_a_message(rules):
    assert len(rules) > 50
    for rule in rules:
        assert rule["environment"], f"{rule['name']} names no environment"
        assert (REPOSITORY / "rules" / rule["environment"]).is_file(), rule["environment"]
        assert rule["has_log"], f"{rule['name']} has no log"
        assert rule["has_message"], f"{rule['name']} has no message"


def test_every_rule_asks_for_its_memory_unless_it_runs_on_the_submitting_host(rules):
    names = {rule["name"] for rule in rules}
    here = {rule["name"] for rule in rules if rule["on_the_submitting_host"]}
    text = {name for name in names if name.startswith(("report", "provenance_"))}
    # hashing what was read is work, and the machine to write down is one that computed
    assert here == (text | (names & {"fetch", "own_plan"})) - {"provenance_inputs", "provenance_software"}
    assert {rule["name"] for rule in rules if "mem_mb" not in rule["resources"]} <= here


def test_every_environment_is_named_by_a_rule(rules):
    assert {Path(rule["environment"]).name for rule in rules} == {path.name for path in ENVIRONMENTS}


RUN_BY_NAME = {  # rules whose script is given the module that it runs
    f"{rule}_{environment}": [
        f"{part}.methods.{method.module}" for method in methods.values() if method.environment == environment
    ]
    for part, rule, methods in (
        ("slide_seq", "slide_seq_rival", RIVALS),
        ("sci_car", "sci_car_embed", METHODS),
        ("tcr", "tcr_locations", TCR_METHODS),
        ("tcr", "tcr_residues", TCR_METHODS),
        ("fly_brain", "fly_brain_represent", FLY_METHODS),
        ("gastrulation", "gastrulation_fit", GASTRULATION_METHODS),
    )
    for environment in {method.environment for method in methods.values()}
} | {"own_place_core": ["own.methods"], "own_place_multiview": ["own.mofa"]}


def modules_of(rule):
    """The project's files that run for a rule: its script, and what that names only when it runs."""
    script = (REPOSITORY / "rules" / rule["script"]).resolve()
    named = re.findall(r'"([a-z_]+\.[a-z_.]+):\w+"', script.read_text()) + RUN_BY_NAME.get(rule["name"], [])
    found = [script, *(SCRIPTS / f"{name.replace('.', '/')}.py" for name in named)]
    # report.yaml has no library for formats of tables: intact.py imports each for a file of its format alone
    running = [path for path in RUNNING if (rule["name"], path.name) != ("report", "intact.py")]
    return {path for one in [*found, *running] for path in dependencies(one) if path.suffix == ".py"}


@cache
def imported(path):
    """The names of the packages outside the project and the standard library that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return {name for name in names - sys.stdlib_module_names if not (SCRIPTS / name).is_dir()}


def test_every_package_that_a_rule_imports_is_declared_in_its_environment(rules):
    distributions = packages_distributions()
    undeclared = {
        (rule["name"], Path(rule["environment"]).name, name, str(path.relative_to(SCRIPTS)))
        for rule in rules
        for path in modules_of(rule)
        for name in imported(path)
        if not {normal(one) for one in distributions[name]} & set(declared(REPOSITORY / "rules" / rule["environment"]))
    }
    assert undeclared == set()


NOT_IMPORTED = {  # of an environment, or asked for, and used all the same
    *("python", "pip", "uv", "mypy", "ruff", "snakefmt", "snakemake-executor-plugin-slurm"),
    *("snakemake", "snakemake-interface-report-plugins", "jinja2", "pygments"),  # the report is Snakemake's command
    *("mofapy2", "scanpy"),  # muon calls them, and asks for no version
    "geosketch",  # the core has it by name, where it is there
}


@pytest.mark.parametrize("rules", [()], ids=["published"], indirect=True)  # simulated, nothing is fetched
def test_every_package_of_an_environment_is_imported_by_a_rule(rules):
    distributions, used = packages_distributions(), {}
    for rule in rules:
        names = {name for path in modules_of(rule) for name in imported(path)}
        found = {normal(one) for name in names for one in distributions[name]}
        used.setdefault(Path(rule["environment"]).name, set()).update(found)
    needless = {path.name: set(declared(path)) - used[path.name] - NOT_IMPORTED for path in ENVIRONMENTS}
    assert {name: left for name, left in needless.items() if left} == {}


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported():
    distributions = packages_distributions()
    files = [*SCRIPTS.rglob("*.py"), *(REPOSITORY / "workflow_tests").rglob("*.py")]
    own = {"pdoc", *(name for path in files for name in (path.stem, path.parent.name))}
    found = {name: {normal(one) for one in distributions.get(name, ())} for path in files for name in imported(path)}
    assert {name for name in found.keys() - own if not found[name] & set(asked())} == set()
    assert set(asked()) - set().union(*found.values()) - NOT_IMPORTED == set()


CONDA = """#!/bin/sh
# answers what Snakemake asks before it prints a recipe, and can make no environment
case "$*" in
  --version) echo "conda 25.3.0" ;;
  "info --json") echo '{"conda_prefix": "/opt/conda", "platform": "linux-64", "config_files": []}' ;;
  *channel_priority*) echo '{"get": {"channel_priority": "strict"}}' ;;
  *) exit 1 ;;
esac
"""


def test_a_container_recipe_can_be_printed_and_holds_every_environment(tmp_path):
    """That the image builds has to be seen where conda's channels are."""
    (tmp_path / "conda").write_text(CONDA)
    (tmp_path / "conda").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = snakemake("--configfile", config_of("demo"), "--containerize", "apptainer", folder=tmp_path, PATH=path)
    assert "%post" in done.stdout
    made = re.findall(r"conda env create --prefix (\S+) --file (\S+)", done.stdout)
    copied = re.findall(r"^ +(\S+/envs/\w+\.yaml) (\S+)$", done.stdout, re.MULTILINE)
    assert {Path(source).name for source, _ in copied} == {path.name for path in ENVIRONMENTS}
    assert sorted(target for _, target in copied) == sorted(file for _, file in made)


def test_a_container_of_the_config_is_what_jobs_run_in(tmp_path):
    command = [sys.executable, str(Path(__file__).with_name("rules_as_json.py")), config_of("demo")]
    (tmp_path / "image.yaml").write_text("container: schema.sif\n")
    done = subprocess.run([*command, str(tmp_path / "image.yaml")], cwd=tmp_path, capture_output=True, text=True)
    assert {rule["container"] for rule in json.loads(done.stdout) if rule["script"]} == {"schema.sif"}
