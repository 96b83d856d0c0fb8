"""Make a compiled lock independent of the build of torch: drop torch itself, and what only its CUDA builds need.

usage: python scripts/maintenance/lock.py LOCK

Every other package keeps its hashes. torch cannot have them: which of its builds pip takes, each with its own hash,
depends on the machine. Its version is pinned in requirements.in, and it is installed after the lock.
"""

import re
import sys
from pathlib import Path

OF_A_BUILD = re.compile(r"(torch|triton|(nvidia|cuda)-[a-z0-9-]+)==")
START = re.compile(r"^(?=[a-z0-9])", re.MULTILINE)


def without_torch(lock: str) -> str:
    """The text of a lock without the packages that depend on the build of torch.

    lock : as pip-compile writes it; a package starts a line, its hashes follow indented
    """
    return "".join(block for block in START.split(lock) if not OF_A_BUILD.match(block))


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(without_torch(path.read_text(encoding="utf-8")), encoding="utf-8")
