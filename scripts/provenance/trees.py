"""Folders as results: which files are in them, and one hash for all."""

import hashlib
from pathlib import Path

from sources.verify import digest


def tree_digest(folder: Path) -> str:
    """One sha256 for all files below ``folder``: that of the lines of sha256sum for each, sorted by path."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if is_content(path))
    lines = (f"{digest(folder / path, 'sha256')}  {path}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def is_content(path: Path) -> bool:
    """Whether ``path`` is a file, and not the mark that Snakemake leaves in a folder."""
    return path.is_file() and path.name != ".snakemake_timestamp"
