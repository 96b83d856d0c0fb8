"""Two fetches of one file at once, and a disk that is full."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fetching import BODY, SHA256, a_world, source
from misbehaving_server import held, plain

from sources.fetch import fetch
from sources.records import read_pins

SMALL_DISK = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"

world = a_world


@pytest.mark.parametrize("hashed", [True, False])
def test_threads(world, hashed):
    entry = source(world.server.at("/a", held(BODY)), hashed=hashed)
    with ThreadPoolExecutor(4) as pool:
        fetches = [pool.submit(world.fetch, entry, timeout=20.0) for _ in range(4)]
        assert world.server.sent.wait(20)
        world.server.released.set()
        assert {each.result() for each in fetches} <= {entry.addresses[0], "in place already"}
    assert world.target.read_bytes() == BODY
    assert len(world.server.requests) == 1


@pytest.mark.parametrize("hashed", [True, False])
def test_processes(world, hashed):
    entry = source(world.server.at("/a", held(BODY)), hashed=hashed)
    processes = [world.process(entry) for _ in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    world.server.released.set()
    assert [(process.communicate(), process.returncode)[1] for process in processes] == [0, 0]
    assert world.target.read_bytes() == BODY
    assert len(world.server.requests) == 1


def test_pins_of_many_files_at_once(world):
    start = threading.Barrier(8)

    def run(name):
        entry = source(world.server.at(f"/{name}", plain(BODY)), hashed=False, name=name)
        start.wait()
        fetch(entry, world.folder / name, None, world.pins)

    names = [f"{n}.bin" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, names))
    pins = {key: pin["sha256"] for key, pin in read_pins(world.pins).items()}
    assert pins == {f"toy/{name}": SHA256 for name in names}


def test_full_disk_leaves_nothing(world):
    with world.process(source(world.server.at("/a", plain(BODY))), before=SMALL_DISK) as process:
        _, errors = process.communicate()
    assert errors.splitlines()[-1].startswith(f"running.errors.CannotWrite: {world.target}: cannot be written: ")
    assert world.left() == []
    world.right(source(world.server.at("/a", plain(BODY))))


def test_a_folder_that_can_not_be_made(world):
    world.target.parent.write_text("a file where the folder should be")
    world.error(source(), names=["cannot be written"])
