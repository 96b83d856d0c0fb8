"""Files with no known hash: pinned when they first come, and watched from then on."""

import pytest
import yaml
from fetching import BODY, OTHER, OTHER_SHA256, SHA256, a_world, source
from misbehaving_server import plain

from running import InputError
from sources.records import pin, read_pins
from sources.verify import Failure

world = a_world


def test_pinned_on_the_first_download(world):
    address = world.server.at("/a", plain(BODY))
    world.right(source(address, hashed=False))
    (pinned,) = yaml.safe_load(world.pins.read_text()).items()
    assert pinned[0] == "toy/toy.bin"
    assert pinned[1].pop("date")
    assert pinned[1] == {"sha256": SHA256, "bytes": len(BODY), "from": address}


def test_a_hash_of_the_registry_is_not_pinned(world):
    world.right(source(world.server.at("/a", plain(BODY))))
    assert not world.pins.exists()


def test_the_same_bytes_later_agree_with_the_pin(world):
    entry = source(world.server.at("/a", plain(BODY)), hashed=False)
    world.right(entry)
    before = world.pins.read_text()
    world.target.unlink()
    world.right(entry)
    assert world.pins.read_text() == before


@pytest.mark.parametrize("body", [OTHER, OTHER[:-1]])
def test_changed_since_it_was_pinned(world, body):
    entry = source(world.server.at("/a", plain(BODY)), hashed=False)
    world.right(entry)
    world.target.unlink()
    world.server.at("/a", plain(body))
    names = [f"expected sha256 {SHA256}", "as pinned on", "found sha256", f"delete toy/toy.bin from {world.pins}"]
    message = world.error(entry, names=names)
    assert (OTHER_SHA256 in message) == (body == OTHER)
    assert world.left() == []


def test_deleting_the_pin_accepts_the_change(world):
    entry = source(world.server.at("/a", plain(BODY)), hashed=False)
    world.right(entry)
    world.target.unlink()
    world.server.at("/a", plain(OTHER))
    world.pins.unlink()
    world.right(entry, body=OTHER)
    assert read_pins(world.pins)["toy/toy.bin"]["sha256"] == OTHER_SHA256


def test_put_by_hand_is_pinned_and_then_watched(world):
    world.target.parent.mkdir()
    world.target.write_bytes(BODY)
    world.right(source(hashed=False))
    assert read_pins(world.pins)["toy/toy.bin"]["from"] == "a file put in place by hand"
    world.target.write_bytes(OTHER)
    with pytest.raises(InputError, match=f"{OTHER_SHA256}.*{SHA256}"):
        world.fetch(source(hashed=False))


def test_pinned_by_another_in_the_meantime(world):
    ours, theirs = world.folder / "ours", world.folder / "theirs"
    ours.write_bytes(BODY)
    theirs.write_bytes(OTHER)
    pin(source(hashed=False), theirs, world.pins, "there")
    with pytest.raises(Failure, match=f"{SHA256}.*{OTHER_SHA256}"):
        pin(source(hashed=False), ours, world.pins, "here")


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("[1, 2]", ["not a list of pins"]),
        ("toy/toy.bin: {sha256: abc}", ["toy/toy.bin", "sha256, bytes, from, date"]),
        ("toy/toy.bin: 3", ["toy/toy.bin"]),
        ("a: {}\na: {}", ["line 2", "'a' twice"]),
        ("{", ["line "]),
    ],
)
def test_damaged_pins(world, content, names):
    world.pins.write_text(content)
    with pytest.raises(InputError) as caught:
        world.fetch(source(world.server.at("/a", plain(BODY)), hashed=False))
    assert "\n" not in str(caught.value)
    assert [name for name in [str(world.pins), *names] if name not in str(caught.value)] == []
    assert not world.target.exists()
