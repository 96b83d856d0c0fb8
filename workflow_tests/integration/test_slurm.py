"""The workflow under a real Slurm of one node: this repository's profile and rules, with a scheduler that kills jobs.

Skipped, with the reason, where slurm/one_node.py cannot start a node. There are no accounts there: that setting of the
profile is the only one that is set aside, beside shorter waits.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import REPOSITORY, config_of, snakemake
from slurm.one_node import CannotRun, one_node

from maintenance.golden import collect, moved_in
from tcr.simulate.sources import simulate

GOLDEN = REPOSITORY / "workflow_tests" / "golden" / "demo"
PROFILE = ["--workflow-profile", str(REPOSITORY / "config" / "profiles" / "slurm"), "--cores", "all"]
SITE = ["--slurm-status-command", "squeue"]
WAITS = ["--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10"]
STARVED = "tcr_residue_stability"


class Job(NamedTuple):
    """What the scheduler knows of a job that ended."""

    rule: str
    state: str
    megabytes: str
    minutes: str


class Run(NamedTuple):
    """A run of the workflow under Slurm: its folder, what Snakemake said, and its jobs in the order of submission."""

    folder: Path
    said: str
    jobs: list[Job]

    @property
    def results(self) -> Path:
        return self.folder / "results" / "demo"

    def of(self, rule: str) -> list[Job]:
        return [job for job in self.jobs if job.rule == rule]


def under_slurm(folder: Path, *arguments: str) -> Run:
    """Run the workflow with the profile, and ask the scheduler afterwards what it was given."""
    done = snakemake(*PROFILE, *SITE, *WAITS, *arguments, folder=folder)
    said = done.stdout + done.stderr
    jobs = [job(number) for number in sorted(re.findall(r"SLURM jobid (\d+)", said), key=int)]
    return Run(folder, said, jobs)


def job(number: str) -> Job:
    shown = subprocess.run(["scontrol", "-o", "show", "job", number], check=True, capture_output=True, text=True).stdout
    field = dict(re.findall(r"(\S+?)=(\S*)", shown))
    rule = field["Comment"].removeprefix("rule_").split("_wildcards_")[0]
    return Job(rule, field["JobState"], field["MinMemoryNode"], field["TimeLimit"])


@pytest.fixture(scope="module")
def node():
    try:
        with one_node() as folder:
            yield folder
    except CannotRun as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def starved_run(node, demo_run, tmp_path_factory) -> Run:
    """The end of Figure 5 again, by Slurm: its scores, and a step that gets too little memory at its first attempt."""
    folder = shutil.copytree(demo_run.parents[1], tmp_path_factory.mktemp("starved") / "copy", symlinks=True)
    again = ["--forcerun", "tcr_scores", STARVED, "--set-resources", f"{STARVED}:mem_mb=220*attempt"]
    return under_slurm(folder, *again, "--configfile", config_of("demo"), "--", "results/demo/claims.tsv")


def test_the_ledger_is_that_of_a_local_run(starved_run, demo_run):
    different = moved_in(GOLDEN, collect(starved_run.results))
    assert different.empty, "\n" + different.to_string()
    for name in ("claims.tsv", "claims/tcr.tsv", "tcr/residue_stability.tsv"):
        assert (starved_run.results / name).stat().st_mtime > (demo_run / name).stat().st_mtime
        assert (starved_run.results / name).read_text() == (demo_run / name).read_text()


def test_rules_are_jobs_but_those_that_only_write_text(starved_run):
    submitted = {job.rule for job in starved_run.jobs}
    assert submitted == {"tcr_scores", "tcr_location_stability", STARVED, "tcr_claims"}
    assert re.search(r"Finished jobid: \d+ \(Rule: report_ledger\)", starved_run.said)
    others = [job for job in starved_run.jobs if job.rule != STARVED]
    assert {job.state for job in others} == {"COMPLETED"}
    assert all(job.minutes == "01:00:00" for job in others)


def test_a_job_killed_for_memory_is_tried_again_with_more(starved_run):
    first, second = starved_run.of(STARVED)
    assert (first.megabytes, first.minutes, first.state) == ("220M", "01:00:00", "FAILED")
    assert (second.megabytes, second.minutes, second.state) == ("440M", "02:00:00", "COMPLETED")


def test_snakemake_names_the_log_that_says_why_it_was_killed(starved_run):
    error = starved_run.said.split(f"Error in rule {STARVED}:")[1]
    log = re.search(r"log: .*, (\S+\.log) \(check", error)[1]
    assert "exceeded memory limit" in Path(log).read_text()


def test_files_are_fetched_by_the_submitting_host(node, demo_run, tmp_path):
    simulate(tmp_path / "mirror", 0, cells_per_donor=(), motif_files=["vdjdb-2020-05-20.zip"])
    mirror = ["--configfile", config_of("real"), "--config", f"mirror={tmp_path / 'mirror'}"]
    target = "results/real/tcr/vdjdb/release-2020-05-20/locations.tsv"
    run = under_slurm(tmp_path, *mirror, "--", target)
    assert re.search(r"Finished jobid: \d+ \(Rule: fetch\)", run.said)
    assert [job.rule for job in run.jobs] == ["tcr_vdjdb"]
    of_build = (demo_run / "tcr" / "vdjdb" / "2020-05-18" / "locations.tsv").read_text()
    assert (tmp_path / target).read_text() == of_build.replace("2020-05-18", "release-2020-05-20")


@pytest.mark.slow
def test_a_job_killed_for_time_is_tried_again_with_more(node, demo_copy, demo_run):
    """A node on which every job begins 100 s late: a limit of one minute is too little, one of two or three is not."""
    limit = ["--set-resources", "tcr_vdjdb:runtime=attempt", "--precommand", "sleep 100"]
    target = "tcr/vdjdb/2020-05-18/locations.tsv"
    (demo_copy / "results" / "demo" / target).unlink()
    run = under_slurm(demo_copy, *limit, "--configfile", config_of("demo"), "--", f"results/demo/{target}")
    assert [job.minutes for job in run.jobs][:2] == ["00:01:00", "00:02:00"]
    assert run.jobs[0].state == "TIMEOUT"
    assert run.jobs[-1].state == "COMPLETED"
    assert (run.results / target).read_text() == (demo_run / target).read_text()


@pytest.mark.slow
def test_the_whole_demo(node, tmp_path):
    waits = ["--slurm-init-seconds-before-status-checks", "10"]  # those of the profile again: all of it is tried here
    run = under_slurm(tmp_path, *waits, "--configfile", config_of("demo"))
    assert {job.state for job in run.jobs} == {"COMPLETED"}
    different = moved_in(GOLDEN, collect(run.results))
    assert different.empty, "\n" + different.to_string()
    assert (run.results / "report.html").stat().st_size > 1e6
