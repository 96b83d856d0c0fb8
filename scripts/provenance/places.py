"""Which files are the workflow, and what a file is called in a record of the run, whatever machine made it."""

from pathlib import Path

from running import InputError

WORKFLOW, MIRROR, SOURCES = "workflow", "mirror", "sources"
ROOT = Path(__file__).resolve().parents[2]  # the folder of the Snakefile
# Of config/ what the workflow itself reads; overlays there are the user's, and in the run's config.yaml already.
PATTERNS = (
    *("Snakefile", "LICENSE", "CITATION.cff", "rules/*.smk", "envs/*"),
    *("scripts/**/*.py", "scripts/**/*.rst", "scripts/**/*.j2", "scripts/**/*.css", "scripts/**/*.js"),
    *("scripts/schema_core/README.md", "scripts/**/py.typed"),
    *("config/datasets.yaml", "config/claims.yaml", "config/*.schema.yaml"),
)


class Places:
    """Names of files: below the run's folder as they are; ``workflow/...`` the code; ``sources/...`` the published
    files, which runs share; ``mirror/...`` read in place.
    """

    def __init__(
        self, run: Path | str, mirror: Path | str | None, workflow: Path | str = ROOT, sources: Path | str | None = None
    ):
        """``run``: results/<run>; ``mirror``, ``sources``: the config's; ``workflow``: the folder of the Snakefile.

        Without ``sources`` they are in the run.
        """
        others = {MIRROR: None if "://" in str(mirror) else mirror, SOURCES: sources}
        roots = [(run, ""), (workflow, WORKFLOW), *((root, prefix) for prefix, root in others.items() if root)]
        absolute = [(Path(root).expanduser().absolute(), prefix) for root, prefix in roots]
        self._roots = sorted(absolute, key=lambda root: -len(root[0].parts))  # one may hold another

    def name(self, path: Path | str) -> str:
        """The name of ``path``; raises InputError for one that is in none of them."""
        absolute = Path(path).absolute()
        for root, prefix in self._roots:
            if absolute.is_relative_to(root):
                return (Path(prefix) / absolute.relative_to(root)).as_posix()
        raise InputError(
            path, "is outside of the run, the workflow, the sources and the mirror", "read it from one of these"
        )

    def path(self, name: str) -> Path:
        """The file that has this ``name``."""
        roots = {prefix: root for root, prefix in self._roots}
        first, *rest = Path(name).parts
        return roots[first].joinpath(*rest) if first in roots else roots[""] / name


def workflow_files(workflow: Path) -> list[str]:
    """The files of the workflow in the folder ``workflow`` by their paths below it, sorted; without its config."""
    found = {path for pattern in PATTERNS for path in workflow.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(workflow).as_posix() for path in found)
