"""A Slurm of one node on this machine, for as long as it is needed: to run this workflow under a real scheduler.

usage: python workflow_tests/slurm/one_node.py -- COMMAND ...

    python workflow_tests/slurm/one_node.py -- snakemake --workflow-profile config/profiles/slurm --configfile \
      config/demo.yaml --slurm-status-command squeue

Needs root, Slurm and munge (Debian: apt-get install slurm-wlm munge). The node is this machine with all of its cores,
in one partition, without accounts and accounting. Everything but /etc/slurm/slurm.conf is in a temporary folder, and
ends with the command, however that ends.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if __package__:
    from .keeper import CONF, PATIENCE
else:
    from keeper import CONF, PATIENCE

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "sinfo")


class CannotRun(RuntimeError):
    """This machine cannot run a Slurm node; the message is one line that says why, and the remedy."""


def check() -> None:
    """Raise CannotRun unless a node can be started here; remove a configuration that a killed keeper left behind."""
    absent = [program for program in PROGRAMS if not shutil.which(program, path=search_path())]
    if absent:
        raise CannotRun(f"Slurm is not installed (no {', '.join(absent)}): on Debian, apt-get install slurm-wlm munge")
    if os.geteuid() != 0:
        raise CannotRun("a Slurm node is started by root, and this is not root: run it in a container, or with sudo")
    if not CONF.exists():
        return
    keeper = re.match(r"# Written by workflow_tests/slurm/keeper.py, process (\d+)", CONF.read_text(encoding="utf-8"))
    if not keeper:
        raise CannotRun(f"{CONF} is of another Slurm: use that one, or move the file away if it is a remnant")
    process = Path("/proc", keeper[1], "cmdline")
    if process.exists() and b"keeper.py" in process.read_bytes():
        raise CannotRun(f"a node is up already, held by process {keeper[1]} ({CONF}): wait for it to end, or end it")
    CONF.unlink()


def search_path() -> str:
    """The search path with the folders of daemons, which a user's may lack."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


@contextmanager
def one_node() -> Iterator[Path]:
    """Give the folder (logs, state) of a running Slurm with one idle node.

    Raises CannotRun, before anything is started, where there is no way, and RuntimeError, with the daemons' last words,
    where the node does not come up.
    """
    check()
    command = [sys.executable, str(Path(__file__).with_name("keeper.py"))]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with tempfile.TemporaryFile("w+") as log:
        # in a session of its own: Ctrl-C in a terminal reaches this process alone, which then closes the pipe
        keeper = subprocess.Popen(
            command, env=os.environ | {"PATH": search_path()}, start_new_session=True, text=True, stderr=log, **pipes
        )
        try:
            folder = keeper.stdout.readline().strip()
            if folder:
                yield Path(folder)
        finally:
            keeper.stdin.close()
            status = keeper.wait()
            log.seek(0)
            words = log.read()
        if status:
            raise RuntimeError(f"the node {'did not end well' if folder else 'did not come up'}:\n{words[-4000:]}")


def run(command: list[str]) -> int:
    """The status of a command; it ends when this process is asked to."""
    # in a session of its own, so that it is interrupted once, from here, also by a Ctrl-C in a terminal; and not deaf
    # to that, as what a script starts in the background is
    with subprocess.Popen(command, start_new_session=True, preexec_fn=listen) as process:
        try:
            return process.wait()
        finally:  # which does nothing to one that has ended
            process.send_signal(signal.SIGINT)  # Snakemake cancels its jobs; asked to terminate, it would wait for them
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def listen() -> None:
    """Have an interrupt end this process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main(arguments: list[str]) -> int:
    """Run a command under a node, and end with its status."""
    if not arguments or arguments[0] != "--" or len(arguments) < 2:
        raise SystemExit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a script started this in the background
    try:
        with one_node() as folder:
            print(f"one idle node; its logs are in {folder}", file=sys.stderr)
            return run(arguments[1:])
    except CannotRun as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
