"""Where a file comes from, and how each way of not getting it ends."""

import logging
import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from fetching import BODY, MD5, OTHER, OTHER_MD5, a_world, source
from misbehaving_server import PAGE, plain, status

from sources import fetch as module

world = a_world


def test_fetched_from_its_address(world):
    world.right(source(world.server.at("/a", plain(BODY))))
    assert world.server.requests[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("code", [404, 403, 410])
def test_a_page_that_says_not_found_is_not_saved_and_not_asked_twice(world, code):
    address = world.server.at("/a", status(code, PAGE, "text/html"))
    world.error(source(address), names=[f"HTTP status {code}", address, MD5, "by hand", "toy/toy.bin"])
    assert len(world.server.requests) == 1
    assert world.left() == []


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/octet-stream"])
@pytest.mark.parametrize("hashed", [True, False])
def test_a_page_with_status_200_is_not_saved(world, kind, hashed):
    address = world.server.at("/a", plain(PAGE, Content_Type=kind))
    world.error(source(address, hashed=hashed), names=["HTML page", address])
    assert world.left() == []
    assert not world.pins.exists()


def test_a_page_is_known_by_its_type_alone(world):
    address = world.server.at("/a", plain(b"Please sign in", Content_Type="text/html"))
    world.error(source(address, hashed=False), names=["HTML page", "text/html"])
    assert world.left() == []


def test_a_page_is_right_where_a_page_is_expected(world):
    address = world.server.at("/a", plain(PAGE, Content_Type="text/html"))
    world.right(source(address, hashed=False, name="toy.html"), body=PAGE)


@pytest.mark.parametrize("code", [500, 502, 503, 429])
def test_a_passing_trouble_is_waited_for(world, code):
    world.right(source(world.server.at("/a", status(code), status(code), plain(BODY))))


def test_the_tries_end(world):
    address = world.server.at("/a", status(503))
    world.error(source(address), names=["HTTP status 503"], attempts=3)
    assert len(world.server.requests) == 3


@pytest.mark.parametrize("code", [204, 206, 304])
def test_any_other_status_is_not_a_file(world, code):
    world.error(source(world.server.at("/a", status(code))), names=[f"HTTP status {code}"])


@pytest.fixture
def slept(monkeypatch):
    """The pauses between tries, which the test does not make."""
    pauses = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    return pauses


def test_pauses_grow(world, slept):
    world.error(source(world.server.at("/a", status(503))), names=["HTTP status 503"], attempts=4, pause=1.0)
    assert slept == [1.0, 2.0, 4.0]


def test_a_server_may_ask_for_a_longer_pause(world, slept):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    replies = [status(429, Retry_After=said) for said in ("7", date, "0")] + [plain(BODY)]
    world.right(source(world.server.at("/a", *replies)), attempts=4, pause=1.0)
    assert slept[0] == 7
    assert 50 < slept[1] <= 60
    assert slept[2] == 4.0


def test_a_server_that_asks_for_hours_is_not_waited_for(world, slept):
    first, second = world.server.at("/a", status(503, Retry_After=7200)), world.server.at("/b", plain(BODY))
    world.right(source(first, second))
    assert slept == []
    assert [path for path, _ in world.server.requests] == ["/a", "/b"]


@pytest.mark.parametrize("said", ["soon", "-5", "9" * 5000])
def test_a_senseless_wish_is_no_reason_to_stop(world, said):
    first, second = world.server.at("/a", status(503, Retry_After=said)), world.server.at("/b", plain(BODY))
    world.right(source(first, second))


def test_second_address(world):
    first, second = world.server.at("/a", status(404)), world.server.at("/b", plain(BODY))
    world.right(source(first, second))


@pytest.mark.parametrize("address", ["http://", "gopher://127.0.0.1/a", "http://[/a", "http://[::zz]/a"])
def test_an_address_that_is_none(world, address):
    world.error(source(address), names=[address, "cannot be asked"])
    world.right(source(address, world.server.at("/b", plain(BODY))))


def test_an_error_that_nobody_thought_of_does_not_keep_the_next_place_from_being_asked(world, monkeypatch):
    def fails(path, expected):
        monkeypatch.undo()
        raise RuntimeError("the first\nand the second line")

    monkeypatch.setattr(module, "check", fails)
    first, second = world.server.at("/a", plain(BODY)), world.server.at("/b", plain(BODY))
    assert world.fetch(source(first, second)) == second


def test_what_a_server_says_is_cut_to_one_short_printable_line(world, caplog):
    caplog.set_level(logging.INFO)
    address = world.server.at("/a", status(200, b"", "text/html; \x1b[31mred " + "x" * 500))
    message = world.error(source(address, hashed=False), names=["HTML page", "[31mred"])
    assert "\x1b" not in message + caplog.text
    assert "x" * 100 not in message + caplog.text


def test_the_error_names_every_place_and_what_was_wrong_there(world):
    first, second = world.server.at("/a", status(404)), world.server.at("/b", plain(OTHER))
    mirror = world.folder / "mirror"
    expected = [f"{first}: HTTP status 404", f"{second}: found md5 {OTHER_MD5}", f"expected md5 {MD5}"]
    places = [f"{mirror / 'toy' / 'toy.bin'}: no such file"]
    world.error(source(first, second), mirror, names=places + expected)


@pytest.mark.parametrize("body", [OTHER, BODY[:-1], BODY + b"x", b""])
def test_wrong_bytes_leave_nothing(world, body):
    world.error(source(world.server.at("/a", plain(body))), names=[f"expected md5 {MD5} ({len(BODY)} bytes)"])
    assert world.left() == []


def test_wrong_size_of_a_file_with_no_known_hash(world):
    address = world.server.at("/a", plain(BODY))
    world.error(source(address, hashed=False, size=7), names=["600000 bytes, more than the 7 bytes"])
    world.error(source(address, hashed=False, size=700_000), names=["(600000 bytes)", "(700000 bytes)"])
    assert not world.pins.exists()


class TestByHand:
    def put(self, world, body):
        world.target.parent.mkdir()
        world.target.write_bytes(body)

    def test_right(self, world):
        self.put(world, BODY)
        world.right(source(world.server.at("/a", plain(BODY))))
        assert world.server.requests == []

    @pytest.mark.parametrize("body", [OTHER, BODY[:-1], PAGE, b""])
    def test_wrong_is_named_and_not_removed(self, world, body):
        self.put(world, body)
        with pytest.raises(ValueError, match="in this place is wrong") as caught:
            world.fetch(source(world.server.at("/a", plain(BODY))))
        assert "\n" not in str(caught.value)
        assert "move it away" in str(caught.value)
        assert world.target.read_bytes() == body
        assert world.server.requests == []

    @pytest.mark.parametrize("make", [lambda path: path.mkdir(), os.mkfifo], ids=["folder", "pipe"])
    def test_what_is_no_file(self, world, make):
        world.target.parent.mkdir()
        make(world.target)
        with pytest.raises(ValueError, match=r"in this place is wrong: no file, but a (folder|pipe)"):
            world.fetch(source(hashed=False))

    def test_still_being_put_there(self, world, monkeypatch):
        self.put(world, BODY[:300_000])
        monkeypatch.setattr(module.time, "sleep", lambda seconds: world.target.write_bytes(BODY))
        with pytest.raises(ValueError, match="still being written"):
            world.fetch(source(hashed=False))
        assert not world.pins.exists()

    def test_wrong_names_both_hashes(self, world):
        self.put(world, OTHER)
        with pytest.raises(ValueError, match=f"{OTHER_MD5}.*{MD5}"):
            world.fetch(source())


def test_it_says_where_the_file_came_from(world):
    address = world.server.at("/a", plain(BODY))
    assert world.fetch(source(address)) == address
    assert world.fetch(source(address)) == "in place already"
    world.target.unlink()
    folder = world.folder / "mirror" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.bin").write_bytes(BODY)
    assert world.fetch(source(address), folder.parent) == "the mirror"  # and not where that is
