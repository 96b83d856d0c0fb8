"""Hold one Slurm node up for as long as standard input stays open, then end what was started, by process id.

usage: python keeper.py       (started by one_node.py, which checks what it needs)

A process of its own, so that the daemons also end when the one who asked for them is killed: its end of the pipe closes
then. It prints the temporary folder with all state and logs once the node is idle. Only slurm.conf stands elsewhere:
within a job the executor plugin clears the variable that would name another place than /etc/slurm.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from string import Template

CONF = Path("/etc/slurm/slurm.conf")
TEMPLATE = Path(__file__).with_name("slurm.conf.template")
PATIENCE = 60  # seconds that the node may take to come up, or jobs to end


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(folder: Path) -> str:
    """The text of slurm.conf for this machine."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    values = {"pid": os.getpid(), "folder": folder}
    values |= {"cores": os.cpu_count(), "memory_mb": memory_mb * 9 // 10}
    values |= {"controller_port": free_port(), "node_port": free_port()}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)


@contextmanager
def configured(text: str) -> Iterator[None]:
    """Have ``text`` as the configuration of Slurm, and nothing afterwards."""
    with CONF.open("x", encoding="utf-8") as conf:  # never over another
        conf.write(text)
    try:
        yield
    finally:
        CONF.unlink()


@contextmanager
def daemon(*command: str) -> Iterator[subprocess.Popen]:
    """Run a program in the foreground of a child process, and end it: asked first, then killed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], bool], what: str, processes: list[subprocess.Popen], folder: Path) -> None:
    """Wait for a condition; exit with the last words of the daemons when it does not come, or when one of them ends."""
    for _ in range(PATIENCE * 5):
        ended = [f"{process.args[0]} ended with status {process.poll()}" for process in processes if process.poll()]
        if ended:
            raise SystemExit("\n".join([*ended, last_words(folder)]))
        if condition():
            return
        time.sleep(0.2)
    raise SystemExit(f"waited {PATIENCE} s for {what}\n{last_words(folder)}")


def last_words(folder: Path) -> str:
    """The ends of the logs."""
    return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1000:]}" for log in sorted(folder.glob("*.log")))


def said(*command: str) -> str:
    """What a command of Slurm prints; empty where it fails, as it does until the daemons are up."""
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE).stdout.strip()


@contextmanager
def node(folder: Path) -> Iterator[None]:
    """Munge, the controller and one idle node. Its jobs are cancelled first at the end, so that no step outlives it."""
    key, munge = folder / "munge.key", folder / "munge.socket"
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(256))
    files = {"key-file": key, "socket": munge, "seed-file": folder / "munge.seed", "pid-file": folder / "munge.pid"}
    with ExitStack() as stack:
        stack.enter_context(configured(configuration(folder)))
        options = [f"--{name}={path}" for name, path in files.items()]
        up = [stack.enter_context(daemon("munged", "--foreground", "--force", *options))]
        wait_until(munge.exists, "munge's socket", up, folder)
        up.append(stack.enter_context(daemon("slurmctld", "-D")))
        up.append(stack.enter_context(daemon("slurmd", "-D", "-N", "localhost")))
        wait_until(lambda: said("sinfo", "-h", "-o", "%T") == "idle", "an idle node", up, folder)
        try:
            yield
        finally:
            subprocess.run(["scancel", "--me"], check=False, timeout=PATIENCE)
            wait_until(lambda: not said("squeue", "-h"), "the end of the jobs", up, folder)


def main() -> int:
    """Print the folder when the node is idle, and take it down when standard input closes, or on a signal."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="one-node-slurm-") as name, node(Path(name)):
        print(name, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
