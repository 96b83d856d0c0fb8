"""Before the first job: all that cannot be had is found, the rest is here, and a note says which parts wait."""

import json
from pathlib import Path

import pytest
import yaml
from fetching import BODY, OTHER, a_world
from misbehaving_server import plain, status

from running import CannotWrite
from sources import ahead, check
from sources.fetch import NotFetched, bring
from sources.records import read_pins
from sources.registry import load_registry

world = a_world
PATIENCE = {"attempts": 1, "timeout": 5.0}


@pytest.fixture
def registry(world, monkeypatch):
    """Two files with addresses, one of them dead, and two that a portal keeps behind a login."""
    monkeypatch.setattr("sources.fetch.time.sleep", lambda seconds: None)
    monkeypatch.setattr(check, "LIMIT", 10.0)
    about = {"title": "t", "licence": "l", "citation": "c"}
    good, dead = world.server.at("/good", plain(BODY)), world.server.at("/dead", status(404))
    files = {"good.bin": {"addresses": [good]}, "dead.bin": {"addresses": [dead]}}
    content = {"open": {**about, "access": "open", "files": files}}
    by_hand = {"access": "manual", "instructions": "Sign in at the portal.", "files": {"a_1.bin": {}, "a_12.bin": {}}}
    content["portal"] = about | by_hand
    path = world.folder / "datasets.yaml"
    path.write_text(yaml.safe_dump(content))
    return load_registry(path)


KEYS = ["open/good.bin", "open/dead.bin", "portal/a_1.bin", "portal/a_12.bin"]


def fetched(world, registry, keys=KEYS, mirror=None, *, stop):
    return ahead.fetch_ahead(keys, world.folder / "all", registry, mirror, stop=stop, **PATIENCE)


def test_all_that_is_missing_is_found_and_the_rest_is_here_with_its_receipt(world, registry):
    missing = fetched(world, registry, stop=False)
    assert set(missing) == {"open/dead.bin", "portal/a_1.bin", "portal/a_12.bin"}
    assert (world.folder / "all/open/good.bin").read_bytes() == BODY
    receipt = yaml.safe_load((world.folder / "all/open/good.bin.receipt.yaml").read_text())
    assert receipt["origin"] == registry.file("open", "good.bin").addresses[0]
    assert set(read_pins(world.folder / "all/pins.yaml")) == {"open/good.bin"}
    said = ahead.listed(missing, world.folder / "all", registry)
    assert said.startswith("3 published files of this run cannot be had.")
    assert said.count("Sign in at the portal.") == 1  # and not once a file
    for words in ("HTTP status 404", "all/portal/a_1.bin: not fetched", "a_12.bin", "--config missing=skip"):
        assert words in said


def test_where_a_run_is_to_stop_nothing_is_downloaded_once_a_file_is_missing(world, registry):
    missing = fetched(world, registry, stop=True)
    assert set(missing) == {"open/dead.bin", "portal/a_1.bin", "portal/a_12.bin"}
    assert not (world.folder / "all/open").exists()
    assert "HTTP status 404" in str(missing["open/dead.bin"])


def test_what_the_mirror_has_is_not_missing(world, registry):
    for key in KEYS[1:]:
        path = world.folder / "mirror" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(OTHER)
    assert fetched(world, registry, mirror=str(world.folder / "mirror"), stop=True) == {}
    assert (world.folder / "all/portal/a_12.bin").read_bytes() == OTHER


def test_a_disk_that_takes_no_file_is_no_missing_file(world, registry, monkeypatch):
    def full(*args, **options):
        raise CannotWrite("x", "cannot be written: the disk is full", "make room")

    monkeypatch.setattr(ahead, "bring", full)
    with pytest.raises(CannotWrite):
        fetched(world, registry, stop=False)


def test_what_was_there_keeps_its_receipt_and_its_origin(world, registry):
    sources = world.folder / "all"
    bring("open/good.bin", sources, registry, None, **PATIENCE)
    receipt = sources / "open/good.bin.receipt.yaml"
    first, when = receipt.read_text(), receipt.stat().st_mtime_ns
    bring("open/good.bin", sources, registry, None, **PATIENCE)
    assert (receipt.read_text(), receipt.stat().st_mtime_ns) == (first, when)
    receipt.unlink()
    bring("open/good.bin", sources, registry, None, **PATIENCE)
    assert yaml.safe_load(receipt.read_text())["origin"] == "in place already"


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("a_1.bin", ["portal/a_12.bin"]),
        ("Cerebellum_a_1.tar", ["portal/a_12.bin"]),  # as the study may call it
        ("a_1", ["portal/a_12.bin"]),  # unpacked
        ("a_1.bin.lock", ["portal/a_1.bin", "portal/a_12.bin"]),
        ("a_1.bin.receipt.yaml", ["portal/a_1.bin", "portal/a_12.bin"]),
        (".a_1-x3y4z5w6.bin", ["portal/a_1.bin", "portal/a_12.bin"]),  # half of one
    ],
)
def test_the_note_forgets_what_has_come(world, registry, name, left):
    missing = fetched(world, registry, keys=KEYS[2:], stop=False)
    note = world.folder / "results/missing.json"
    ahead.note(note, missing, {key: ["slides"] for key in missing}, registry)
    assert list(ahead.noted(note, world.folder / "all", "http://a.b/c")) == KEYS[2:]
    (world.folder / "all/portal" / name).touch()
    assert list(ahead.noted(note, world.folder / "all")) == left


def test_the_reason_of_a_part_names_its_files_and_how_to_get_them_and_no_place(world, registry):
    missing = fetched(world, registry, mirror=str(world.folder / "my mirror"), stop=False)
    note = world.folder / "missing.json"
    parts = {"open/dead.bin": ["slides", "flies"], "portal/a_1.bin": ["slides"], "portal/a_12.bin": ["slides"]}
    ahead.note(note, missing, parts, registry)
    reasons = ahead.not_run(json.loads(note.read_text()))
    assert set(reasons) == {"slides", "flies"}
    assert "portal/a_1.bin, portal/a_12.bin could not be had (the mirror: no such file); how to" in reasons["slides"]
    assert "HTTP status 404" in reasons["flies"]
    missing["portal/a_1.bin"] = NotFetched(world.folder / "all/portal/a_1.bin", "", "", ["a portal: closed"])
    ahead.note(note, missing, parts, registry)
    said = ahead.not_run(json.loads(note.read_text()))["slides"]
    assert "portal/a_1.bin could not be had (a portal: closed); portal/a_12.bin could not be had (the mirror" in said
    assert said.count("Sign in at the portal") == 1  # how to get both
    assert str(world.folder) not in note.read_text()
    assert ahead.noted(Path("nowhere.json"), "x") == {}
