"""The files that are the workflow: a run keeps a copy of them, so that what made it can be read, and run again."""

import shutil
from pathlib import Path

from running import step

# Parts of config/ that the workflow itself reads; overlays there are the user's, and in the run's config.yaml already.
CONFIG = "config/config.yaml"
PATTERNS = (
    *("Snakefile", "LICENSE", "CITATION.cff", "rules/*.smk", "envs/*.yaml", "envs/requirements.*"),
    *("scripts/**/*.py", "scripts/**/*.rst", "scripts/**/*.j2"),
    *("config/datasets.yaml", "config/claims.yaml", "config/*.schema.yaml"),
)


def workflow_files(workflow: Path) -> list[str]:
    """The files of the workflow in the folder ``workflow`` by their paths below it, sorted; without its config."""
    found = {path for pattern in PATTERNS for path in workflow.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(workflow).as_posix() for path in found)


def copy_workflow(workflow: Path, config: Path, copy: Path) -> None:
    """Copy the files to the folder ``copy``, with the run's ``config`` in the place of the default one."""
    sources = {name: workflow / name for name in workflow_files(workflow)} | {CONFIG: config}
    for name, source in sources.items():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        copy = Path(snakemake.output[0])  # noqa: F821
        copy_workflow(Path(snakemake.params.workflow), Path(snakemake.input.config), copy)  # noqa: F821
