"""The config's schema is complete and strict, its page current, and environments agree with the lock."""

import re
import subprocess
import sys

import pytest
import yaml
from conftest import REPOSITORY

from configuration.check import check
from configuration.lock import lock
from configuration.strict_yaml import read_yaml
from running import InputError

CONFIG = REPOSITORY / "config"
SCHEMA = CONFIG / "config.schema.yaml"
KEYS = read_yaml(SCHEMA)


def merged(*names):
    """The config as Snakemake merges overlays into it."""

    def merge(base, over):
        nested = {key: merge(base[key], over[key]) for key in over if isinstance(over[key], dict) and key in base}
        return {**base, **over, **nested}

    content = {}
    for name in names:
        content = merge(content, read_yaml(CONFIG / f"{name}.yaml"))
    return content


def nodes(schema, path=""):
    """Every key of a schema with its node, references followed."""
    definitions = KEYS["$defs"]
    for key, node in schema.get("properties", {}).items():
        full = definitions.get(node.get("$ref", "").removeprefix("#/$defs/"), {}) | node
        yield f"{path}{key}", full
        yield from nodes(full, f"{path}{key}.")


@pytest.mark.parametrize("names", [("config",), ("config", "demo"), ("config", "real")])
def test_shipped_configs_are_valid(names):
    check(merged(*names), SCHEMA, "config")


def test_every_key_is_described_strict_and_has_the_default_of_config_yaml():
    shipped, known = merged("config"), dict(nodes(KEYS))
    for path, node in known.items():
        assert node.get("description"), path
        if node.get("type") == "object":
            assert node["additionalProperties"] is False, path
            assert set(node["required"]) == set(node["properties"]), path
        value = shipped
        for key in path.split("."):
            value = value[key]
        if "default" in node:
            assert node["default"] == value, path
        elif not isinstance(value, dict):
            parents = [".".join(path.split(".")[:i]) for i in range(1, path.count(".") + 1)]
            assert any("default" in known[parent] for parent in parents), path


def test_a_misspelt_key_is_named_with_the_nearest(tmp_path):
    content = merged("config")
    content["tcr"]["locations"]["marker_wieght"] = 0
    with pytest.raises(
        InputError, match=r"config: at tcr\.locations: unknown key 'marker_wieght'; the nearest is 'marker_"
    ):
        check(content, SCHEMA, "config")


def test_the_page_of_the_config_is_current():
    command = [sys.executable, str(REPOSITORY / "scripts" / "configuration" / "document.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def locked():
    """Versions by package of the lock."""
    lines = (REPOSITORY / "envs" / "requirements.lock").read_text().splitlines()
    pins = (re.match(r"([A-Za-z0-9_.-]+)(?:\[.*\])?==([^ ;]+)", line) for line in lines)
    return {pin[1].lower().replace("_", "-"): pin[2] for pin in pins if pin}


CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "snakemake-minimal": "snakemake",
    "python-igraph": "igraph",
    "pytorch": "torch",
}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "envs").glob("*.yaml")), ids=lambda path: path.stem)
def test_conda_pins_agree_with_the_lock(path):
    """Conda cannot be solved on every machine; that its pins are those of the tested environment can be checked."""
    versions = locked()
    for entry in yaml.safe_load(path.read_text())["dependencies"]:
        for pin in entry["pip"] if isinstance(entry, dict) else [entry]:
            name, _, version = pin.replace("==", "=").partition("=")
            if name == "python":
                assert version == "3.11"
            elif name != "pip":
                name = CONDA_NAMES.get(name, name)
                assert versions[name] == version, f"{path.name}: {pin}, the lock has {versions[name]}"


def test_what_is_asked_for_is_in_the_lock():
    asked = (REPOSITORY / "envs" / "requirements.in").read_text().splitlines()
    for line in asked:
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            assert locked()[name.lower().replace("_", "-")] == version


def test_no_machine_path_or_registry_host_in_the_lock():
    text = (REPOSITORY / "envs" / "requirements.lock").read_text()
    assert "://" not in text
    assert "file:" not in text


def test_the_lock_is_of_any_build_of_torch():
    packages = {
        "torch": "2.13.0+cpu",
        "nvidia-cublas-cu12": "12.8",
        "triton": "3.5",
        "Scikit_Learn": "1.9.1",
        "zarr": "3",
    }
    report = {"install": [{"metadata": {"name": name, "version": version}} for name, version in packages.items()]}
    assert lock(report) == "scikit-learn==1.9.1\ntorch==2.13.0\nzarr==3\n"
