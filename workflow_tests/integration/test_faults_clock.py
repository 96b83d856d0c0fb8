"""A clock that jumps: times of files in the future."""

import os
import signal
import time

import pytest
from faults import QUICK_TAIL, RUN, SLOW_STEP, Started, assert_finished, assert_nothing_to_do, jobs, run, unfinished

DAY = 24 * 3600 * 10**9


def shift(path, nanoseconds):
    times = path.stat()
    os.utime(path, ns=(times.st_atime_ns + nanoseconds, times.st_mtime_ns + nanoseconds))


def test_a_run_whose_clock_was_a_day_ahead_and_is_set_right(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, QUICK_TAIL)
    for path in (folder / RUN).rglob("*"):
        if path.is_file():
            shift(path, DAY)
    done = run(folder)
    assert "was changed in the future" in done.stderr
    assert jobs(done.stderr) == {"tcr_location_stability": 1, "tcr_claims": 1, "report_ledger": 1}
    assert all((folder / path).stat().st_mtime_ns <= time.time_ns() for path in QUICK_TAIL)
    assert_finished(folder)
    assert_nothing_to_do(folder)


def test_what_is_to_be_made_again_is_not_missed_among_files_from_the_future(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, ())
    for path in (folder / RUN).rglob("*"):
        if path.is_file():
            shift(path, DAY)
    changed = folder / RUN / "tcr/cells.parquet"  # after what was made of it, and both in the future
    changed.write_bytes(changed.read_bytes() + b"changed")
    shift(changed, 2 * DAY)
    done = run(folder, "--dry-run")
    made = jobs(done.stdout)
    assert {"tcr_location_moments", "tcr_residue_stability"} <= set(made)
    assert not {"tcr_preprocess", "tcr_vdjdb"} & set(made)


@pytest.mark.slow
def test_a_clock_that_is_set_back_while_a_job_runs(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path)
    going = Started(folder)
    job = going.at_work()
    os.kill(job, signal.SIGSTOP)
    shift(folder / RUN / "tcr/chains.parquet", DAY)
    os.kill(job, signal.SIGCONT)
    assert going.ended() != 0
    assert f"Output {SLOW_STEP} has older modification time" in going.said()
    assert "clock skew" in going.said()
    run(folder)
    assert_finished(folder)
    assert_nothing_to_do(folder)
