"""The files that are the workflow."""

from pathlib import Path

# Of config/ what the workflow itself reads; overlays there are the user's, and in the run's config.yaml already.
PATTERNS = (
    *("Snakefile", "LICENSE", "CITATION.cff", "rules/*.smk", "envs/*"),
    *("scripts/**/*.py", "scripts/**/*.rst", "scripts/**/*.j2"),
    *("config/datasets.yaml", "config/claims.yaml", "config/*.schema.yaml"),
)


def workflow_files(workflow: Path) -> list[str]:
    """The files of the workflow in the folder ``workflow`` by their paths below it, sorted; without its config."""
    found = {path for pattern in PATTERNS for path in workflow.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(workflow).as_posix() for path in found)
