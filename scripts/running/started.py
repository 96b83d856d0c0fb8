"""How a run was started: Snakemake's command and executor, which it tells its steps by the environment.

Not by a rule's params: a step that noted another command there would be made again for it.
"""

import json
import os
import sys

COMMAND, EXECUTOR = "RUN_COMMAND", "RUN_EXECUTOR"


def tell(executor: str) -> None:
    """In the process that starts the steps: note its own command line, and the name of its ``executor``."""
    os.environ |= {COMMAND: json.dumps(sys.argv), EXECUTOR: executor}


def told() -> tuple[list[str], str]:
    """In a step: the command line and the executor."""
    return json.loads(os.environ[COMMAND]), os.environ[EXECUTOR]
