"""Which jobs made the figures and the ledger, when, from what: a list by Snakemake itself, as JSON."""

from pathlib import Path

from provenance.nested import report_on
from running import step, whole_file


def write_jobs(configfile: Path, targets: list[str], jobs: Path) -> None:
    """Write the jobs behind ``targets`` (see snakemake_report_plugin_jobs)."""
    with whole_file(jobs) as part:
        report_on(configfile, targets, "--reporter", "jobs", "--report-jobs-path", str(part))


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        write_jobs(Path(inputs.config), list(inputs.targets), Path(snakemake.output[0]))
