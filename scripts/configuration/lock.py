"""Write the lock from pip's report of what it would install: every package with its version, by name.

usage: pip install --dry-run --ignore-installed --report - -r FILE | python scripts/configuration/lock.py

pip itself resolves, not a faster resolver, because the lock has to hold for whichever build of torch the machine's
pip is set up to take: the packages of a CUDA build are left to pip, and a build's own label (+cpu) is dropped.
"""

import json
import re
import sys

ONLY_WITH_CUDA = re.compile(r"nvidia-|cuda-|triton$")


def lock(report: dict) -> str:
    """The lines of the lock for a report of ``pip install --report``."""
    versions = {}
    for package in report["install"]:
        about = package["metadata"]
        name = re.sub(r"[-_.]+", "-", about["name"]).lower()
        if not ONLY_WITH_CUDA.match(name):
            versions[name] = about["version"].partition("+")[0]
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


if __name__ == "__main__":
    sys.stdout.write(lock(json.load(sys.stdin)))
