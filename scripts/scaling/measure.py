"""Run one measurement in a fresh process, so that its time and peak memory are its own.

Nothing is warm (no cached import, no started thread), nothing that ran before counts in the peak, and a baseline
that fails takes only its own process down.
"""

import contextlib
import importlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
ROOT = Path(__file__).parents[1]

logger = logging.getLogger(__name__)


class MeasurementFailed(RuntimeError):
    """The measured process failed; the message is the last line that it wrote."""


def in_fresh_process(function: Callable, *, threads: int, **arguments) -> dict:
    """What ``function(**arguments)`` returns in a new interpreter with ``threads`` numerical threads.

    function : of a module that can be imported (not of the script being run)
    arguments, answer : JSON. What the function prints goes to the log.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads)) | {"PYTHONPATH": path}
    command = [sys.executable, "-m", __name__, function.__module__, function.__name__, json.dumps(arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.stderr:
        logger.info("%s(%s) wrote:\n%s", function.__name__, arguments, done.stderr.rstrip())
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise MeasurementFailed(lines[-1])
    return json.loads(done.stdout)


def peak_gigabytes() -> float:
    """The most memory that this process has had so far, in GB of 1e9 bytes.

    From the kernel's high-water mark: getrusage's maximum would include that of the process which started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024 / 1e9


if __name__ == "__main__":
    module, name, given = sys.argv[1:]
    with contextlib.redirect_stdout(sys.stderr):
        answer = getattr(importlib.import_module(module), name)(**json.loads(given))
    print(json.dumps(answer))
