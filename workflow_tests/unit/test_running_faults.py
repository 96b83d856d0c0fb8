"""Folders are whole or not there; a full disk, a damaged file and a clock set back are told from all else."""

import errno
import os
import subprocess
import sys
import textwrap
import time

import pytest
from conftest import REPOSITORY

from running import CannotWrite, baseline, scratch_folder, whole_file, whole_folder
from running.clock import bring_back
from running.disk import assert_writable, writing

SCRIPTS = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}


def python(program, **environment):
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, env=SCRIPTS | environment, capture_output=True, text=True)


def test_a_folder_takes_its_name_only_when_it_is_whole(tmp_path):
    with whole_folder(tmp_path / "moments") as part:
        (part / "one").write_text("1")
        assert not (tmp_path / "moments").exists()
    assert os.listdir(tmp_path / "moments") == ["one"]

    def stopped():
        with whole_folder(tmp_path / "half") as part:
            (part / "one").write_text("1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert os.listdir(tmp_path) == ["moments"]


@pytest.mark.parametrize("whole", [whole_file, whole_folder, scratch_folder])
def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, whole):
    program = f"""
        import os, signal
        from running import {whole.__name__} as whole
        with whole({str(tmp_path / "big.out")!r}) as part:
            os.kill(os.getpid(), signal.SIGKILL)
    """
    python(program)
    (left,) = os.listdir(tmp_path)
    (tmp_path / ".big-of-another.out").write_text("theirs")
    with whole(tmp_path / "big.out"):
        assert left not in os.listdir(tmp_path)
    made = set() if whole is scratch_folder else {"big.out"}
    assert set(os.listdir(tmp_path)) == {".big-of-another.out", *made}


def test_every_library_says_in_its_own_way_that_no_more_can_be_written(tmp_path):
    program = f"""
        import resource, sys
        from pathlib import Path
        import anndata, matplotlib.pyplot as plt, numpy as np, pandas as pd
        from running import CannotWrite, whole_file, write_parquet
        values = np.random.default_rng(0).random((300, 300))
        table, figure = pd.DataFrame(values).rename(columns=str), plt.figure()
        figure.gca().imshow(values)
        writers = {{
            "tsv": table.to_csv,
            "png": figure.savefig,
            "npz": lambda path: np.savez_compressed(path, values=values),
            "h5ad": lambda path: anndata.AnnData(values).write_h5ad(path),
        }}
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        for suffix, write in writers.items():
            path = Path({str(tmp_path)!r}) / f"file.{{suffix}}"
            try:
                with whole_file(path) as part:
                    write(part)
            except CannotWrite as error:
                print(error)
        try:
            write_parquet(table, path.with_suffix(".parquet"))
        except CannotWrite as error:
            print(error)
    """
    said = python(program, MPLBACKEND="agg").stdout.splitlines()
    problem = "cannot be written: it exceeds the largest size of a file that is allowed here"
    names = [f"{tmp_path}/file.{suffix}: {problem}" for suffix in ("tsv", "png", "npz", "h5ad", "parquet")]
    assert [line.partition(";")[0] for line in said] == names
    assert os.listdir(tmp_path) == []


def test_an_error_about_another_file_stays_what_it_is(tmp_path):
    def read_theirs():
        with writing(tmp_path / "ours"):
            raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/theirs")

    with pytest.raises(PermissionError):
        read_theirs()


def test_a_folder_is_tried_and_left_as_it_was(tmp_path):
    assert_writable(tmp_path / "not" / "yet")
    assert os.listdir(tmp_path) == []
    program = f"""
        import resource
        from running.disk import assert_writable
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        assert_writable({str(tmp_path)!r})
    """
    assert f"CannotWrite: {tmp_path}: cannot be written: " in python(program).stderr
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_no_result_of_a_method(tmp_path, monkeypatch):
    program = """
        import resource
        from pathlib import Path
        from running import whole_file
        def fills(out):
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
            with whole_file(out) as part:
                part.write_text("more than ten bytes")
    """
    (tmp_path / "method.py").write_text(textwrap.dedent(program))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CannotWrite, match=r"out\.parquet: cannot be written"):
        baseline("method:fills", tmp_path / "out.parquet", tmp_path / "out.json", threads=1)
    assert {*os.listdir(tmp_path)} - {"__pycache__"} == {"method.py"}


def test_files_from_the_future_come_back_in_their_order(tmp_path):
    now = time.time_ns()
    hours = {"old": -2, "older": -3, "next": 1, "at the same time": 1, "later": 48, "last": 49}
    for name, hour in hours.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(now, now + hour * 3600 * 10**9))
    assert {path.name for path in bring_back([tmp_path])} == {"next", "at the same time", "later", "last"}
    times = {name: (tmp_path / name).stat().st_mtime for name in hours}  # as Snakemake reads them
    assert times["older"] < times["old"] < times["next"] < times["later"] < times["last"] <= time.time()
    assert times["next"] == times["at the same time"]
    assert bring_back([tmp_path]) == []
