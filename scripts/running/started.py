"""How a run was started: Snakemake's version, command and executor, which it tells its steps by the environment.

Not by a rule's params: a step that noted another command there would be made again for it.
"""

import json
import os
import sys
from importlib.metadata import version
from typing import NamedTuple

VARIABLE = "STARTED_BY"


class Started(NamedTuple):
    """Version of the Snakemake that started the steps, its command line, and the name of its executor."""

    snakemake: str
    arguments: list[str]
    executor: str


def tell(executor: str) -> None:
    """In the process that starts the steps: note its own version and command line, and its ``executor``."""
    os.environ[VARIABLE] = json.dumps(Started(version("snakemake"), sys.argv, executor))


def told() -> Started:
    """In a step: what :func:`tell` noted, or "unknown" where the environment does not reach it (some containers)."""
    return Started(*json.loads(os.environ[VARIABLE])) if VARIABLE in os.environ else Started("unknown", [], "unknown")
