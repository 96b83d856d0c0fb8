"""Run a function in a fresh process, so that its time, its peak memory and its end are its own.

Nothing is warm (no cached import, no started thread), nothing that ran before counts in the peak, and a function that
crashes, or is killed for want of memory, takes only its own process down. So a method may fail:
that is then its result.
"""

import contextlib
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from typing import Any, NamedTuple

from running.errors import CannotWrite
from running.files import whole_file
from running.intact import assert_intact

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ROOT = Path(__file__).parents[1]

logger = logging.getLogger(__name__)


class ProcessFailed(RuntimeError):
    """The function failed; the message is the last line that it wrote, or the signal that ended it."""


def in_fresh_process(function: str, *, threads: int, **arguments) -> dict | None:
    """What ``function(**arguments)`` returns in a new interpreter with ``threads`` numerical threads.

    function : "package.module:name"
    arguments, answer : JSON. What the function prints or logs goes to this process's log as it comes.

    Raises ProcessFailed where it does not return, and CannotWrite where that is for want of a disk to write to.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads)) | {"PYTHONPATH": path}
    command = [sys.executable, "-c", f"from {__name__} import _child; _child()", function, json.dumps(arguments)]
    last = "it wrote nothing"
    # the child watches its standard input, which closes when this process ends, however it ends
    with subprocess.Popen(command, env=environment, text=True, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stderr:
            if line.strip():
                last = line.strip()
                logger.info("%s: %s", function, line.rstrip())
        answer = process.stdout.read()
        code = process.wait()
    if code < 0:
        raise ProcessFailed(f"ended by signal {signal.Signals(-code).name}")
    if code == os.EX_IOERR:
        raise CannotWrite(*json.loads(answer))
    if code:
        raise ProcessFailed(last)
    return json.loads(answer)


class Status(NamedTuple):
    """How a method ended: "done" or "failed", and in that case why, in one line."""

    state: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.state == "failed"


def baseline(function: str, result: Path | str, status: Path | str, *, threads: int, **arguments) -> Status:
    """Run ``function(out=result, **arguments)`` in a fresh process, and write how it ended to ``status``.

    function : "package.module:name"; it writes ``out`` whole (with whole_file)
    arguments : JSON

    Where it fails, the result is an empty file and the status says why. The step itself then succeeds, so that one
    method that fails does not sink the rest. Bad input should be found before this, in preprocessing. A damaged input
    among the arguments, and a full disk, are no result: InputError is raised, so that the method is run again.
    """
    try:
        in_fresh_process(function, threads=threads, out=str(result), **arguments)
        ended = Status("done", "")
    except ProcessFailed as error:
        logger.error("%s failed: %s", function, error)
        for path in filter(os.path.isfile, _texts(arguments)):
            assert_intact(path)
        ended = Status("failed", str(error))
        with whole_file(result):
            pass  # the empty file
    with whole_file(status) as part:
        part.write_text(json.dumps(ended._asdict()) + "\n", encoding="utf-8")
    return ended


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def read_status(path: Path | str) -> Status:
    """What :func:`baseline` wrote."""
    return Status(**json.loads(Path(path).read_text(encoding="utf-8")))


def _end_with_the_parent() -> None:
    """Leave at once when standard input closes: nobody waits for the answer any more."""
    sys.stdin.read()
    os._exit(1)


def _child() -> None:
    """What the new interpreter runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the parent too, with which this process ends
    named, given = sys.argv[1:]
    module, _, name = named.partition(":")
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            answer = getattr(importlib.import_module(module), name)(**json.loads(given))
    except CannotWrite as error:
        print(json.dumps([error.file, error.problem, error.remedy]))
        sys.exit(os.EX_IOERR)
    print(json.dumps(answer))
