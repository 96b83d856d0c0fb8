"""Which version of the workflow this is: the commit, and whether its files are still those of the commit."""

import hashlib
import os
import subprocess
from pathlib import Path

from sources.verify import digest

# What makes results; a changed test or README does not make another version.
CODE = ("Snakefile", "rules", "scripts", "envs", "config")


def version(workflow: Path) -> tuple[str, str]:
    """The commit that ``workflow`` is at, and what changed since ("nothing" or "2 files").

    Where that cannot be known, as in an unpacked archive, the first begins with "unknown: " and says why, and the
    second is "unknown".
    """
    top = _git(workflow, "rev-parse", "--show-toplevel")
    if top.startswith("unknown: "):
        return top, "unknown"
    if Path(top).resolve() != workflow.resolve():  # unpacked inside a repository of something else
        return "unknown: not a git checkout", "unknown"
    commit = _git(workflow, "rev-parse", "--verify", "HEAD")
    if commit.startswith("unknown: "):
        return "unknown: no commit yet", "unknown"
    changed = _git(workflow, "status", "--porcelain", "--untracked-files=all", "--", *CODE)
    if changed.startswith("unknown: "):
        return commit, changed
    files = len(changed.splitlines())
    return commit, "nothing" if files == 0 else f"{files} file{'s' if files > 1 else ''}"


def _git(folder: Path, *arguments: str) -> str:
    """What git says, or "unknown: " and why it does not."""
    # GIT_DIR and the like, where they are set, speak of another repository
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return "unknown: git is not installed"
    if done.returncode == 0:
        return done.stdout.rstrip("\n")
    if "not a git repository" in done.stderr:
        return "unknown: not a git checkout"
    if "dubious ownership" in done.stderr:
        return "unknown: git does not trust a folder of another user"
    return "unknown: git failed"


def tree_digest(folder: Path) -> str:
    """One sha256 for all files below ``folder``: that of the lines of sha256sum for each, sorted by path."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if is_content(path))
    lines = (f"{digest(folder / path, 'sha256')}  {path}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def is_content(path: Path) -> bool:
    """Whether ``path`` is a file, and not the mark that Snakemake leaves in a folder."""
    return path.is_file() and path.name != ".snakemake_timestamp"
