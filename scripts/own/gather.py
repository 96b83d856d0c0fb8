"""The sum of all jobs' moments, always in the order of their rows, so that a rerun gives the same bits."""

from collections.abc import Iterable
from pathlib import Path

from running import step, whole_file
from schema_core import Moments


def gather(paths: Iterable[Path | str]) -> Moments:
    """Add saved moments one by one, in the order of "<i>-of-<n>.npz"; two are in memory at a time."""
    ordered = sorted(map(Path, paths), key=lambda path: int(path.name.split("-of-")[0]))
    total = Moments.load(ordered[0])
    for path in ordered[1:]:
        total = total + Moments.load(path)
    return total


if __name__ == "__main__":
    with step(snakemake) as logger:
        total = gather(snakemake.input.moments)
        columns = len(total.centre) + total.layout.n_levels
        logger.info("%d observations in %d columns and levels", total.n_observations, columns)
        with whole_file(snakemake.output[0]) as part:
            total.save(part)
