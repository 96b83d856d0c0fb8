"""Files that own cannot read: the plan says why, in one line, before any job has started."""

import shutil

import anndata
import h5py
import numpy as np
import pytest
from own_rows import MODALITIES, K, N, atlas

from benchmarks.own_one_pass import one_pass
from own.plan import plan
from own.rows import rows_of
from running import InputError


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "cells.h5ad"
    atlas().write_h5ad(path)
    return path


def one_line(path, *words, features="X", modalities=MODALITIES):
    with pytest.raises(InputError) as caught:
        plan(path, features, modalities, 1)
    said = str(caught.value)
    assert [word for word in words if word not in said] == [], said
    assert "\n" not in said
    assert "; " in said


def replaced(file, place, values, **attributes):
    """Another dataset with the attributes of the one that stands there."""
    kept = dict(file[place].attrs) | {name.replace("_", "-"): value for name, value in attributes.items()}
    del file[place]
    file[place] = values
    file[place].attrs.update(kept)


def as_by_an_old_anndata(file):
    """As version 0.7 wrote: no encodings of arrays, and categories by reference."""
    for name in ("obs", "var"):
        file[name].attrs["encoding-version"] = "0.1.0"
    codes, categories = file["obs/type/codes"][:], file["obs/type/categories"][:]
    del file["obs/type"]
    file["obs/__categories/type"], file["obs/type"] = categories, codes
    file["obs/type"].attrs["categories"] = file["obs/__categories/type"].ref
    for name in ("X", "obs/age", "obs/batch", "obsm/protein"):
        for attribute in ("encoding-type", "encoding-version"):
            del file[name].attrs[attribute]


def with_zstd(file, place):
    """A dataset that says that it is compressed with zstd."""
    values, attributes = file[place][:], dict(file[place].attrs)
    del file[place]
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(values.shape)
    plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
    kind, space = h5py.h5t.py_create(values.dtype), h5py.h5s.create_simple(values.shape)
    h5py.h5d.create(file.id, place.encode(), kind, space, plist)
    file[place].attrs.update(attributes)


def emptied(file):
    del file["X"]
    file.create_dataset("X", data=h5py.Empty("f4")).attrs.update({"encoding-type": "null", "encoding-version": "0.1.0"})


SPOILT = {
    "an old anndata": (as_by_an_old_anndata, ["obs is stored as by an anndata before 0.8", "read_h5ad(path)"]),
    "an array of an old anndata": (
        lambda file: file["X"].attrs.__delitem__("encoding-type"),
        ["X is stored as by an anndata before 0.8", "read_h5ad(path).write_h5ad(path)"],
    ),
    "an unknown encoding": (
        lambda file: file["X"].attrs.__setitem__("encoding-type", "of-tomorrow"),
        ["X has the encoding 'of-tomorrow' 0.2.0, which is not read here (anndata 0."],
    ),
    "a newer version": (
        lambda file: file["obs/age"].attrs.__setitem__("encoding-version", "0.9.0"),
        ["obs/age has the encoding 'array' 0.9.0, which is not read here"],
    ),
    "no X": (emptied, ["X is empty (None)"]),
    "MuData": (lambda file: file.move("X", "mod/rna"), ["holds no X; "]),
    "no obs": (lambda file: file.__delitem__("obs"), ["holds no obs, so it is not an AnnData"]),
    "no names": (lambda file: file["obs"].attrs.__delitem__("_index"), ["obs has no names of its rows"]),
    "words in X": (
        lambda file: replaced(file, "X", np.full((N, K), "a", dtype=object), encoding_type="string-array"),
        ["X holds labels"],
    ),
    "records": (lambda file: replaced(file, "X", np.zeros(N, "f4,f4")), ["X holds", "neither numbers nor labels"]),
    "three axes": (lambda file: replaced(file, "X", np.zeros((N, 2, 2))), ["X holds float64 in 3 axes"]),
    "more columns than names": (lambda file: replaced(file, "X", np.zeros((N, K + 1))), ["X has 7 columns, var has 6"]),
    "fewer rows": (lambda file: replaced(file, "obs/age", np.ones(3)), ["obs/age has 3 rows, obs has 240"]),
    "zstd in X": (lambda file: with_zstd(file, "X"), ["X is compressed with zstd", "compression='gzip'"]),
    "zstd in a category": (lambda file: with_zstd(file, "obs/type/codes"), ["obs/type/codes is compressed with zstd"]),
    "data elsewhere": (
        lambda file: file.__setitem__("obs/secret", h5py.ExternalLink("other.h5ad", "X")),
        ["takes data from other files, at obs/secret"],
    ),
}


