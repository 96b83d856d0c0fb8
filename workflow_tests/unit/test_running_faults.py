"""Folders are whole or not there; a full disk, a damaged file and a clock set back are told from all else."""

import errno
import json
import os
import subprocess
import sys
import textwrap
import time

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import REPOSITORY
from processes import until

from running import CannotWrite, InputError, baseline, scratch_folder, whole_file, whole_folder, write_parquet
from running.clock import bring_back
from running.disk import assert_writable, writing
from running.intact import assert_intact

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
    assert os.listdir(tmp_path) == ["method.py"]


def test_a_job_ends_with_its_snakemake(tmp_path):
    snakemake = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    program = f"""
        import time
        from running.parent import end_with_snakemake
        end_with_snakemake()
        open({str(tmp_path / "begun")!r}, "w").close()
        time.sleep(60)
    """
    environment = SCRIPTS | {"SNAKEMAKE_PROCESS": str(snakemake.pid)}
    job = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], env=environment)
    until((tmp_path / "begun").exists)
    snakemake.kill()
    snakemake.wait()
    assert job.wait(timeout=20) == 1


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


VALUES = np.random.default_rng(0).random((200, 5))
WRITE = {
    "tsv": lambda path: pd.DataFrame(VALUES).to_csv(path, sep="\t", index=False),
    "json": lambda path: path.write_text('{"state": "done", "reason": ""}\n'),
    "npz": lambda path: np.savez_compressed(path, values=VALUES),
    "parquet": lambda path: write_parquet(pd.DataFrame(VALUES).rename(columns=str), path),
    "h5ad": lambda path: anndata.AnnData(VALUES).write_h5ad(path, compression="gzip"),
}
HARM = {
    "cut": lambda content: content[: len(content) * 2 // 3],
    "emptied": lambda content: b"",
    "zeros": lambda content: content[: len(content) // 2] + bytes(len(content) - len(content) // 2),
}
SEEN = [(suffix, harm) for suffix in WRITE for harm in HARM]


@pytest.mark.parametrize(("suffix", "harm"), SEEN)
def test_what_is_damaged_is_named_and_what_is_whole_passes(tmp_path, suffix, harm):
    path = tmp_path / f"file.{suffix}"
    WRITE[suffix](path)
    for whole in (True, False):
        assert_intact(path, whole)
    path.write_bytes(HARM[harm](path.read_bytes()))
    for whole in (True, False) if harm != "zeros" else (True,):  # what is missing is seen without reading the rest
        with pytest.raises(InputError, match=r"file\.\w+: it is damaged \(.*\); delete it and run again") as raised:
            assert_intact(path, whole)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("suffix", ["npz", "parquet"])
def test_one_changed_bit_is_seen_by_its_checksum(tmp_path, suffix):
    path = tmp_path / f"file.{suffix}"
    WRITE[suffix](path)
    path.write_bytes(flipped(path.read_bytes(), 600))
    with pytest.raises(InputError, match="damaged"):
        assert_intact(path)


def test_one_changed_bit_is_seen_where_hdf5_is_compressed_by_gzip(tmp_path):
    path = tmp_path / "file.h5ad"
    WRITE["h5ad"](path)
    with h5py.File(path) as file:
        at = file["X"].id.get_chunk_info(0).byte_offset + 50
    path.write_bytes(flipped(path.read_bytes(), at))
    with pytest.raises(InputError, match="damaged"):
        assert_intact(path)


def test_a_row_that_lost_a_field_is_seen(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("a\tb\n1\t2\n3 4\n")
    with pytest.raises(InputError, match="row 3 has 1 fields, the header 2"):
        assert_intact(path)


def test_a_file_in_a_folder_is_named_and_the_folder_is_to_be_deleted(tmp_path):
    folder = tmp_path / "moments"
    folder.mkdir()
    (folder / "donor_1.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"moments: donor_1\.npz in it is damaged \(.*\); delete it and run"):
        assert_intact(folder)


def test_the_empty_file_of_a_method_that_failed_is_no_damage(tmp_path):
    result, status = tmp_path / "out.parquet", tmp_path / "out.json"
    baseline("os:nothing_of_this_name", result, status, threads=1)
    assert_intact(result)
    status.write_text(json.dumps({"state": "done", "reason": ""}) + "\n")
    with pytest.raises(InputError, match="damaged"):
        assert_intact(result)


def test_a_method_that_fails_on_a_damaged_input_has_no_result(tmp_path):
    beside = tmp_path / "factors.npz"
    WRITE["npz"](beside)
    beside.write_bytes(flipped(beside.read_bytes(), 600))
    given = {"settings": {"factors": str(beside)}, "threads": 1}
    with pytest.raises(InputError, match=r"factors\.npz: it is damaged"):
        baseline("os:nothing_of_this_name", tmp_path / "out.parquet", tmp_path / "out.json", **given)
    assert os.listdir(tmp_path) == ["factors.npz"]


def test_a_published_file_is_held_against_its_receipt(tmp_path):
    file, receipt = tmp_path / "cells.csv", tmp_path / "cells.csv.receipt.yaml"
    file.write_text("as it came")
    found = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]
    receipt.write_text(yaml.safe_dump({"sha256": found, "bytes": 10}))
    assert_intact(receipt)
    changed = r"cells\.csv: it is no longer the file that came .* delete it and cells"
    file.write_text("as it cane")
    assert_intact(receipt, whole=False)
    with pytest.raises(InputError, match=changed):
        assert_intact(receipt)
    file.write_text("as it")
    with pytest.raises(InputError, match=changed):
        assert_intact(receipt, whole=False)
    file.unlink()
    with pytest.raises(InputError, match=r"receipt\.yaml: it is damaged"):
        assert_intact(receipt, whole=False)


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
