"""Where the workflow, its working directory and Python may stand: Snakemake cannot handle every character in a path."""

import re
from pathlib import Path

from running import InputError


def assert_usable(workflow: Path, working: Path, python: str) -> None:
    """Raise InputError where the path of the workflow's folder, of the working directory or of Python ends a run later.

    Snakemake takes braces in a path for wildcards, and hands the path of Python to the shell as it is.
    """
    for folder in (workflow, working):
        if set("{}") & set(str(folder)):
            raise InputError(folder, "the path has a brace, which Snakemake takes for a wildcard", "rename the folder")
    if unsafe := re.search(r"[^\w@%+=:,./~-]", python):
        problem = f"Snakemake cannot start a Python whose path has a {unsafe[0]!r}"
        raise InputError(python, problem, "make the environment elsewhere, as with `make VENV=folder`")
