"""What rules ask of a cluster is held against what their jobs took in the last rehearsal of the full run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY

REHEARSAL = REPOSITORY / "results/reference/rehearsal/jobs.tsv"
PROFILE = yaml.safe_load((REPOSITORY / "config/profiles/slurm/config.yaml").read_text())["default-resources"]
SMALL_MB = 3000  # up to here nobody is kept waiting
SNAKEMAKE_MB = 300  # around the script of a job


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """A row for each job: what it took (``peak_mb``, ``seconds``) and what its rule asks for."""
    command = [sys.executable, str(Path(__file__).with_name("resources_as_json.py")), str(REHEARSAL)]
    scripts = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    folder = tmp_path_factory.mktemp("resources")
    done = subprocess.run(command, cwd=folder, env=scripts, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return [job for job in json.loads(done.stdout) if not job["rule"].endswith("_planted")]  # rules of simulated data


def described(job):
    return {name: job[name] for name in ("rule", "wildcards", "peak_mb", "mem_mb", "seconds", "runtime")}


def test_the_rehearsal_is_one_of_these_rules(jobs):
    assert {job["rule"] for job in jobs if not job["known"]} == set()
    assert len(jobs) > 100


def test_no_job_is_killed_for_its_memory_and_none_waits_for_what_it_does_not_need(jobs):
    short = [described(job) for job in jobs if job["mem_mb"] < 1.2 * job["peak_mb"] + SNAKEMAKE_MB]
    assert short == []
    much = [described(job) for job in jobs if job["mem_mb"] > max(SMALL_MB, 4 * job["peak_mb"])]
    assert much == []


def test_no_job_is_killed_for_its_time_also_on_a_machine_three_times_as_slow(jobs):
    usual = float(PROFILE["runtime"].split()[0])
    late = [described(job) for job in jobs if 60 * (job["runtime"] or usual) < 3 * job["seconds"]]
    assert late == []
