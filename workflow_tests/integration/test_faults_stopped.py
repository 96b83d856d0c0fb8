"""A run that is stopped in the middle, or killed, and started again ends as if nothing had been."""

import os
import random
import signal
import subprocess

import pytest
from conftest import config_of, snakemake
from faults import RUN, SLOW_STEP, Started, assert_finished, assert_nothing_to_do, assert_whole, run, unfinished
from processes import is_running, until


def unlock(folder):
    snakemake("--unlock", "--configfile", config_of("demo"), folder=folder)


def test_ctrl_c_and_a_second_run_beside_the_first(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path)
    first = Started(folder)
    job = first.at_work()
    os.kill(job, signal.SIGSTOP)  # until the second has been refused
    second = run(folder, check=False)
    assert second.returncode != 0
    assert "make sure that no other Snakemake process" in second.stderr
    assert "Traceback" not in second.stderr
    first.interrupt()
    os.kill(job, signal.SIGCONT)
    assert first.ended() != 0
    assert "tcr_residue_stability: interrupted" in first.said(), first.said()
    assert "Traceback" not in first.said()
    assert not (folder / SLOW_STEP).exists()
    assert_whole(folder)
    run(folder)  # as it is: nothing to unlock, nothing to say
    assert_finished(folder)
    assert_nothing_to_do(folder)


def test_kill_9_of_snakemake_ends_its_jobs_and_the_next_run_says_what_to_do(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path)
    killed = Started(folder)
    killed.at_work()
    killed.process.kill()
    killed.ended()
    log = folder / RUN / "logs/tcr/residue_stability.log"
    assert "Snakemake was killed: this job ends as well" in log.read_text()
    assert not (folder / SLOW_STEP).exists()
    assert_whole(folder)
    refused = run(folder, check=False)
    assert refused.returncode != 0
    assert "It can be removed with the --unlock argument" in refused.stderr
    unlock(folder)

    # killed once more, between the end of a job and Snakemake's note of it
    killed = Started(folder)
    job = killed.at_work()
    os.kill(killed.pid, signal.SIGSTOP)
    until(lambda: not is_running(job))
    assert (folder / SLOW_STEP).exists()
    killed.process.kill()
    killed.ended()
    unlock(folder)
    refused = run(folder, check=False)
    assert refused.returncode != 0
    assert "rerun your command with the --rerun-incomplete flag" in refused.stderr
    assert str(SLOW_STEP) in refused.stderr
    run(folder, "--rerun-incomplete")  # as make does
    assert_finished(folder)


def test_kill_9_of_a_job_is_seen_and_is_tried_again_where_that_is_asked_for(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path)
    for retries in (0, 1):
        going = Started(folder, "--retries", str(retries))
        os.kill(going.at_work(), signal.SIGKILL)
        assert going.ended() == (retries == 0)
        assert "died with <Signals.SIGKILL: 9>" in going.said()
        assert ("Trying to restart job" in going.said()) == (retries == 1)
        assert ("Mend it and start the same command again" in going.said()) == (retries == 0)
        assert (folder / SLOW_STEP).exists() == (retries == 1)
    assert_finished(folder)


@pytest.mark.slow
def test_a_whole_demo_that_is_killed_again_and_again(tmp_path):
    rng = random.Random(0)
    folder = tmp_path / "run"
    folder.mkdir()
    for ending in [signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM] * 2:
        going = Started(folder, "--rerun-incomplete", targets=["all"])
        try:
            going.process.wait(timeout=rng.uniform(5, 40))
        except subprocess.TimeoutExpired:
            if ending == signal.SIGINT:
                going.interrupt()
            else:
                going.process.send_signal(ending)
        going.ended()
        if ending == signal.SIGKILL:
            unlock(folder)
    run(folder, "--rerun-incomplete", targets=["all"])
    assert_finished(folder)
    assert_nothing_to_do(folder)
