"""HDF5 files from strangers: honest ones, ones that read other files, and ones that carry code."""

import os
import pickle

import anndata
import h5py
import numpy as np
import pytest

from running import InputError
from sources.hdf5 import self_contained


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


def test_an_honest_file_passes(honest):
    assert self_contained(honest) == honest


@pytest.mark.parametrize("lead_out", [link_out, store_out, view_out])
def test_data_of_other_files_are_refused(honest, secret, lead_out):
    with h5py.File(honest, "a") as file:
        lead_out(file, secret)
    with pytest.raises(InputError, match=r"cells\.h5ad: takes data from other files, at obsm/leak; copy") as caught:
        self_contained(honest)
    assert "\n" not in str(caught.value)


def test_without_the_check_another_file_would_be_read(honest, secret):
    """What is refused above is no invention: the reader itself lets it pass."""
    with h5py.File(honest, "a") as file:
        store_out(file, secret)
        file["obsm/leak"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    assert anndata.read_h5ad(honest).obsm["leak"].tobytes() == secret.read_bytes()[:6]


@pytest.mark.parametrize("content", [None, b"", b"<html>", b"\x89HDF\r\n\x1a\n" + b"\0" * 90])
def test_what_is_not_hdf5_is_one_line(tmp_path, content):
    path = tmp_path / "cells.h5ad"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as HDF5") as caught:
        self_contained(path)
    assert "\n" not in str(caught.value)


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
    assert self_contained(honest) == honest
    with pytest.raises(Exception, match=r"No read method registered for .*pickle"):
        anndata.read_h5ad(honest)
    assert sorted(tmp_path.rglob("*")) == before
    pickle.loads(pickle.dumps(Payload(trap)))
    assert trap.is_dir()  # the trap works, so that it did not spring above says something
