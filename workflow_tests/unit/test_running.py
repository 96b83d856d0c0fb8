"""Files are whole or not there; a step logs, ends bad input with one line, and says what it used."""

import os
import platform
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY

from running import CannotWrite, InputError, read_table, step, whole_file, write_table
from running.told import VARIABLE, tell
from running.usage import read_input_mb, read_software, read_usage


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


def test_a_gene_called_nan_is_text_and_only_an_empty_field_is_missing(tmp_path):
    table = pd.DataFrame({"gene": ["nan", "NA", "None", np.nan], "score": [1 / 3, np.nan, np.inf, 12345678.0]})
    write_table(table, tmp_path / "genes.tsv")
    assert (tmp_path / "genes.tsv").read_text().splitlines()[1:] == [
        "nan\t0.33333333",
        "NA\t",
        "None\tinf",
        "\t12345678",
    ]
    pd.testing.assert_frame_equal(read_table(tmp_path / "genes.tsv"), table, rtol=1e-8)
    assert read_table(tmp_path / "genes.tsv", text=True)["score"].tolist() == ["0.33333333", "", "inf", "12345678"]
    write_table(table, tmp_path / "genes.tsv", digits=None)
    assert read_table(tmp_path / "genes.tsv")["score"][0] == 1 / 3


def a_rule(tmp_path):
    return SimpleNamespace(log=[str(tmp_path / "logs" / "rule.log")], input=[], rule="toy", threads=1)


def test_bad_input_is_one_line_for_the_user_and_a_traceback_in_the_log(tmp_path, capsys):
    rule = a_rule(tmp_path)
    with pytest.raises(SystemExit) as ended, step(rule):
        raise InputError("cells.csv", "row 3: no barcode", "add it")
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cells.csv: row 3: no barcode; add it" in said
    assert "Traceback" in (tmp_path / "logs" / "rule.log").read_text()


def a_rule_on(path):
    from snakemake.iocontainers import InputFiles

    rule = a_rule(path.parent)
    rule.input = InputFiles(fromdict={"cells": str(path)})
    return rule


def test_inputs_are_looked_at_before_the_body_but_for_those_of_which_it_takes_a_part(tmp_path, capsys):
    (tmp_path / "cut.json").write_text("{")
    rule = a_rule_on(tmp_path / "cut.json")
    with pytest.raises(SystemExit), step(rule):
        pytest.fail("the body ran on a damaged input")
    assert "cut.json: it is damaged" in capsys.readouterr().err
    with step(rule, in_part=["cells"]) as logger:
        logger.info("read in part")


@pytest.mark.parametrize("swallowed", [(), KeyboardInterrupt])
def test_ctrl_c_ends_a_step_also_where_a_library_swallows_it(tmp_path, capsys, request, swallowed):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored by who runs in the background
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with pytest.raises(SystemExit) as ended, step(a_rule(tmp_path)), suppress(swallowed):
        signal.raise_signal(signal.SIGINT)
    assert ended.value.code == 130
    assert "toy: interrupted" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_step_that_fails_names_the_input_that_is_damaged(tmp_path, capsys):
    (tmp_path / "cells.tsv").write_text("cell\tage\na\t1\nb\n")
    rule = a_rule_on(tmp_path / "cells.tsv")
    for raised in (ZeroDivisionError("of what was not there"), InputError("cells.tsv", "no age of b", "add it")):
        with pytest.raises(SystemExit), step(rule):
            raise raised
        (said,) = capsys.readouterr().err.splitlines()
        assert said.endswith(
            "cells.tsv: it is damaged (row 3 has 1 fields, the header 2); delete it and run again: it is made anew"
        )
        assert str(raised) in (tmp_path / "logs" / "rule.log").read_text()
    with pytest.raises(SystemExit), step(rule):
        raise CannotWrite("results", "cannot be written: the disk is full", "make room")
    assert "make room" in capsys.readouterr().err


def test_who_asks_for_it_has_every_input_read_before_the_body(tmp_path, monkeypatch):
    (tmp_path / "cells.tsv").write_text("cell\tage\na\t1\nb\n")
    rule, begun = a_rule_on(tmp_path / "cells.tsv"), []
    for verify in (True, False):
        monkeypatch.setenv(VARIABLE, "{}")
        tell(verify_inputs=verify)
        with suppress(SystemExit), step(rule):
            begun.append(verify)
    assert begun == [False]


def test_any_other_error_is_one_line_that_says_where_its_traceback_is(tmp_path, capsys):
    log = tmp_path / "logs" / "rule.log"
    with pytest.raises(SystemExit), step(a_rule(tmp_path)):
        raise ZeroDivisionError("surprise\nin two lines")
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith(f"ERROR toy: the step failed: ZeroDivisionError: surprise; the whole of it is in {log}")
    assert "Traceback" in log.read_text()
    assert "in two lines" in log.read_text()


HUNGRY = """
    import time
    from running.usage import leave_usage, peak_gigabytes
    from pathlib import Path
    time.sleep(0.3)
    CODE
    leave_usage(Path("used.json"))
"""
TAKE = "(b'x' * 400_000_000).count(b'y'); end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"


def test_who_ignores_ctrl_c_goes_on_to_do_so(tmp_path, request):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with step(a_rule(tmp_path)):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("where", ["itself", "a child"])
def test_a_step_records_the_time_and_memory_of_itself_and_its_children(tmp_path, where):
    """Also where it has them for a moment only, of which a look now and then would know nothing."""
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {'import time; ' + TAKE!r}], check=True)"
    program = textwrap.dedent(HUNGRY).replace("CODE", TAKE if where == "itself" else child)
    scripts = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    subprocess.run([sys.executable, "-c", program], env=scripts, cwd=tmp_path, check=True)
    used = read_usage(tmp_path / "used.json")
    assert 400 < used.peak_mb < 520
    assert used.cpu_seconds > 0.5
    assert used.seconds > 0.8
    software = read_software(tmp_path / "used.json")
    assert software["Python"] == platform.python_version()
    assert software["numpy"] == np.__version__
    assert software["scikit-learn"]


def test_a_step_that_fails_leaves_no_usage(tmp_path):
    from snakemake.iocontainers import Log

    (tmp_path / "cells.csv").write_text("cell\n")
    rule = a_rule_on(tmp_path / "cells.csv")
    rule.log = Log(fromdict={"text": str(tmp_path / "rule.log"), "usage": str(tmp_path / "used.json")})
    with step(rule):
        pass
    assert read_usage(tmp_path / "used.json").seconds > 0
    assert read_input_mb(tmp_path / "used.json") == 5 / 2**20
    with pytest.raises(SystemExit), step(rule):
        raise InputError("cells.csv", "row 3: no barcode", "add it")
    assert not (tmp_path / "used.json").exists()
