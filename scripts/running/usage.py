"""What a step took, as the kernel has counted it, and what it ran with: time, peak memory, and its environment.

Snakemake's own benchmarks look every 0.5 s for 15 s and then every 30 s, so that they miss most of a longer job.
"""

import json
import os
import platform
import resource
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from running.files import whole_file

_LOADED = time.time()
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes
STATUS, STAT = Path("/proc/self/status"), Path("/proc/self/stat")


class Usage(NamedTuple):
    """``seconds`` by the clock since the process began, ``cpu_seconds`` of it and of its children that have ended, and
    ``peak_mb``, the most memory (MB of 1e6 bytes) of whichever of them had most.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


def usage() -> Usage:
    """What this process and its children have taken so far."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    busy = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    # A child counts the memory of what started it as its own: at most our peak, so that the larger is right.
    return Usage(time.time() - _began(), busy, max(1000 * peak_gigabytes(), children.ru_maxrss * _MAXRSS_UNIT / 1e6))


def leave_usage(path: Path, inputs: Sequence[str | Path] = ()) -> None:
    """Write the usage of this process, the size of its inputs and its software to the JSON file ``path``."""
    with whole_file(path) as part:
        size = sum(os.path.getsize(name) for name in inputs) / 2**20  # as Snakemake's input.size_mb
        content = usage()._asdict() | {"input_mb": size, "software": installed()}
        part.write_text(json.dumps(content) + "\n", encoding="utf-8")


def read_usage(path: Path | str) -> Usage:
    """What a step left in its usage file."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return Usage(*(content[key] for key in Usage._fields))


def read_input_mb(path: Path | str) -> float:
    """The size of all inputs of a step (MB of 2**20 bytes), which the memory that its rule asks for may grow with."""
    return json.loads(Path(path).read_text(encoding="utf-8"))["input_mb"]


def read_software(path: Path | str) -> dict[str, str]:
    """The interpreter and packages of the environment that a step ran in, and their versions."""
    return json.loads(Path(path).read_text(encoding="utf-8"))["software"]


def installed() -> dict[str, str]:
    """The interpreter, and every package beside it, with their versions.

    From the names of their folders, as the packaging standards have them: to read what each says of itself takes 500
    times as long.
    """
    folders = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    packages = dict(folder.stem.rsplit("-", 1) for folder in folders)
    named = {name.lower().replace("_", "-"): version for name, version in packages.items()}
    return {"Python": platform.python_version()} | dict(sorted(named.items()))


def peak_gigabytes() -> float:
    """The most memory that this process has had so far, in GB of 1e9 bytes.

    On Linux from the kernel's high-water mark: getrusage's maximum includes that of the process which started this one.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT / 1e9


def _began() -> float:
    """When this process began, in seconds since the epoch; elsewhere than on Linux, when this module was loaded."""
    if not STAT.exists():
        return _LOADED
    since_boot = int(STAT.read_text(encoding="ascii").rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - since_boot)
