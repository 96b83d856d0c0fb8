"""What cannot work with one's own cells is said in one line, with the file and the place."""

import os
import shutil

import h5py
import numpy as np
import pytest
from own_cells import PARAMS, N, read, written

from own.asked import in_full
from own.fit import answers, in_words_of_the_file
from running import InputError
from schema_core import SchemaError


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return written(tmp_path_factory.mktemp("own"))


def spoilt(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


def cut(file, place_of, values):
    kept = dict(file[place_of].attrs)
    del file[place_of]
    file[place_of] = values
    file[place_of].attrs.update(kept)


FAULTS = {  # what is asked, what is done to the file, what the one line says
    "no such key": ({"modalities": {"age": "obs/agee"}}, None, ["holds no obs/agee", "the nearest is obs/age"]),
    "no such modality": ({"modalities": {"a": "atac:X"}}, None, ["holds no atac:X", "X"]),
    "all missing": ({"modalities": {"a": "obs/nothing"}}, None, ["obs/nothing has no value in any cell"]),
    "negative": ({"representation": "log"}, None, ["obsm/X_pca holds numbers below 0"]),
    "one label": ({"labels": "obs/same"}, None, ["obs/same has fewer than two values"]),
    "a batch missing": (
        {"batch": "obs/type"},
        lambda file: file["obs/type/codes"].__setitem__(3, -1),
        ["obs/type is missing in 1 of 150 cells"],
    ),
    "of words": (
        {"modalities": {"a": {"values": "obs/word", "representation": "log"}}},
        None,
        ["obs/word holds no numbers"],
    ),
    "wrong length": ({}, lambda file: cut(file, "obs/age", np.ones(3)), ["obs/age has 3 rows, obs has 150"]),
    "a name twice": (
        {},
        lambda file: cut(file, "obs/_index", np.array(["cell0"] * N, dtype=object)),
        ["'cell0' stands more than once", "obs_names_make_unique()"],
    ),
    "a newer anndata": (
        {},
        lambda file: file["obs/age"].attrs.__setitem__("encoding-version", "0.9.0"),
        ["obs/age cannot be read by anndata"],
    ),
    "data elsewhere": (
        {},
        lambda file: file.__setitem__("obsm/secret", h5py.ExternalLink("other.h5ad", "X")),
        ["takes data from other files, at obsm/secret"],
    ),
}


@pytest.mark.parametrize(("asked", "change", "words"), FAULTS.values(), ids=FAULTS)
def test_bad_input_is_one_line(files, tmp_path, asked, change, words):
    path = tmp_path / "cells.h5ad"
    shutil.copy(files / "cells.h5ad", path)
    if change:
        spoilt(path, change)
    with pytest.raises(InputError) as caught:
        read(path, **asked)
    said = str(caught.value)
    assert [word for word in [str(path), *words] if word not in said] == [], said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("modality", "words"),
    [
        ({"values": "obs/same", "kind": "numeric"}, ["a (obs/same)", "same distance"]),
        ({"values": "obs/word", "kind": "numeric"}, ["a (obs/word)", "not numeric"]),
    ],
)
def test_what_the_core_refuses_is_said_in_the_words_of_the_file(files, modality, words):
    asked = in_full({"a": modality})
    data = read(files / "cells.h5ad", modalities={"a": modality})
    with pytest.raises(SchemaError) as caught:
        answers(data, asked, PARAMS)
    said = str(in_words_of_the_file(caught.value, "mine.h5ad", "obsm/X_pca", asked))
    assert said.startswith("mine.h5ad: ")
    assert [word for word in words if word not in said] == [], said


def chunk_of(store, place_of):
    """The files of the chunks of an array, in both formats of zarr."""
    return [
        path for path in (store / place_of).rglob("*") if path.is_file() and not path.name.startswith(("zarr", ".z"))
    ]


@pytest.mark.parametrize("place_of", ["obsm/X_pca", "obs/age", "obs/_index"])
def test_a_zarr_store_half_written_is_refused(files, tmp_path, place_of):
    shutil.copytree(files / "cells.zarr", tmp_path / "cells.zarr")
    chunk_of(tmp_path / "cells.zarr", place_of)[0].unlink()
    with pytest.raises(InputError, match=r"lacks 1 of 1 chunks: its writing was broken off; write it again"):
        read(tmp_path / "cells.zarr")


def test_a_zarr_store_without_its_root_with_broken_metadata_or_links(files, tmp_path):
    store = tmp_path / "cells.zarr"
    shutil.copytree(files / "cells.zarr", store)
    os.symlink(files / "cells.h5ad", store / "obs" / "secret")
    with pytest.raises(InputError, match=r"takes data from other files, at obs/secret"):
        read(store)
    (store / "obs" / "secret").unlink()
    root = next(path for path in (store / ".zgroup", store / "zarr.json") if path.exists())
    root.write_text('{"zarr')
    with pytest.raises(InputError, match=r"is damaged"):
        read(store)
    root.unlink()
    with pytest.raises(InputError, match=r"is no zarr store, or one whose writing was broken off"):
        read(store)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.h5mu")
