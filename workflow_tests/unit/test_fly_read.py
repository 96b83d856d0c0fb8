"""GEO's tarball and metadata of the fly brain: what is right is read, what is wrong is one line that says where."""

from hashlib import sha256

import pandas as pd
import pytest
from fly_files import (
    AGES,
    ANNOTATIONS,
    BARCODES,
    COUNTS,
    contents,
    matrix_text,
    metadata_text,
    write_metadata,
    write_tarball,
)

from fly_brain.load import is_neuron, load, read_metadata, read_mex
from running import InputError


def one_line(action, *words):
    with pytest.raises(InputError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message


@pytest.fixture
def tarball(tmp_path):
    return lambda prefix="", **changes: write_tarball(tmp_path / "mex.tar.gz", contents(**changes), prefix)


@pytest.fixture
def metadata(tmp_path):
    return lambda text=None: write_metadata(tmp_path / "metadata.tsv.gz", text)


@pytest.mark.parametrize("prefix", ["", "GSE107451/"])
def test_counts_and_tables_are_read(tarball, prefix):
    cells = read_mex(tarball(prefix))
    assert (cells.X.toarray() == COUNTS).all()
    assert cells.obs_names.tolist() == BARCODES
    assert cells.obs["age"].tolist() == ["0", "50", "3"]


def test_a_symbol_that_reads_nan_is_a_symbol(tarball):
    symbols = read_mex(tarball()).var["symbol"]
    assert symbols["FBgn02"] == "nan"
    assert symbols.notna().all()


@pytest.mark.parametrize("word", ["NA", "None", "null", "NaN"])
def test_a_symbol_is_text_whatever_it_reads_and_an_empty_one_is_the_identifier(tarball, word):
    symbols = read_mex(tarball(genes=f"FBgn01\tRm62\nnan\t{word}\nFBgn03\t\nFBgn04\trepo\n")).var["symbol"]
    assert symbols.to_dict() == {"FBgn01": "Rm62", "nan": word, "FBgn03": "FBgn03", "FBgn04": "repo"}


def test_members_are_held_against_their_hashes(tarball, caplog):
    caplog.set_level("INFO")
    hashes = {name: {"sha256": sha256(text.encode()).hexdigest(), "shape": None} for name, text in contents().items()}
    hashes["matrix.mtx"]["shape"] = (4, 3)
    read_mex(tarball(), {"members": hashes})
    assert "annotation.tsv, barcodes.tsv, genes.tsv, matrix.mtx as published (sha256)" in caplog.text
    assert "matrix.mtx: 4 genes x 3 cells, as published" in caplog.text
    changed = matrix_text().replace(" 3\n", " 2\n", 1)
    one_line(lambda: read_mex(tarball(matrix=changed), {"members": hashes}), "matrix.mtx was changed", "members")


def test_a_subset_of_the_published_cells_is_read_and_said_to_be_one(tarball, caplog):
    published = {"members": {name: {"sha256": "0" * 64, "shape": None} for name in contents()}}
    published["members"]["matrix.mtx"]["shape"] = (17_473, 56_902)
    assert read_mex(tarball(), published).shape == (3, 4)
    assert "not the published file but other data, by the sha256 of annotation.tsv" in caplog.text
    assert "4 genes x 3 cells, a part of the published file's 17,473 x 56,902" in caplog.text


def test_a_path_that_climbs_out_is_refused(tmp_path):
    path = write_tarball(tmp_path / "mex.tar.gz", contents() | {"../../evil.tsv": "x"})
    one_line(lambda: read_mex(path), str(path), "'../../evil.tsv' may lead out of its folder")
    path = write_tarball(tmp_path / "mex.tar.gz", contents(), prefix="/abs/")
    one_line(lambda: read_mex(path), "'/abs/matrix.mtx' may lead out")


def test_tables_of_another_length_are_refused(tarball):
    one_line(
        lambda: read_mex(tarball(matrix=matrix_text(COUNTS[:2]))), "matrix.mtx", "4 features and 2 cells", "4 and 3"
    )
    one_line(lambda: read_mex(tarball(genes="FBgn01\tRm62\n")), "matrix.mtx", "4 features and 3 cells", "1 and 3")


def test_what_comes_twice_is_named(tarball):
    again = contents()["barcodes.tsv"].replace(BARCODES[2], BARCODES[0])
    one_line(lambda: read_mex(tarball(barcodes=again)), "barcodes.tsv: rows 1 and 3: the same cell", BARCODES[0])
    genes = contents()["genes.tsv"].replace("FBgn04", "FBgn01")
    one_line(lambda: read_mex(tarball(genes=genes)), "genes.tsv: rows 1 and 4: the same gene, 'FBgn01'")


def test_annotation_of_other_cells_is_refused(tarball):
    text = contents()["annotation.tsv"].replace(BARCODES[1], "TTTT")
    one_line(lambda: read_mex(tarball(annotation=text)), "annotation.tsv: does not have the cells of barcodes.tsv")
    one_line(
        lambda: read_mex(tarball(annotation="sample\tage\n")), "annotation.tsv: row 1: column 'replicate' is missing"
    )
    one_line(lambda: read_mex(tarball(annotation="")), "annotation.tsv: the file is empty")


def test_a_row_with_another_number_of_columns_is_named(tarball):
    one_line(lambda: read_mex(tarball(genes="FBgn01\tRm62\nFBgn02\n")), "genes.tsv: row 2: 1 fields, where 2 are due")


def test_a_tarball_that_is_cut_off_is_one_line(tarball):
    path = tarball()
    path.write_bytes(path.read_bytes()[:-200])
    one_line(lambda: read_mex(path), str(path), "cannot be unpacked")


def test_metadata_come_in_the_order_of_the_cells(tarball, metadata):
    found = read_metadata(metadata(), read_mex(tarball()).obs)
    assert found.index.tolist() == BARCODES
    assert found["age"].tolist() == AGES
    assert found["annotation"].tolist() == ANNOTATIONS


@pytest.mark.parametrize("age", ["old", "", "-1", "2.5", "inf", "nan"])
def test_an_age_that_is_no_number_of_days_is_named(tarball, metadata, age):
    path = metadata(metadata_text(ages=[0, age, 3]))
    one_line(lambda: read_metadata(path, read_mex(tarball()).obs), str(path), "row 3, column 'Age'", repr(age))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (metadata_text(barcodes=["x", "y", BARCODES[2]]), ["other cells: 2 of 3", repr(BARCODES[0])]),
        (metadata_text(barcodes=[BARCODES[0]] * 3), ["rows 2 and 3: the same cell"]),
        (metadata_text(ages=[1, 50, 3]), [repr(BARCODES[0]), "has the age 1, in the tarball 0"]),
        (metadata_text(lines=["w1118"] * 3), ["has the line w1118, in the tarball DGRP-551"]),
        (metadata_text().replace("annotation", "label"), ["column 'annotation' is missing", "label"]),
        ("", ["the file is empty"]),
    ],
)
def test_metadata_of_something_else_are_refused(tarball, metadata, text, words):
    path = metadata(text)
    one_line(lambda: read_metadata(path, read_mex(tarball()).obs), str(path), *words)


