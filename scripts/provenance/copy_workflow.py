"""Keep a copy of the workflow with the run, so that what made it can be read, and run again; and say which version.

The version is taken with the copy, so that the two agree where somebody edits or commits during a run.
"""

import shutil
from pathlib import Path

import pandas as pd
import yaml

from provenance.places import ROOT, workflow_files
from provenance.version import tree_digest, version
from running import step, write_table


def copy_workflow(workflow: Path, config: Path, copy: Path) -> None:
    """Copy the files to the folder ``copy``, with the run's ``config`` in the place of the default one."""
    sources = {name: workflow / name for name in workflow_files(workflow)} | {"config/config.yaml": config}
    for name, source in sources.items():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def versions(workflow: Path, copy: Path) -> pd.DataFrame:
    """Rows (what, value): which version of ``workflow`` was copied to ``copy``, by its CITATION.cff and by git."""
    released = yaml.safe_load((copy / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    commit, changed = version(workflow)
    rows = {"workflow, version": released, "workflow, git commit": commit, "changed since that commit": changed}
    rows["workflow, sha256 of its files"] = tree_digest(copy)
    return pd.DataFrame(list(rows.items()), columns=["what", "value"])


if __name__ == "__main__":
    with step(snakemake):
        copy = Path(snakemake.output.kept)
        copy_workflow(ROOT, Path(snakemake.input.config), copy)
        write_table(versions(ROOT, copy), snakemake.output.version)
