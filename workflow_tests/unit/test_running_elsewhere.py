"""A step where the system is not Linux: no /proc, no handles of processes."""

import json
import os
import platform
import subprocess
import sys
import textwrap

import pytest
from conftest import REPOSITORY
from processes import until

SCRIPTS = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
NOT_LINUX = """
    import os, sys, time
    def missing(path):
        return isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith("/proc")
    def refuse(event, given):
        if event == "open" and missing(given[0]):
            raise FileNotFoundError(2, 'not here', given[0])
    real = os.stat
    def stat(path, *given, **options):
        if missing(path):
            raise FileNotFoundError(2, 'not here', path)
        return real(path, *given, **options)
    os.stat = stat
    sys.addaudithook(refuse)
    del os.pidfd_open, time.CLOCK_BOOTTIME
"""


@pytest.fixture
def not_linux(tmp_path):
    """Every Python that is started with this environment finds neither /proc nor what else Linux alone has."""
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(textwrap.dedent(NOT_LINUX))
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "python"), SCRIPTS["PYTHONPATH"]])}


def test_a_step_needs_nothing_that_linux_alone_has(tmp_path, not_linux):
    program = """
        import json, os, sys
        from pathlib import Path
        from types import SimpleNamespace
        from snakemake.iocontainers import Log
        from provenance.software import memory, processor
        from running import baseline, step
        from running.disk import assert_writable
        assert not Path("/proc/self/status").exists()
        assert_writable(".")
        log = Log(fromdict={"text": "rule.log", "usage": "used.json"})
        with step(SimpleNamespace(log=log, input=[], rule="toy", threads=1)):
            ended = baseline("running.usage:peak_gigabytes", "out", "out.json", threads=1)
        used = json.loads(Path("used.json").read_text())
        print(json.dumps([ended, processor(), memory(), used["seconds"], used["cpu_seconds"], used["peak_mb"]]))
    """
    environment = SCRIPTS | not_linux | {"SNAKEMAKE_PROCESS": str(os.getpid())}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (state, reason), processor, memory, seconds, cpu_seconds, peak = json.loads(done.stdout)
    assert (state, reason) == ("failed", "TypeError: peak_gigabytes() got an unexpected keyword argument 'out'")
    assert processor == platform.machine()
    assert memory.endswith("GiB")
    assert 0 < cpu_seconds < 1000
    assert 0 < seconds < 1000
    assert peak > 10  # of the process that starts it too, as getrusage has it


@pytest.mark.parametrize("system", ["linux", "other"])
def test_a_job_ends_with_its_snakemake(tmp_path, not_linux, system):
    snakemake = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    program = f"""
        import time
        from running.parent import end_with_snakemake
        end_with_snakemake()
        open({str(tmp_path / "begun")!r}, "w").close()
        time.sleep(60)
    """
    environment = SCRIPTS | {"SNAKEMAKE_PROCESS": str(snakemake.pid)} | (not_linux if system == "other" else {})
    job = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], env=environment)
    until((tmp_path / "begun").exists)
    snakemake.kill()
    snakemake.wait()
    assert job.wait(timeout=20) == 1