def test_metadata_that_are_damaged_are_one_line(tarball, metadata, tmp_path):
    cells = read_mex(tarball()).obs
    path = metadata()
    path.write_bytes(path.read_bytes()[:-12])
    one_line(lambda: read_metadata(path, cells), str(path), "the gzip is cut off or damaged")
    path.write_bytes(b"<html>")
    one_line(lambda: read_metadata(path, cells), "a page of HTML")


def test_metadata_may_describe_more_cells(tarball, metadata):
    path = metadata(metadata_text() + "TTTT\t9\tw1118\tmale\t3\n")
    assert len(read_metadata(path, read_mex(tarball()).obs)) == 3


def test_neurons_are_those_not_named_otherwise():
    names = pd.Series(["17", "Ensheathing_glia", "ASTROCYTE-like", "T4/T5", "17"])
    assert is_neuron(names, ["glia", "astrocyte"]).tolist() == [True, False, False, True, True]
    assert is_neuron(names, []).all()


def test_only_cells_of_the_line_are_loaded(tarball, metadata):
    cells = load(tarball(), metadata(), "DGRP-551", ["astrocyte"])
    assert cells.obs["age"].tolist() == [0, 50]
    assert cells.obs["neuron"].tolist() == [True, False]
    assert cells.obs["total_counts"].tolist() == [4, 7]
    assert cells.obs["n_genes"].tolist() == [2, 2]


def test_a_line_that_is_not_there_or_has_one_age_is_an_error(tarball, metadata):
    path = metadata()
    one_line(lambda: load(tarball(), path, "Canton-S", []), str(path), "'Canton-S'", "['DGRP-551', 'w1118']")
    one_line(lambda: load(tarball(), path, "w1118", []), "'w1118' has cells of one age only")
