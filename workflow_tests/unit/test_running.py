"""Files are whole or not there; a step logs, and ends bad input with one line."""

import os
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest
from conftest import REPOSITORY

from running import InputError, step, whole_file


def test_a_file_takes_its_name_only_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "table.tsv"
    with whole_file(target) as part:
        part.write_text("new")
        assert part.suffix == ".tsv"
        assert not target.exists()
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["table.tsv"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.tsv"
    target.write_text("old")

    def fill_the_disk():
        with whole_file(target) as part:
            part.write_text("half of a new one")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        fill_the_disk()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.tsv"]


def test_kill_9_leaves_nothing_under_the_name(tmp_path):
    program = f"""
        import os, signal
        from running import whole_file
        with whole_file({str(tmp_path / "big.bin")!r}) as part:
            part.write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    scripts = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], env=scripts)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "big.bin").exists()


def a_rule(tmp_path):
    return SimpleNamespace(log=[str(tmp_path / "logs" / "rule.log")], rule="toy")


def test_bad_input_is_one_line_for_the_user_and_a_traceback_in_the_log(tmp_path, capsys):
    rule = a_rule(tmp_path)
    with pytest.raises(SystemExit) as ended, step(rule):
        raise InputError("cells.csv", "row 3: no barcode", "add it")
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cells.csv: row 3: no barcode; add it" in said
    assert "Traceback" in (tmp_path / "logs" / "rule.log").read_text()


def test_any_other_error_shows_its_traceback_in_both(tmp_path, capsys):
    with pytest.raises(SystemExit), step(a_rule(tmp_path)):
        raise ZeroDivisionError("surprise")
    assert "Traceback" in capsys.readouterr().err
    assert "surprise" in (tmp_path / "logs" / "rule.log").read_text()
