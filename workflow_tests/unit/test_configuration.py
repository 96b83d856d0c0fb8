"""The config's schema is complete and strict, and its page current."""

import subprocess
import sys

import pytest
from conftest import REPOSITORY
from snakemake.utils import update_config

from configuration.check import check, expanded, read_schema
from configuration.strict_yaml import read_document, read_yaml
from running import InputError
from running.disk import assert_usable

CONFIG = REPOSITORY / "config"
SCHEMA = CONFIG / "config.schema.yaml"
KEYS = read_schema(SCHEMA)


def merged(*names):
    """The config as Snakemake merges overlays into it."""
    content = {}
    for name in names:
        update_config(content, read_yaml(CONFIG / f"{name}.yaml"))
    return content


def mistake(path, text):
    """What is said of an overlay that holds ``text``."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        check_overlay(path)
    return str(error.value).replace(str(path), "mine")


def check_overlay(path):
    documents = [read_document(file, name="it") for file in (CONFIG / "config.yaml", path)]
    content = documents[0].content
    update_config(content, documents[1].content)
    check(content, SCHEMA, "it", documents)


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
        if node.get("type") == "object" and "properties" not in node:  # its keys are names of the user's
            of_names = [*node.get("patternProperties", {}).values(), node["additionalProperties"]]
            assert all(one["description"] for one in of_names if one is not False), path
        elif node.get("type") == "object":
            assert node["additionalProperties"] is False, path
            assert set(node["required"]) == set(node["properties"]), path
        value = shipped
        for key in path.split("."):
            value = None if value is None else value[key]  # below what is null there are no keys
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


def test_a_truth_value_of_the_command_line_is_said_how_to_write():
    with pytest.raises(
        InputError, match="at verify_inputs: 'true' is not of type 'boolean'; write True on the command"
    ):
        check(merged("config") | {"verify_inputs": "true"}, SCHEMA, "config")


def test_the_page_of_the_config_is_current():
    command = [sys.executable, str(REPOSITORY / "scripts" / "maintenance" / "document.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


MISREAD = {  # the text of an overlay: what is said
    "slide_seq: {min_umi: 10}\nrun: x\nslide_seq: {seed: 1}": "mine: line 3: key 'slide_seq' twice; keep one",
    "tcr:\n  shuffles: 1\n  seed: 1\n  shuffles: 2": "mine: line 4: key 'shuffles' twice; keep one",
    '{\n\t"run": "a",\n\t"run": "b"\n}': "mine: key 'run' twice; keep one",
    "tcr: {vdjdb: {release: 2020-05-25}}": "mine: line 1, at tcr.vdjdb.release of it: 2020-05-25 without "
    'quotes is read as a date; write "2020-05-25" for text',
    "seed: 010": 'mine: line 1, at seed of it: 010 without quotes is read as the octal number 8; write "010" for text',
    "seed: 12:30": "mine: line 1, at seed of it: 12:30 without quotes is read as a number of minutes and seconds; "
    'write "12:30" for text',
    "fetch:\n  timeout_seconds: .inf": "mine: line 2, at fetch.timeout_seconds of it: .inf without quotes is read "
    'as what is no number; write ".inf" for text',
    "slide_seq: {trendsceek: {beads: .nan}}": 'is read as what is no number; write ".nan" for text',
    "simulate: {fly_brain: {depth: {1118: [1, 2]}}}": "at simulate.fly_brain.depth.1118 of it: the key 1118 "
    'is not text; write "1118"',
    "on: 1\nrun: x": 'mine: line 1, at on of it: the key on is not text; write "on"',
    "slide_seq:\n  pucks:\n    - 180430_1": "mine: line 3, at slide_seq.pucks.0 of it: 180430_1 without quotes is "
    'read as 1804301, not as text; write "180430_1"',
    "slide_seq: {pucks: 180430_1}": "at slide_seq.pucks of it: 180430_1 is no list; write [180430_1]",
    "fly_brain: {nmf: {tolerance: 1e-4}}": "at fly_brain.nmf.tolerance of it: 1e-4 is read as text; write 0.0001",
    "fly_brain: {nmf: {tolerance: 1e-9}}": "1e-9 is read as text; write 1.0e-09",
    "fly_brain: {nmf: {batch: 1e3}}": "at fly_brain.nmf.batch of it: 1e3 is read as text; write 1000",
    "seed: '5'": "at seed of it: 5 is read as text; write 5",
    "seed: 5.0": "at seed of it: 5.0 is read as 5.0; write 5",
    "seed: five": "at seed of it: five is read as text; write a whole number",
    "tcr: {filter: {quantile: 0,97}}": 'at tcr.filter.97 of it: the key 97 is not text; write "97"',
    "tcr: {filter: {quantile: '0,97'}}": "at tcr.filter.quantile of it: 0,97 is read as text; write 0.97",
    "run: no": 'at run of it: no without quotes is read as false, not as text; write "no"',
    "run: 2020_1": 'at run of it: 2020_1 without quotes is read as 20201, not as text; write "2020_1"',
    "data: off": 'at data of it: off without quotes is read as false, not as text; write "off"',
    "tcr: {filter: {binder: 'yes'}}": "at tcr.filter.binder of it: yes is neither yes nor no; write true or false",
    "seed: yes": "at seed of it: yes is read as True; write a whole number",
    "seed: ~": "at seed of it: ~ is read as no value; give one, or leave the key out",
    "run: a\ntcr:\n": "mine: line 2, at tcr of it: nothing is read as no value; give one, or leave the key out",
    "tcr: x": "at tcr of it: x is no block of keys; give its keys in lines below it, indented",
    "run: a\ntcr: {locatoins: {}}": "mine: line 2, at tcr of it: unknown key 'locatoins'; the nearest is 'locations'",
    "a:\n\tb: 1": "mine: line 2: found character",
    "tcr: [1, 2": "mine: line 2: did not find expected",
    "run: a\n---\nrun: b": "mine: line 2: but found another document",
    "run: !!python/name:os.system": "mine: line 1: could not determine a constructor",
}


@pytest.mark.parametrize("text", MISREAD)
def test_what_yaml_misreads_is_said_with_its_line_and_how_to_write_it(tmp_path, text):
    assert MISREAD[text] in mistake(tmp_path / "mine.yaml", text)


@pytest.mark.parametrize(
    "text", ["\ufeffrun: a\r\nseed: 1\r\n", "", "# nothing", '{\n\t"run": "a"\n}', "x: &a {b: 1}\ny: {<<: *a, b: 2}"]
)
def test_what_is_harmless_is_read(tmp_path, text):
    (tmp_path / "mine.yaml").write_bytes(text.encode())
    content = read_yaml(tmp_path / "mine.yaml")
    assert content in ({"run": "a", "seed": 1}, {"run": "a"}, None, {"x": {"b": 1}, "y": {"b": 2}})


def test_of_the_keys_of_others_only_a_repeated_one_is_refused(tmp_path):
    (tmp_path / "theirs.yaml").write_text("theirs: {when: 2020-01-01, 1: 12:30}\nseed: 1\n")
    assert read_document(tmp_path / "theirs.yaml", keys=["seed"]).content["seed"] == 1
    (tmp_path / "theirs.yaml").write_text("theirs: {a: 1, a: 2}\n")
    with pytest.raises(InputError, match="key 'a' twice"):
        read_document(tmp_path / "theirs.yaml", keys=["seed"])


def test_the_command_line_is_not_blamed_on_a_file():
    content = merged("config")
    content["fetch"]["attempts"] = "1"
    documents = [read_document(CONFIG / "config.yaml")]
    with pytest.raises(InputError, match=r"^it: at fetch.attempts: '1' is not of type 'integer'; put it in a file"):
        check(content, SCHEMA, "it", documents)


def test_variables_in_paths_are_put_in_or_missed_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("PLACE", "a{1}")
    (tmp_path / "$kept").mkdir()

    def path(value):
        return expanded({"mirror": value}, SCHEMA, "it")["mirror"]

    assert [path(value) for value in ("${HOME}/data", "~/x", "$PLACE/b", "$kept", "{b}", "http://h/$x", None)] == [
        *("/home/me/data", "/home/me/x", "a{1}/b", "$kept", "{b}", "http://h/$x", None)
    ]
    with pytest.raises(
        InputError, match=r"it: at mirror: '\$\{NOWHERE\}/data' asks for the variable .*, which is not set"
    ):
        path("${NOWHERE}/data")
    assert expanded(merged("config"), SCHEMA, "it") == merged("config")


def test_text_with_braces_never_reaches_snakemake():
    content = merged("config")
    content["tcr"]["filter"]["markers"] = ["CD{3}"]
    with pytest.raises(InputError, match=r"it: at tcr\.filter\.markers\.0: 'CD\{3\}' has a brace"):
        expanded(content, SCHEMA, "it")


def test_folders_and_a_python_that_snakemake_cannot_bear(tmp_path):
    assert_usable(tmp_path / "One Drive é", tmp_path, "/opt/données/.venv/bin/python3.11")
    for folders in ((tmp_path / "{a}", tmp_path), (tmp_path, tmp_path / "{a}")):
        with pytest.raises(InputError, match="the path has a brace"):
            assert_usable(*folders, "/bin/python")
    with pytest.raises(InputError, match="cannot start a Python whose path has a ' '; make the environment elsewhere"):
        assert_usable(tmp_path, tmp_path, "/home/me/One Drive/.venv/bin/python")
