"""The one node of Slurm that the tests use: where it refuses to start, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY
from processes import until
from slurm import one_node
from slurm.keeper import CONF

COMMAND = [sys.executable, str(REPOSITORY / "workflow_tests" / "slurm" / "one_node.py"), "--"]


@pytest.fixture
def everything_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(one_node, "PROGRAMS", ("sh",))
    monkeypatch.setattr(one_node.os, "geteuid", lambda: 0)
    monkeypatch.setattr(one_node, "CONF", tmp_path / "slurm.conf")
    return tmp_path / "slurm.conf"


def test_it_can_run_where_nothing_stands_in_the_way(everything_is_there):
    one_node.check()


def test_slurm_is_not_installed(everything_is_there, monkeypatch):
    monkeypatch.setattr(one_node, "PROGRAMS", ("sh", "slurmctld-of-nowhere"))
    with pytest.raises(
        one_node.CannotRun, match=r"no slurmctld-of-nowhere\): on Debian, apt-get install slurm-wlm munge"
    ):
        one_node.check()


def test_not_root(everything_is_there, monkeypatch):
    monkeypatch.setattr(one_node.os, "geteuid", lambda: 1000)
    with pytest.raises(one_node.CannotRun, match="this is not root: run it in a container, or with sudo"):
        one_node.check()


def test_another_slurm_is_never_touched(everything_is_there):
    everything_is_there.write_text("ClusterName=theirs\n")
    with pytest.raises(one_node.CannotRun, match="is of another Slurm: use that one, or move the file away"):
        one_node.check()
    assert everything_is_there.read_text() == "ClusterName=theirs\n"


def test_what_a_killed_keeper_left_is_removed(everything_is_there):
    ended = subprocess.Popen(["true"])
    ended.wait()
    everything_is_there.write_text(f"# Written by workflow_tests/slurm/keeper.py, process {ended.pid}: ...\n")
    one_node.check()
    assert not everything_is_there.exists()


@pytest.fixture
def can_run():
    try:
        one_node.check()
    except one_node.CannotRun as error:
        pytest.skip(str(error))


def test_a_command_runs_and_nothing_stays(can_run):
    done = subprocess.run([*COMMAND, "sh", "-c", "srun -n1 --mem 50 hostname; exit 7"], capture_output=True, text=True)
    assert done.returncode == 7
    assert done.stdout.strip() == os.uname().nodename
    assert not CONF.exists()


def test_a_second_node_is_refused(can_run):
    with one_node.one_node():
        done = subprocess.run([*COMMAND, "true"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "a node is up already, held by process" in done.stderr
    assert not CONF.exists()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_it_ends_its_daemons_and_their_jobs(can_run, end):
    job, command = f"sleep 1000.{os.getpid()}", f"sleep 1001.{os.getpid()}"
    script = f"sbatch -Q --mem 50 --output /dev/null --wrap '{job}'; exec {command}"
    with subprocess.Popen([*COMMAND, "sh", "-c", script], start_new_session=True, text=True) as process:
        try:
            until(lambda: running(job))
            keeper = Path("/proc", CONF.read_text().split("process ")[1].split(":")[0])
            daemons = [Path("/proc", pid) for pid in (keeper / "task" / keeper.name / "children").read_text().split()]
            assert {(daemon / "comm").read_text().strip() for daemon in daemons} == {"munged", "slurmctld", "slurmd"}
            process.send_signal(end)
            until(lambda: process.poll() is not None)
        finally:
            process.kill()  # which does nothing to one that has ended
    until(lambda: not any(process.exists() for process in [keeper, *daemons]))
    until(lambda: not running(job))
    assert not CONF.exists()
    for left in running(command):  # which nobody could end when its parent was killed outright
        assert end == signal.SIGKILL
        os.kill(left, signal.SIGKILL)


def running(command: str) -> list[int]:
    words = "".join(f"{word}\0" for word in command.split()).encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if read(path) == words]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it has ended since
        return b""


def test_the_folder_is_temporary(can_run):
    with one_node.one_node() as folder:
        assert {"slurmctld.log", "slurmd.log"} <= {path.name for path in Path(folder).iterdir()}
    assert not folder.exists()
