"""Which jobs made the figures and the ledger, when, from what: a list by Snakemake itself, as JSON."""

from pathlib import Path

from report.nested import report_on
from running import step, whole_file


def write_jobs(snakefile: Path, configfile: Path, targets: list[str], jobs: Path) -> None:
    """Write the jobs behind ``targets`` (see snakemake_report_plugin_jobs)."""
    with whole_file(jobs) as part:
        report_on(snakefile, configfile, targets, "--reporter", "jobs", "--report-jobs-path", str(part))


if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        params, inputs = snakemake.params, snakemake.input  # noqa: F821
        jobs = Path(snakemake.output[0])  # noqa: F821
        write_jobs(Path(params.snakefile), Path(inputs.config), list(inputs.targets), jobs)
