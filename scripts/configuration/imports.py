"""Which of the project's own modules a script depends on, so that an edit of one reruns what it made."""

import ast
from functools import cache
from pathlib import Path

# How a step logs and writes says nothing about its results.
NOT_FOLLOWED = ("running",)


def local_imports(script: Path | str) -> list[str]:
    """Paths of the modules below the import root that ``script`` imports, directly or not; sorted, without itself."""
    script = Path(script)
    root, found, left = script.parents[1], set(), [script]
    while left:
        for module in _modules(left.pop(), root):
            if module not in found:
                found.add(module)
                left.append(module)
    return sorted(str(path) for path in found - {script})


@cache  # every job parses the Snakefile again, and its rules share most modules
def _modules(script: Path, root: Path) -> frozenset[Path]:
    """The files of the modules that one file imports and that stand below ``root``."""
    names = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    files = set()
    for name in names:
        if name.split(".")[0] not in NOT_FOLLOWED:
            path = root.joinpath(*name.split("."))
            files.update(p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file())
    return frozenset(files)
