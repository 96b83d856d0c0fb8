"""The mirror: a folder or an address that is asked first, in whatever way it is written; its password is nowhere."""

import base64
import logging
import os
import threading
import time

import pytest
from fetching import BODY, OTHER, a_world, source
from misbehaving_server import PAGE, plain, redirect, status

from running import InputError
from sources import fetch as module
from sources.registry import mirror_place

world = a_world
PASSWORD = "s3cr3t"


@pytest.fixture
def folder(world):
    (world.folder / "mirror" / "toy").mkdir(parents=True)
    return world.folder / "mirror"


def test_folder_first(world, folder):
    (folder / "toy" / "toy.bin").write_bytes(BODY)
    world.right(source(world.server.at("/a", status(404))), folder)
    assert world.server.requests == []
    assert (folder / "toy" / "toy.bin").read_bytes() == BODY


@pytest.mark.parametrize("body", [None, OTHER, PAGE, b""])
def test_absent_or_wrong_in_the_folder(world, folder, body):
    if body is not None:
        (folder / "toy" / "toy.bin").write_bytes(body)
    world.right(source(world.server.at("/a", plain(BODY))), folder)
    assert body is None or (folder / "toy" / "toy.bin").read_bytes() == body


def test_a_page_in_the_folder(world, folder):
    (folder / "toy" / "toy.bin").write_bytes(PAGE)
    world.error(source(hashed=False), folder, names=["HTML page", str(folder)])
    assert world.left() == []


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), os.mkfifo], ids=["folder", "pipe"])
def test_no_file_in_the_folder(world, folder, make):
    make(folder / "toy" / "toy.bin")
    world.error(source(), folder, names=["no file, but a "])
    world.right(source(world.server.at("/a", plain(BODY))), folder)


@pytest.mark.parametrize("mirror", ["x" * 300, "~nosuchuser/m", "toy\0", "/proc/self/mem"])
def test_a_folder_that_cannot_be_looked_at(world, mirror):
    world.right(source(world.server.at("/a", plain(BODY))), mirror)


@pytest.mark.parametrize("mirror", ["~/mirror", "$PLACE/mirror", "${PLACE}/mirror"])
def test_home_and_variables_are_put_in(world, folder, mirror, monkeypatch):
    for variable in ("HOME", "PLACE"):
        monkeypatch.setenv(variable, str(world.folder))
    (folder / "toy" / "toy.bin").write_bytes(BODY)
    assert world.fetch(source(), mirror) == "the mirror"
    assert mirror_place(mirror) == str(folder)


@pytest.mark.parametrize(
    ("mirror", "words"),
    [
        ("$NOT_SET/m", "the variable NOT_SET is not set"),
        ("${NOT_SET}/m", "the variable NOT_SET is not set"),
        ("/data/{lab}/m", "holds braces"),
        ("file:///data", "neither a folder nor"),
        ("ftp://host/m", "neither a folder nor"),
        ("https://host/m?token=s3cr3t", "neither a folder nor"),
        ("http://user:s3cr3t@host/m", "~/.netrc"),
        ("HTTPS://user:s3cr3t/@host/m", "~/.netrc"),
        ("https://s3cr3t@host/m", "~/.netrc"),
        ("user:s3cr3t@host/m", "~/.netrc"),
        ("$LAB/m", "~/.netrc"),
    ],
)
def test_a_mirror_that_cannot_be_used_is_one_line_that_does_not_repeat_it(world, mirror, words, monkeypatch, caplog):
    monkeypatch.setenv("LAB", "http://user:s3cr3t@host")
    with pytest.raises(InputError, match=words) as caught:
        world.fetch(source(), mirror)
    assert PASSWORD not in str(caught.value) + caplog.text
    assert "\n" not in str(caught.value)


class TestStillBeingWritten:
    """Where no hash would tell."""

    def test_while_it_is_copied(self, world, folder, monkeypatch):
        path, content = folder / "toy" / "toy.bin", module._content

        def changed(source):
            for number, chunk in enumerate(content(source)):
                yield chunk
                if number == 2:
                    os.truncate(path, 300_000)

        path.write_bytes(BODY)
        monkeypatch.setattr(module, "_content", changed)
        world.error(source(hashed=False), folder, names=["still being written"], attempts=1)
        assert not world.pins.exists()

    def test_it_is_taken_once_it_is_whole(self, world, folder):
        path = folder / "toy" / "toy.bin"
        path.write_bytes(BODY[:1000])
        writer = threading.Timer(0.05, path.write_bytes, [BODY])
        writer.start()
        world.right(source(hashed=False), folder)

    def test_one_that_has_long_been_there_is_not_waited_for(self, world, folder, monkeypatch):
        path = folder / "toy" / "toy.bin"
        path.write_bytes(BODY)
        os.utime(path, (time.time() - 60,) * 2)
        monkeypatch.setattr(module.time, "sleep", lambda seconds: pytest.fail("waited"))
        world.right(source(hashed=False), folder)


@pytest.mark.parametrize("slash", ["", "/"])
def test_http(world, slash):
    mirror = world.server.at("/lab/toy/toy.bin", plain(BODY)).removesuffix("/toy/toy.bin")
    world.right(source("http://127.0.0.1:9/never-asked"), mirror + slash)


def test_absent_at_http(world):
    mirror = world.server.at("/lab", status(404))
    world.right(source(world.server.at("/a", plain(BODY))), mirror)
    assert [path for path, _ in world.server.requests] == ["/lab/toy/toy.bin", "/a"]


def test_nowhere_to_ask_for_a_file_that_people_fetch(world):
    how = "Log in at the portal,\n  then download the puck."
    entry = source(access="manual", instructions=how)
    world.error(entry, names=["no place", "Log in at the portal, then download the puck.", "toy/toy.bin"])


def test_a_password_of_netrc_is_sent_to_its_host_alone_and_written_nowhere(world, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    (world.folder / "netrc").write_text(f"machine 127.0.0.1 login user password {PASSWORD}\n")
    monkeypatch.setenv("NETRC", str(world.folder / "netrc"))
    elsewhere = world.server.at("/b", plain(BODY), host="localhost")
    mirror = world.server.at("/lab/toy/toy.bin", redirect(elsewhere)).removesuffix("/toy/toy.bin")
    world.right(source(hashed=False), mirror)
    (_, first), (_, second) = world.server.requests
    assert first["Authorization"] == "Basic " + base64.b64encode(b"user:s3cr3t").decode()
    assert "Authorization" not in second
    assert PASSWORD not in caplog.text + world.pins.read_text()
