"""Fresh processes: threads and memory of their own; a method that fails there is a result, and none is left behind."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from conftest import REPOSITORY
from processes import is_running, until

from running import baseline, read_status
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes


def test_a_fresh_process_has_its_threads_and_its_own_peak():
    filler = np.ones(60_000_000)  # 0.48 GB here must not count there
    settings = {"n": 1000, "k": 8, "width": 6, "seed": 0, "chunk": None}
    there = in_fresh_process("benchmarks.grow:measured_growth", threads=1, **settings)
    assert 0 < there["peak_gb"] < peak_gigabytes() - 0.3 * filler[0]
    for name in ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        assert in_fresh_process("os:getenv", threads=3, key=name) == "3"


@pytest.mark.parametrize("when", ["before", "after"])
def test_numba_takes_as_many_threads_as_its_rule(tmp_path, when):
    load, begin = "import numba", "with step(rule): pass"
    lines = [load, begin] if when == "before" else [begin, load]
    rule = f"rule = SimpleNamespace(log=[{str(tmp_path / 'rule.log')!r}], input=[], rule='toy', threads=1)"
    start = ["from types import SimpleNamespace", "from running import step", rule]
    program = "\n".join([*start, *lines, "print(numba.get_num_threads())"])
    scripts = os.environ | {"PYTHONPATH": str(REPOSITORY / "scripts")}
    scripts |= {"NUMBA_NUM_THREADS": "2"}  # as on a machine with two cores
    done = subprocess.run([sys.executable, "-c", program], env=scripts, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.fixture
def method(tmp_path, monkeypatch):
    """A module ``method`` that fresh processes find, with a function for each way to end."""
    (tmp_path / "method.py").write_text(
        textwrap.dedent(
            """
            import os, pathlib, signal, time

            def works(out, text): pathlib.Path(out).write_text(text)
            def raises(out): raise ValueError("no such rank")
            def is_killed(out): os.kill(os.getpid(), signal.SIGKILL)
            def waits(out):
                pathlib.Path(out).write_text(str(os.getpid()))
                time.sleep(60)
            """
        )
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_a_method_that_works_leaves_its_result(method):
    ended = baseline("method:works", method / "out", method / "status.json", threads=1, text="result")
    assert (method / "out").read_text() == "result"
    assert ended == read_status(method / "status.json") == ("done", "")
    assert not ended.failed


@pytest.mark.parametrize(
    ("name", "reason"), [("raises", "ValueError: no such rank"), ("is_killed", "ended by signal SIGKILL")]
)
def test_a_method_that_fails_leaves_the_reason_and_the_step_goes_on(method, name, reason, caplog):
    (method / "out").write_text("of an earlier run")
    baseline(f"method:{name}", method / "out", method / "status.json", threads=1)
    ended = read_status(method / "status.json")
    assert ended.failed
    assert ended.reason == reason
    assert (method / "out").read_text() == ""
    assert reason in caplog.text


def test_a_method_does_not_outlive_its_step(method):
    parent = "from running.fresh_process import in_fresh_process as f; f('method:waits', threads=1, out='out')"
    path = os.pathsep.join([str(method), str(REPOSITORY / "scripts")])
    step = subprocess.Popen([sys.executable, "-c", parent], cwd=method, env=os.environ | {"PYTHONPATH": path})
    until((method / "out").exists)
    until(lambda: (method / "out").read_text() != "")
    step.kill()
    step.wait()
    child = int((method / "out").read_text())
    until(lambda: not is_running(child))
