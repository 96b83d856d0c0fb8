"""Snakemake's own report on a finished run: self-contained HTML, from the figures and tables that rules marked.

It is written by a Snakemake of its own, which reads the metadata of the jobs that are done.
"""

import logging
import subprocess
import sys
from pathlib import Path

import yaml

from running import step, whole_file

logger = logging.getLogger(__name__)


def write_report(snakefile: Path, config: dict, saved_config: Path, target: str, report: Path) -> None:
    """Save the merged config of the run, and write the report on the files that rule ``target`` asks for.

    Raises CalledProcessError, after logging what Snakemake said, where it fails.
    """
    with whole_file(saved_config) as part:
        part.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with whole_file(report) as part:
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--configfile", str(saved_config)]
        command += ["--nolock", "--cores", "1", "--report", str(part), "--", target]
        done = subprocess.run(command, capture_output=True, text=True)
        logger.info("%s", (done.stdout + done.stderr).strip())
        done.check_returncode()


if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        params, outputs = snakemake.params, snakemake.output  # noqa: F821
        write_report(Path(params.snakefile), params.config, Path(outputs.config), params.target, Path(outputs.report))
