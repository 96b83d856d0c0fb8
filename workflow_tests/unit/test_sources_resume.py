"""Transfers that break: what is kept, what is joined, and what is never joined."""

import time

import pytest
from fetching import BODY, OTHER, World, source
from misbehaving_server import MisbehavingServer, file, piece, plain, stall, status


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with MisbehavingServer() as server:
        yield World(server, tmp_path)


def resumed(world, request=-1):
    return world.server.ranges()[request] is not None


def test_cut_short_goes_on(world):
    cut = [file(BODY, upto=200_000), file(BODY, upto=400_000)]
    world.right(source(world.server.at("/a", *cut, file(BODY))))
    first, second, third = world.server.ranges()
    assert first is None
    assert 0 < int(second[6:-1]) < int(third[6:-1]) <= 400_000


def test_cut_short_goes_on_by_date_when_there_is_no_strong_tag(world):
    dated = {"etag": None, "Last_Modified": "Fri, 22 May 2020 00:00:00 GMT"}
    cut = file(BODY, upto=300_000, **dated)
    world.right(source(world.server.at("/a", cut, plain(BODY))))
    assert world.server.requests[1][1]["If-Range"] == dated["Last_Modified"]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_cut_short_begins_again_when_versions_can_not_be_told_apart(world, etag):
    world.right(source(world.server.at("/a", file(BODY, etag, upto=300_000), file(BODY, etag))))
    assert not resumed(world)


def test_cut_short_begins_again_when_the_server_knows_no_range(world):
    world.right(source(world.server.at("/a", file(BODY, upto=300_000), plain(BODY))))
    assert resumed(world)


def test_always_cut_short(world):
    address = world.server.at("/a", plain(BODY[:300_000], announced=len(BODY)))
    world.error(source(address), names=["cut short", "300000 bytes read, 300000 more expected"], attempts=2)
    assert world.left() == []


def test_announced_longer_than_it_is(world):
    address = world.server.at("/a", plain(BODY, announced=len(BODY) + 9))
    world.error(source(address, hashed=False), names=["cut short"])
    assert not world.pins.exists()


def test_announced_shorter_than_it_is(world):
    address = world.server.at("/a", plain(BODY, announced=len(BODY) - 9))
    world.error(source(address), names=[f"({len(BODY) - 9} bytes)", f"({len(BODY)} bytes)"])
    assert world.left() == []


def test_goes_on_in_a_later_fetch(world):
    address = world.server.at("/a", file(BODY, upto=300_000))
    world.error(source(address), names=["cut short"], attempts=1)
    assert world.left() == ["toy.bin.part", "toy.bin.part.from"]
    world.server.at("/a", file(BODY))
    world.right(source(address))
    assert resumed(world)


def test_with_no_known_hash_a_later_fetch_begins_again(world):
    entry = source(world.server.at("/a", file(BODY, upto=300_000)), hashed=False)
    world.error(entry, names=["cut short"], attempts=1)
    world.server.at("/a", file(BODY))
    world.right(entry)
    assert not resumed(world)


def test_whole_part_of_a_killed_fetch_is_not_fetched_again(world):
    address = world.server.at("/a", file(BODY, upto=300_000))
    world.error(source(address), names=["cut short"], attempts=1)
    (world.target.parent / "toy.bin.part").write_bytes(BODY)
    world.right(source(address))
    assert len(world.server.requests) == 1


@pytest.mark.parametrize("damage", ["", "[]", '{"address": "http', "{}"])
def test_half_written_memory_begins_again(world, damage):
    address = world.server.at("/a", file(BODY, upto=300_000))
    world.error(source(address), names=["cut short"], attempts=1)
    (world.target.parent / "toy.bin.part.from").write_text(damage)
    world.server.at("/a", file(BODY))
    world.right(source(address))
    assert not resumed(world)


def test_a_part_from_one_address_is_not_joined_to_another(world):
    first = world.server.at("/a", file(OTHER, upto=300_000), status(404))
    world.right(source(first, world.server.at("/b", file(BODY))))
    assert [path for path, _ in world.server.requests] == ["/a", "/a", "/b"]
    assert not resumed(world)


def test_changed_between_two_parts(world):
    world.right(source(world.server.at("/a", file(OTHER, '"old"', upto=300_000), file(BODY, '"new"'))))
    assert resumed(world)


@pytest.mark.parametrize("hashed", [True, False])
def test_changed_between_two_parts_and_the_server_ignores_the_condition(world, hashed):
    replies = file(OTHER, '"old"', upto=300_000), piece(BODY, '"new"'), file(BODY, '"new"')
    world.right(source(world.server.at("/a", *replies), hashed=hashed))


def test_changed_between_two_parts_and_the_server_hides_it(world):
    world.right(source(world.server.at("/a", file(OTHER, upto=300_000), piece(BODY), file(BODY))))


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("reply", [piece(BODY, shift=9), status(206, BODY[300_000:]), status(416)])
def test_a_piece_that_was_not_asked_for(world, reply, hashed):
    world.right(source(world.server.at("/a", file(BODY, upto=300_000), reply, file(BODY)), hashed=hashed))
    assert not resumed(world)


def test_stalled(world):
    world.error(source(world.server.at("/a", stall(BODY, 300_000))), names=["no answer for 0.2 s"], timeout=0.2)


def test_stalled_then_goes_on(world):
    world.right(source(world.server.at("/a", stall(BODY, 300_000), file(BODY))), timeout=0.5)
    assert resumed(world)


def test_killed_in_the_middle(world):
    entry = source(world.server.at("/a", stall(BODY, 300_000), file(BODY)))
    part = world.target.parent / "toy.bin.part"
    with world.process(entry) as process:
        assert world.server.sent.wait(20)
        while process.poll() is None and not (part.exists() and part.stat().st_size):
            time.sleep(0.01)
        process.kill()
    assert not world.target.exists()
    world.right(entry)
    assert resumed(world)
