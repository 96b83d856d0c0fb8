"""Which of the project's own files a script runs and reads, so that an edit of one makes again what it made.

Snakemake itself looks at the script alone. Here every file counts that the script leads to, by its content, so that a
checkout that was moved makes nothing again.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]  # the import root
NAMED = re.compile(r"([a-z]\w*(?:\.\w+)+)(?::\w+)?")  # "package.module" or "package.module:function"
FILE_NAME = re.compile(r"[\w./-]+\.[a-z0-9]+")
# How a step logs and writes says nothing about its results.
NOT_FOLLOWED = ("running",)


def dependencies(script: Path | str, scripts: Path = SCRIPTS) -> list[Path]:
    """``script`` and the files of the project that it leads to, directly or not, sorted.

    A file leads to the modules below ``scripts`` (with their packages) that it imports or names in a string, and to
    the data files that it names, by their path in the project or beside it.
    """
    script = Path(script)
    found, left = {script}, [script]
    while left:
        new = _named_in(left.pop(), scripts) - found
        found |= new
        left += (path for path in new if path.suffix == ".py")
    return sorted(found)


def fingerprints(*files: Path | str, scripts: Path = SCRIPTS, alone: bool = False) -> list[str]:
    """``name hash`` of each file that ``files`` lead to, themselves included, or of them alone.

    Names are those within the project.
    """
    found = {path for file in map(Path, files) for path in ([file] if alone else dependencies(file, scripts))}
    return sorted(f"{path.relative_to(scripts.parent).as_posix()} {_digest(path)}" for path in found)


@cache  # the rules share most files
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@cache
def _named_in(file: Path, scripts: Path) -> frozenset[Path]:
    if file.suffix != ".py":
        return frozenset()
    found: set[Path] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for name in _modules(node, file, scripts):
            found.update(_files_of(name, scripts))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and FILE_NAME.fullmatch(node.value):
            found.update(path for folder in (scripts.parent, file.parent) if (path := folder / node.value).is_file())
    return frozenset(found)


def _modules(node: ast.AST, file: Path, scripts: Path) -> Iterator[str]:
    """Full names that may be modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = file.relative_to(scripts).parts[: -node.level] if node.level else ()
        start = ".".join([*package, *([node.module] if node.module else [])])
        yield from (start, *(f"{start}.{alias.name}" for alias in node.names))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (named := NAMED.fullmatch(node.value)):
        yield named[1]


def _files_of(name: str, scripts: Path) -> Iterator[Path]:
    """The module called ``name`` and the packages that hold it, as far as they are the project's."""
    parts = name.split(".")
    if parts[0] in NOT_FOLLOWED:
        return
    for depth in range(1, len(parts) + 1):
        path = scripts.joinpath(*parts[:depth])
        yield from (p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file())
