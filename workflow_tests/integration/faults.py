"""A demo run that is not finished, a fault in the middle of it, and how it must end all the same."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY, config_of, snakemake
from processes import in_group, until

from maintenance.golden import collect, moved_in
from running.intact import assert_intact

RUN = Path("results/demo")
LEDGER = f"{RUN}/claims.tsv"
SLOW_STEP = RUN / "tcr/residue_stability.tsv"  # takes seconds, and says in its log how far it is
SLOW_SCRIPT = ".stability.py"
LAST = tuple(RUN / f"{name}.tsv" for name in ("claims/tcr", "variants", "claims"))
QUICK_TAIL = (RUN / "tcr/location_stability.tsv", *LAST)
TAIL = (SLOW_STEP, *LAST)


def unfinished(demo_run: Path, folder: Path, missing: tuple[Path, ...] = TAIL) -> Path:
    """Copy a finished demo to ``folder``/run, without the outputs ``missing``; by default the end of one part."""
    folder = folder / "run"
    shutil.copytree(demo_run.parents[1], folder, symlinks=True)
    for path in missing:
        (folder / path).unlink()
    return folder


def run(folder: Path, *arguments: str, check: bool = True, targets=(LEDGER,)) -> subprocess.CompletedProcess:
    """Run the demo to its ledger. The first ``arguments`` may be further overlays."""
    return snakemake("--configfile", config_of("demo"), *arguments, "--", *targets, folder=folder, check=check)


def jobs(listed: str) -> dict[str, int]:
    """How many jobs of each rule a run is going to do, from the table that Snakemake prints first."""
    rows = [line.split() for line in listed.splitlines()]
    start = rows.index(["job", "count"]) + 2
    return {name: int(count) for name, count in rows[start : rows.index([], start)] if name != "total"}


def heed_ctrl_c() -> None:
    """A shell's background jobs, and what they start, ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Started:
    """A run that is going on: the leader of its own process group, as under a terminal."""

    def __init__(self, folder: Path, *arguments: str, targets=(LEDGER,)):
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile"), "--cores", "2"]
        command += ["--configfile", config_of("demo"), *arguments, "--", *targets]
        self.output = folder / "terminal"
        with self.output.open("w") as terminal:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=heed_ctrl_c,
            )
        self.pid = self.process.pid

    def said(self) -> str:
        """What the user has seen so far."""
        return self.output.read_text()

    def jobs(self, words: str = "") -> list[int]:
        """The processes of its jobs whose command holds ``words``."""
        return [pid for pid, command in in_group(self.pid).items() if pid != self.pid and words in command]

    def at_work(self, output: Path = SLOW_STEP) -> int:
        """The process of the step that makes ``output``, once its log shows that it has begun to compute."""
        log = self.output.parent / RUN / "logs" / output.relative_to(RUN).with_suffix(".log")
        log.unlink(missing_ok=True)  # of the run before
        until(lambda: self.process.poll() is not None or (log.is_file() and log.stat().st_size))
        assert self.process.poll() is None, self.said()
        (pid,) = self.jobs(SLOW_SCRIPT)
        return pid

    def interrupt(self) -> None:
        """What a terminal does on Ctrl-C."""
        os.killpg(self.pid, signal.SIGINT)

    def ended(self) -> int:
        """The exit code, once the run and all its jobs have ended."""
        code = self.process.wait(timeout=120)
        until(lambda: not in_group(self.pid))
        return code


def assert_finished(folder: Path) -> None:
    """The golden ledger, no file that is half of one, and nothing left over."""
    different = moved_in(REPOSITORY / "workflow_tests/golden/demo", collect(folder / RUN))
    assert different.empty, different.to_string()
    assert_whole(folder)


def assert_nothing_to_do(folder: Path) -> None:
    """Everything up to the ledger is done, and would not be done again."""
    again = run(folder, "--dry-run")
    assert "Nothing to be done" in again.stdout + again.stderr, again.stdout[-3000:]


def assert_whole(folder: Path) -> None:
    """What stands under a name in the results is whole, and what is not has gone."""
    for path in (folder / RUN).rglob("*"):
        if path.is_file():
            assert_intact(path)
            assert not re.match(r"\..*-\w{8}\.\w+$", path.name), f"{path} is left over"
