"""Where a file comes from, and how each way of not getting it ends."""

import pytest
from fetching import BODY, MD5, OTHER, OTHER_MD5, World, source
from misbehaving_server import PAGE, MisbehavingServer, endless, file, plain, redirect, status

from sources.fetch import fetch


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with MisbehavingServer() as server:
        yield World(server, tmp_path)


def test_fetched_from_its_address(world):
    world.right(source(world.server.at("/a", file(BODY))))
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
    world.right(source(world.server.at("/a", status(code), status(code), file(BODY))))


def test_the_tries_end(world):
    address = world.server.at("/a", status(503))
    world.error(source(address), names=["HTTP status 503"], attempts=3)
    assert len(world.server.requests) == 3


@pytest.mark.parametrize("code", [204, 206, 304])
def test_any_other_status_is_not_a_file(world, code):
    world.error(source(world.server.at("/a", status(code))), names=[f"HTTP status {code}"])


def test_second_address(world):
    first, second = world.server.at("/a", status(404)), world.server.at("/b", file(BODY))
    world.right(source(first, second))


def test_the_error_names_every_place_and_what_was_wrong_there(world):
    first, second = world.server.at("/a", status(404)), world.server.at("/b", file(OTHER))
    mirror = world.folder / "mirror"
    expected = [f"{first}: HTTP status 404", f"{second}: found md5 {OTHER_MD5}", f"expected md5 {MD5}"]
    places = [f"{mirror / 'toy' / 'toy.bin'}: no such file"]
    world.error(source(first, second), mirror, names=places + expected)


def test_nobody_there(world):
    with MisbehavingServer() as gone:
        address = gone.at("/a")
    world.error(source(address), names=[address, "connection failed", "refused"])


@pytest.mark.parametrize("address", ["http://", "gopher://127.0.0.1/a", "http://[/a"])
def test_an_address_that_is_none(world, address):
    world.error(source(address), names=[address, "cannot be asked"])


def test_redirected(world):
    there = world.server.at("/b", file(BODY))
    world.right(source(world.server.at("/a", redirect(there))))


def test_redirected_in_a_circle(world):
    world.error(source(world.server.at("/a", redirect("/a"))), names=["redirects in a circle"])


@pytest.mark.parametrize("body", [OTHER, BODY[:-1], BODY + b"x", b""])
def test_wrong_bytes_leave_nothing(world, body):
    world.error(source(world.server.at("/a", file(body))), names=[f"expected md5 {MD5} ({len(BODY)} bytes)"])
    assert world.left() == []


def test_wrong_size_of_a_file_with_no_known_hash(world):
    entry = source(world.server.at("/a", file(BODY)), hashed=False, size=7)
    world.error(entry, names=[f"({len(BODY)} bytes)", "(7 bytes)"])
    assert not world.pins.exists()


def test_an_endless_body_ends(world):
    world.error(source(world.server.at("/a", endless(BODY))), names=["more than the 600000 bytes"])
    assert world.left() == []


def test_a_body_encoded_against_our_wish(world):
    world.error(source(world.server.at("/a", plain(BODY, Content_Encoding="br"))), names=["encoded as br"])


def test_a_gz_is_kept_as_it_is_whatever_the_server_calls_it(world):
    address = world.server.at("/a", plain(BODY, Content_Encoding="gzip"))
    fetch(source(address, name="toy.gz"), world.target, None, world.pins)
    assert world.target.read_bytes() == BODY


class TestMirror:
    @pytest.fixture
    def folder(self, world):
        (world.folder / "mirror" / "toy").mkdir(parents=True)
        return world.folder / "mirror"

    def test_folder_first(self, world, folder):
        (folder / "toy" / "toy.bin").write_bytes(BODY)
        world.right(source(world.server.at("/a", status(404))), folder)
        assert world.server.requests == []
        assert (folder / "toy" / "toy.bin").read_bytes() == BODY

    def test_absent_in_the_folder(self, world, folder):
        world.right(source(world.server.at("/a", file(BODY))), folder)

    def test_wrong_in_the_folder(self, world, folder):
        (folder / "toy" / "toy.bin").write_bytes(OTHER)
        world.right(source(world.server.at("/a", file(BODY))), folder)
        assert (folder / "toy" / "toy.bin").read_bytes() == OTHER

    def test_a_page_in_the_folder(self, world, folder):
        (folder / "toy" / "toy.bin").write_bytes(PAGE)
        world.error(source(hashed=False), folder, names=["HTML page", str(folder)])
        assert world.left() == []

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_http(self, world, slash):
        mirror = world.server.at("/lab/toy/toy.bin", file(BODY)).removesuffix("/toy/toy.bin")
        world.right(source("http://127.0.0.1:9/never-asked"), mirror + slash)

    def test_absent_at_http(self, world):
        mirror = world.server.at("/lab", status(404))
        world.right(source(world.server.at("/a", file(BODY))), mirror)
        assert [path for path, _ in world.server.requests] == ["/lab/toy/toy.bin", "/a"]

    def test_nowhere_to_ask_for_a_file_that_people_fetch(self, world):
        how = "Log in at the portal,\n  then download the puck."
        entry = source(access="manual", instructions=how)
        world.error(entry, names=["no place", "Log in at the portal, then download the puck.", "toy/toy.bin"])


class TestByHand:
    def put(self, world, body):
        world.target.parent.mkdir()
        world.target.write_bytes(body)

    def test_right(self, world):
        self.put(world, BODY)
        world.right(source(world.server.at("/a", file(BODY))))
        assert world.server.requests == []

    @pytest.mark.parametrize("body", [OTHER, BODY[:-1], PAGE, b""])
    def test_wrong_is_named_and_not_removed(self, world, body):
        self.put(world, body)
        with pytest.raises(ValueError, match="in this place is wrong") as caught:
            world.fetch(source(world.server.at("/a", file(BODY))))
        assert "\n" not in str(caught.value)
        assert "move it away" in str(caught.value)
        assert world.target.read_bytes() == body
        assert world.server.requests == []

    def test_wrong_names_both_hashes(self, world):
        self.put(world, OTHER)
        with pytest.raises(ValueError, match=f"{OTHER_MD5}.*{MD5}"):
            world.fetch(source())


def test_it_says_where_the_file_came_from(world):
    address = world.server.at("/a", file(BODY))
    assert world.fetch(source(address)) == address
    assert world.fetch(source(address)) == "in place already"
    world.target.unlink()
    folder = world.folder / "mirror" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.bin").write_bytes(BODY)
    assert world.fetch(source(address), folder.parent) == "the mirror"  # and not where that is
