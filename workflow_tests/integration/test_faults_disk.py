"""A full disk, and a folder that cannot be written: one line that names the file; once it is mended the run ends."""

import itertools
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager

import pytest
from faults import QUICK_TAIL, RUN, SLOW_STEP, Started, assert_finished, run, unfinished

AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
ROOM = 30 * 2**20


@contextmanager
def mounted(place, *arguments):
    """Mount, as root or by sudo without a password."""
    done = subprocess.run([*AS_ROOT, "mount", *arguments, str(place)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([*AS_ROOT, "umount", str(place)], check=True)


@contextmanager
def read_only(folder):
    """By its permissions, or for root, whom they do not bind, by a mount."""
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
    else:
        with mounted(folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
            yield


def fill(folder):
    """Write until nothing more fits; the file that takes the room."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        all(file.write(bytes(4096)) for _ in itertools.count())
    return filler


def assert_one_line(said, words):
    assert sum(words in line for line in said.splitlines()) == 1, said
    assert "Traceback" not in said, said


def test_a_full_disk_in_the_middle_and_at_the_start(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path)
    filled = shutil.move(folder / "results", tmp_path / "elsewhere")
    (folder / "results").mkdir()
    size = sum(path.stat().st_blocks * 512 for path in filled.rglob("*"))
    with mounted(folder / "results", "-t", "tmpfs", "-o", f"size={size + ROOM},uid={os.geteuid()}", "tmpfs"):
        shutil.copytree(filled, folder / "results", dirs_exist_ok=True)
        going = Started(folder)
        job = going.at_work()
        os.kill(job, signal.SIGSTOP)
        filler = fill(folder / "results")
        os.kill(job, signal.SIGCONT)
        assert going.ended() != 0
        assert_one_line(going.said(), f"{SLOW_STEP}: cannot be written: the disk is full; make room, then run again")
        assert not (folder / SLOW_STEP).exists()
        at_start = run(folder, check=False)
        assert at_start.returncode != 0
        assert_one_line(at_start.stderr, f"{folder / RUN}: cannot be written: the disk is full; make room")
        filler.unlink()
        run(folder)
        assert_finished(folder)


def test_a_folder_that_cannot_be_written(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, QUICK_TAIL)
    with read_only(folder / RUN):
        done = run(folder, check=False)
    assert done.returncode != 0
    assert_one_line(done.stderr, f"{folder / RUN}: cannot be written: ")
    assert "make it or its folder writable, then run again" in done.stderr
    run(folder)
    assert_finished(folder)
