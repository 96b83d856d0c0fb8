"""HDF5 files from strangers: honest ones, ones that read other files, and ones that carry code."""

import gzip
import os
import pickle
import subprocess
import sys

import anndata
import h5py
import numpy as np
import pytest

from formats.hdf5 import opened, readable, self_contained
from running import InputError


@pytest.fixture
def honest(tmp_path):
    path = tmp_path / "cells.h5ad"
    anndata.AnnData(np.arange(6.0).reshape(3, 2)).write_h5ad(path)
    return path


@pytest.fixture
def secret(tmp_path):
    """A file of this machine that an .h5ad has no business to read."""
    path = tmp_path / "secret"
    path.write_bytes(b"0123456789abcdef" * 3)
    return path


def link_out(file, secret):
    with h5py.File(f"{secret}.h5", "w") as other:
        other["data"] = np.zeros(3)
    file["obsm/leak"] = h5py.ExternalLink(f"{secret}.h5", "/data")


def store_out(file, secret):
    file.create_dataset("obsm/leak", (3, 2), dtype="u1", external=[(str(secret), 0, 6)])


def view_out(file, secret):
    with h5py.File(f"{secret}.h5", "w") as other:
        other["data"] = np.zeros(3)
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource(f"{secret}.h5", "data", shape=(3,))
    file.create_virtual_dataset("obsm/leak", layout)


def check(path):
    with opened(path) as file:
        self_contained(file)
        readable(file)


def test_an_honest_file_passes(honest):
    check(honest)


@pytest.mark.parametrize("lead_out", [link_out, store_out, view_out])
def test_data_of_other_files_are_refused(honest, secret, lead_out):
    with h5py.File(honest, "a") as file:
        lead_out(file, secret)
    with pytest.raises(InputError, match=r"cells\.h5ad: takes data from other files, at obsm/leak; copy") as caught:
        check(honest)
    assert "\n" not in str(caught.value)


def test_without_the_check_another_file_would_be_read(honest, secret):
    """What is refused above is no invention: the reader itself lets it pass."""
    with h5py.File(honest, "a") as file:
        store_out(file, secret)
        file["obsm/leak"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    assert anndata.read_h5ad(honest).obsm["leak"].tobytes() == secret.read_bytes()[:6]


WHOLE = {  # what stands at the path: what the one line says
    "nothing": (None, "no such file"),
    "empty": (b"", "is empty; copy it again"),
    "a page": (b"<html>", "is a page of HTML or XML"),
    "gzip": (gzip.compress(b"x"), "is compressed with gzip; unpack it: gunzip"),
    "a zip": (b"PK\x03\x04", "is a zip archive"),
    "text": (b"a,b\n1,2\n", "is no HDF5 file (it begins 'a,b\\n1,2\\n')"),
    "zeros": (bytes(900), "is no HDF5 file"),
    "a damaged head": (b"\x89HDF\r\n\x1a\n" + b"\0" * 90, "is damaged"),
}


@pytest.mark.parametrize(("content", "words"), WHOLE.values(), ids=WHOLE)
def test_what_is_not_hdf5_is_one_line(tmp_path, content, words):
    path = tmp_path / "cells.h5ad"
    if content is not None:
        path.write_bytes(content)
    one_line(path, words)


def one_line(path, *words):
    with pytest.raises(InputError) as caught:
        check(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: "), said
    assert [word for word in words if word not in said] == [], said
    assert "\n" not in said


def test_a_folder_and_a_zarr_store(tmp_path):
    one_line(tmp_path, "is a folder, where a file is expected")
    (tmp_path / "zarr.json").write_text("{}")
    one_line(tmp_path, "is a folder (a Zarr store?)")


def test_a_pipe_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "cells.h5ad")
    one_line(tmp_path / "cells.h5ad", "is a pipe or a device")


def test_home_is_found(honest, monkeypatch):
    monkeypatch.setenv("HOME", str(honest.parent))
    check("~/cells.h5ad")


def test_a_file_that_is_cut_off(honest):
    whole = honest.read_bytes()
    honest.write_bytes(whole[:-10])
    one_line(honest, f"is cut off: {len(whole) - 10:,} of {len(whole):,} bytes; copy it again")


def elsewhere(path, body):
    """Another program that opens the file, runs the body, says so, and waits until its input closes."""
    code = f"import h5py, os, sys\n{body}\nprint('ready', flush=True); sys.stdin.read()"
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout.readline() == "ready\n"
    return program


def test_a_file_that_another_program_writes(honest):
    with elsewhere(honest, "file = h5py.File(sys.argv[1], 'r+')"):
        one_line(honest, "another program has it open for writing; close it there", "HDF5_USE_FILE_LOCKING=FALSE")
    check(honest)


def test_a_file_that_was_never_closed(tmp_path):
    path = tmp_path / "cells.h5ad"
    with elsewhere(path, "file = h5py.File(sys.argv[1], 'w', libver='latest'); file['x'] = 1; file.flush()") as program:
        program.kill()
    one_line(path, "was not closed by the program that wrote it", "h5clear")


@pytest.mark.parametrize("place", ["obs", "X", "var/_index"])
def test_damage_inside_is_one_line(honest, place):
    with h5py.File(honest) as file:
        header = h5py.h5o.get_info(file[place].id).addr
    with honest.open("r+b") as file:
        file.seek(header)
        file.write(b"\xff" * 64)
    one_line(honest, "is damaged (", "copy it again, or write it again")


def test_what_others_raise_while_a_file_is_open_is_not_its_damage(honest):
    with pytest.raises(ZeroDivisionError), opened(honest):
        raise ZeroDivisionError


def test_a_filter_that_is_not_here_is_named(honest):
    """The chunks are written as they are, as a program with the filter would: HDF5 needs none for that."""
    with h5py.File(honest, "a") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((3,))
        plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
        space = h5py.h5s.create_simple((3,))
        h5py.h5d.create(file.id, b"uns/packed", h5py.h5t.NATIVE_DOUBLE, space, plist)
    one_line(honest, "uns/packed is compressed with zstd (HDF5 filter 32015)", "compression='gzip'")


class Payload:
    """Would make a file if anything unpickled it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.filterwarnings("ignore:Element")
def test_pickles_inside_are_not_run_and_names_lead_nowhere(honest, tmp_path):
    trap = tmp_path / "trap"
    code = np.void(pickle.dumps(Payload(trap)))
    with h5py.File(honest, "a") as file:
        file["uns/pickle"] = code
        file["uns/pickle"].attrs["encoding-type"] = "pickle"
        file["uns"].attrs["pickle"] = code
        file.create_group("obsm/..").create_dataset("outside", data=1)
    before = sorted(tmp_path.rglob("*"))
    check(honest)
    with pytest.raises(Exception, match=r"No read method registered for .*pickle"):
        anndata.read_h5ad(honest)
    assert sorted(tmp_path.rglob("*")) == before
    pickle.loads(pickle.dumps(Payload(trap)))
    assert trap.is_dir()  # the trap works, so that it did not spring above says something
