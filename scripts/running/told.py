"""Settings that change no result (where the mirror is, how long to wait for it), handed to a step in a variable.

They are no params or inputs of a rule: another mirror would then make everything again.
"""

import json
import os
from typing import Any

from running.errors import InputError

VARIABLE = "TOLD_TO_STEPS"


def tell(**values: Any) -> None:
    """While the Snakefile is read, by the run and by each of its jobs: note ``values`` (JSON) for the steps."""
    os.environ[VARIABLE] = json.dumps(json.loads(os.environ.get(VARIABLE, "{}")) | values)


def told(default: dict[str, Any] | None = None) -> dict[str, Any]:
    """In a step: what was noted. ``default``, or InputError, where it gets no environment (some containers)."""
    if VARIABLE not in os.environ:
        if default is not None:
            return default
        raise InputError("the environment", f"has no {VARIABLE} in this step", "let the container keep the environment")
    return json.loads(os.environ[VARIABLE])
