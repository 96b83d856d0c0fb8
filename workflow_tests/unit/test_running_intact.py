"""What is damaged between two steps is named, by its end alone or by reading the whole of it."""

import json
import os
import subprocess

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import yaml

from running import InputError, baseline, write_parquet
from running.intact import assert_intact


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


@pytest.mark.parametrize("suffix", ["parquet", "h5ad"])
def test_the_empty_file_of_a_method_that_failed_is_no_damage(tmp_path, suffix):
    result, status = tmp_path / f"out.{suffix}", tmp_path / "out.json"
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