@pytest.mark.parametrize(("spoil", "words"), SPOILT.values(), ids=SPOILT)
def test_the_plan_says_what_cannot_be_read(path, spoil, words):
    with h5py.File(path, "r+") as file:
        spoil(file)
    one_line(path, str(path), *words)


def test_what_is_not_asked_for_may_be_as_it_is(path):
    """A layer that needs a filter, one of tomorrow, and a table nobody names."""
    with h5py.File(path, "r+") as file:
        with_zstd(file, "obsm/pca")
        file["obs/word"].attrs["encoding-type"] = "of-tomorrow"
    assert plan(path, "X", MODALITIES, 2)["rows"] == N
    one_line(path, "obsm/pca is compressed with zstd", features="obsm/pca")


@pytest.mark.filterwarnings("ignore::anndata.OldFormatWarning", "ignore:Moving element:FutureWarning")
def test_the_remedy_for_an_old_file_helps(path):
    whole = one_pass(path, "X", MODALITIES, 0.95, 1000)[0]
    with h5py.File(path, "r+") as file:
        as_by_an_old_anndata(file)
    anndata.read_h5ad(path).write_h5ad(path)
    plan(path, "X", MODALITIES, 1)
    again = rows_of(path, "X", MODALITIES, 0, N, 50)[0].covariances()
    np.testing.assert_allclose(again.modalities, whole.covariances_.modalities, rtol=1e-9)


def test_names_and_attributes_in_bytes_are_read(path):
    """As programs other than anndata write them."""
    with h5py.File(path, "r+") as file:
        for place in ("X", "obs", "var", "obs/age", "obs/type"):
            for name, value in file[place].attrs.items():
                if isinstance(value, str):
                    file[place].attrs[name] = np.bytes_(value)
    assert plan(path, "X", MODALITIES, 1)["features"] == [f"gene{i}" for i in range(K)]


@pytest.mark.parametrize(("name", "value"), [("indices", 10**6), ("indices", -1), ("indptr", 10**6)])
def test_a_sparse_matrix_that_points_nowhere_is_named_with_its_rows(path, name, value):
    with h5py.File(path, "r+") as file:
        file[f"layers/csr/{name}"][40] = value
    with pytest.raises(InputError, match=r"rows 0 to 49 cannot be read .*; the file is damaged"):
        rows_of(path, "layers/csr", MODALITIES, 0, N, 50)


def test_no_file_text_a_folder_a_part_and_a_packed_file(tmp_path, path):
    one_line(
        tmp_path / "none.h5ad", "none.h5ad: no such file; give the path of an .h5ad, .h5mu or zarr store in own.file"
    )
    one_line(tmp_path, "is a folder")
    (tmp_path / "text.h5ad").write_text("not HDF5")
    one_line(tmp_path / "text.h5ad", "is no HDF5 file (it begins 'not HDF5')")
    (tmp_path / "cut.h5ad").write_bytes(path.read_bytes()[:5000])
    one_line(tmp_path / "cut.h5ad", "is cut off: 5,000 of")
    shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path, "cells.h5ad")
    one_line(tmp_path / "a.zip", "is a zip archive (or a workbook of Excel); unpack it")
