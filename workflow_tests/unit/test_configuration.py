"""The config's schema is complete and strict, and its page current."""

import subprocess
import sys

import pytest
from conftest import REPOSITORY

from configuration.check import check
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
