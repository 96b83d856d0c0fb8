"""Which jobs made the figures and the ledger, when, from what: a list by Snakemake itself, as JSON."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from provenance.places import ROOT
from running import step, whole_file
from running.told import told

logger = logging.getLogger(__name__)


def report_on(configfile: Path | str, targets: list[str], *how: str) -> None:
    """Call Snakemake on ``targets`` with the options ``how``, those of its report.

    configfile : the saved config of the run, which has no mirror and no other folder of sources; those that this step
        was told are given here

    Raises CalledProcessError, after logging what Snakemake said, where it fails.
    """
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(ROOT / "Snakefile"),
        "--configfile",
        str(configfile),
    ]
    given = {key: told()[key] for key in ("sources", "mirror") if told()[key]}
    command += ["--config", *(f"{key}={json.dumps(place, ensure_ascii=False)}" for key, place in given.items())]
    command += ["--profile", "none", "--workflow-profile", "none"]  # a user's may ask for a cluster, and for conda
    command += ["--nolock", "--cores", "1", *how, "--", *targets]
    path = {"PYTHONPATH": str(ROOT / "scripts")}  # where a reporter of ours is found
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | path)
    logger.info("%s", (done.stdout + done.stderr).strip())
    done.check_returncode()


def write_jobs(configfile: Path, targets: list[str], jobs: Path) -> None:
    """Write the jobs behind ``targets`` (see snakemake_report_plugin_jobs)."""
    with whole_file(jobs) as part:
        report_on(configfile, targets, "--reporter", "jobs", "--report-jobs-path", str(part))


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        write_jobs(Path(inputs.config), list(inputs.targets), Path(snakemake.output[0]))
