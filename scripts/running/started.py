"""How a run was started, which Snakemake tells its steps by the environment: version, command, executor, mirror.

Not by a rule's params: a step that noted another command or mirror there would be made again for it.
"""

import json
import os
import sys
from importlib.metadata import version
from typing import NamedTuple

VARIABLE = "STARTED_BY"


class Started(NamedTuple):
    """Version of the Snakemake that started the steps, its command line, the name of its executor, and the mirror."""

    snakemake: str
    arguments: list[str]
    executor: str
    mirror: str | None


def tell(executor: str, mirror: str | None) -> None:
    """In the process that starts the steps: note its own version and command line, its ``executor`` and ``mirror``."""
    os.environ[VARIABLE] = json.dumps(Started(version("snakemake"), sys.argv, executor, mirror))


def told() -> Started:
    """In a step: what :func:`tell` noted, or "unknown" where the environment does not reach it (some containers)."""
    return (
        Started(*json.loads(os.environ[VARIABLE]))
        if VARIABLE in os.environ
        else Started("unknown", [], "unknown", None)
    )
