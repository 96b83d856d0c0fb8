"""What cannot be used in a file whose rows are dealt out is said in one line, with its place."""

import h5py
import numpy as np
import pytest
from own_rows import MODALITIES, K, N, atlas

from own.plan import plan
from own.rows import Rows, rows_of
from running import InputError


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "atlas.h5ad"
    atlas().write_h5ad(path)
    return path


HOSTILE = [  # features, modality, what the one line says
    ("X", {"values": "obs/agee"}, ["obs/agee", "the nearest is obs/age"]),
    ("obsm/nothing", {"values": "obs/age"}, ["obsm/nothing", "protein"]),
    ("layers/csc", {"values": "obs/age"}, ["layers/csc", "CSC", "tocsr"]),
    ("X", {"values": "layers/csc", "kind": "vector"}, ["layers/csc", "CSC"]),
    ("X", {"values": "obsm/protein"}, ["obsm/protein has 2 columns", "'vector'"]),
    ("X", {"values": "obs/type"}, ["obs/type holds labels", "categorical"]),
    ("obsm/labels", {"values": "obs/age"}, ["obsm/labels holds labels", "own.use_rep"]),
    ("X", {"values": "obsm/counts", "kind": "categories"}, ["obsm/counts is sparse", "'vector'"]),
]


@pytest.mark.parametrize(("features", "modality", "words"), HOSTILE)
def test_what_cannot_work_is_said_before_rows_are_read(stored, features, modality, words):
    with pytest.raises(InputError) as caught:
        plan(stored, features, [{"kind": "numeric"} | modality], 2)
    assert all(word in str(caught.value) for word in [str(stored), *words]), str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_columns_are_refused(stored, monkeypatch):
    monkeypatch.setattr("own.plan.MOST_COLUMNS", K)
    plan(stored, "X", MODALITIES, 1)
    with pytest.raises(InputError, match=r"obsm/counts has 8 columns.*at most 6.*obsm"):
        plan(stored, "obsm/counts", MODALITIES, 1)


def test_too_few_rows(stored):
    with pytest.raises(InputError, match=r"240 row.*too few.*241 jobs.*own\.jobs"):
        plan(stored, "X", MODALITIES, N + 1)


def spoilt(place, row):
    """The atlas with one value missing or infinite."""
    data = atlas()
    if place == "X":
        data.X[row, 2] = np.inf
    elif place == "layers/csr":
        data.layers["csr"].data[data.layers["csr"].indptr[row]] = np.nan
    elif place == "obsm/protein":
        data.obsm["protein"][row, 1] = np.nan
    else:
        data.obs[place.removeprefix("obs/")] = data.obs[place.removeprefix("obs/")].where(np.arange(N) != row)
    return data


@pytest.mark.parametrize("place", ["X", "layers/csr", "obsm/protein"])
def test_a_missing_or_infinite_value_is_named_with_its_row(tmp_path, place):
    spoilt(place, 171).write_h5ad(tmp_path / "spoilt.h5ad")
    kind = {"obs/type": "categorical", "obsm/protein": "vector"}.get(place, "numeric")
    features, values = (place, "obs/age") if place in ("X", "layers/csr") else ("X", place)
    asked = [{"values": values, "kind": kind if features == "X" else "numeric"}]
    with pytest.raises(InputError) as caught:
        rows_of(tmp_path / "spoilt.h5ad", features, asked, 100, N, 50)
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'spoilt.h5ad'}: row 171 (counted from 0): {place}"), said
    assert "at row" not in said
    assert "; " in said


def test_damage_in_the_middle_of_a_file_is_named_with_its_rows(tmp_path):
    atlas().write_h5ad(tmp_path / "damaged.h5ad", compression="gzip")
    with h5py.File(tmp_path / "damaged.h5ad") as file:
        chunk = file["X"].id.get_chunk_info(0)
    with (tmp_path / "damaged.h5ad").open("r+b") as file:
        file.seek(chunk.byte_offset)
        file.write(b"\xff" * chunk.size)
    with pytest.raises(InputError, match=r"damaged\.h5ad: rows 0 to 49 cannot be read .*; the file is damaged"):
        rows_of(tmp_path / "damaged.h5ad", "X", MODALITIES, 0, N, 50)


def test_a_name_per_cell_is_no_category(stored, monkeypatch, tmp_path):
    data = atlas()
    data.obs["name"] = data.obs_names
    data.write_h5ad(tmp_path / "names.h5ad")
    monkeypatch.setattr("own.rows.MOST_LEVELS", 50)
    asked = [{"values": "obs/name", "kind": "categorical"}]
    for size in (N, 20):  # within a chunk, and only over chunks
        with pytest.raises(InputError, match=r"obs/name has \d+ levels in rows 0 to \d+.*merge them to at most 50"):
            rows_of(tmp_path / "names.h5ad", "X", asked, 0, N, size)


def test_labels_given_as_numbers_are_refused_in_the_words_of_the_file(stored):
    with h5py.File(stored) as file, pytest.raises(InputError, match="obs/word is not numeric"):
        Rows(file, stored, "X", [{"values": "obs/word", "kind": "numeric"}]).moments(0, 10)
