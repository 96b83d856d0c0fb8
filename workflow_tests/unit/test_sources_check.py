"""make check-sources: what every address answers, on a server of this machine."""

import subprocess
import sys

import pytest
import yaml
from fetching import BODY, MD5, SCRIPTS, a_world
from misbehaving_server import PAGE, plain, redirect, status, trickle

from sources import check

world = a_world


@pytest.fixture
def asked(world):
    def asked(*addresses, **known):
        about = {"title": "t", "licence": "l", "citation": "c", "access": "manual", "instructions": "i"}
        files = {f"file{number}.bin": {"addresses": [each], **known} for number, each in enumerate(addresses)}
        registry = world.folder / "datasets.yaml"
        registry.write_text(yaml.safe_dump({"toy": {**about, "files": files or {"file.bin": {}}}}))
        return list(check.answers(registry))

    return asked


def ranged(handler):
    """A server that refuses HEAD, and knows ranges."""
    if handler.command == "HEAD":
        return status(405)(handler)
    assert handler.headers["Range"] == "bytes=0-0"
    return status(206, BODY[:1], "x/y", Content_Range=f"bytes 0-0/{len(BODY)}")(handler)


@pytest.mark.parametrize("reply", [plain(BODY), ranged])
def test_right(asked, world, reply):
    (row,) = asked(world.server.at("/a", reply), bytes=len(BODY), md5=MD5)
    assert (row.answer, row.size, row.known, row.file) == ("ok", "600000", "600000, md5", "toy/file0.bin")


def test_redirected_and_nothing_known(asked, world):
    (row,) = asked(world.server.at("/a", redirect(world.server.at("/b", plain(BODY)))))
    assert (row.answer, row.size, row.known) == ("ok", "600000", "not known, no hash")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (status(404), "HTTP status 404"),
        (plain(BODY[:-1]), "another size"),
        (plain(PAGE, Content_Type="text/html"), "an HTML page"),
        (redirect("http://127.0.0.1:9/"), "connection failed"),
    ],
)
def test_wrong(asked, world, reply, words, monkeypatch):
    monkeypatch.setattr("sources.fetch.time.sleep", lambda seconds: None)
    address = world.server.at("/a", reply)
    (row,) = asked(address, bytes=len(BODY), md5=MD5)
    assert row.answer == "FAILED"
    assert address in row.said
    assert words in row.said


def test_one_that_hangs_does_not_keep_the_rest_waiting(asked, world, monkeypatch):
    monkeypatch.setattr(check, "LIMIT", 0.3)
    slow, right = world.server.at("/a", trickle(b"")), world.server.at("/b", plain(BODY))
    assert [row.answer for row in asked(slow, right)] == ["FAILED", "ok"]


def test_by_hand(asked):
    assert [row.answer for row in asked()] == ["by hand"]


@pytest.mark.parametrize(("reply", "code"), [(plain(BODY), 0), (status(410), 1)])
def test_the_command(asked, world, reply, code):
    asked(world.server.at("/a", reply))
    command = [sys.executable, str(SCRIPTS / "sources/check.py"), str(world.folder / "datasets.yaml")]
    done = subprocess.run(command, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True)
    assert done.returncode == code
    assert done.stdout.splitlines()[0].split() == ["answer", "bytes", "registry", "file:", "address"]
    assert done.stdout.splitlines()[-1] == f"1 addresses, of which {code} failed"
