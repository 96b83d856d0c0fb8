"""Scores of VDJdb's motifs, on a table small enough to check by hand, and the one line for each kind of damage."""

import re
import zipfile

import numpy as np
import pandas as pd
import pytest

from running import InputError
from tcr.builds import motif_file, motif_words
from tcr.vdjdb import location_scores, motif_lengths, read_motifs, residue_scores

HEAD = ["species", "gene", "aa", "pos", "len", "cid", "freq", "I.norm", "height.I.norm"]
# (species, gene, cid, its positions: {residue: frequency} and I.norm)
MOTIFS = [
    ("HomoSapiens", "TRA", "a1", [({"C": 1.0}, 0.0), ({"A": 0.5, "G": 0.5}, 0.4)]),
    ("HomoSapiens", "TRA", "a2", [({"C": 1.0}, 0.2), ({"A": 1.0}, 0.1), ({"F": 1.0}, 0.3)]),
    ("HomoSapiens", "TRB", "b1", [({"C": 1.0}, 0.1), ({"G": 0.25, "S": 0.75}, 0.8)]),
    ("MusMusculus", "TRA", "m1", [({"C": 1.0}, 0.9), ({"G": 1.0}, 0.9)]),
]


def rows():
    for species, gene, cid, positions in MOTIFS:
        for pos, (residues, score) in enumerate(positions):
            for residue, freq in residues.items():
                yield [species, gene, residue, pos, len(positions), cid, freq, score, freq * score]


def text(table=None):
    table = pd.DataFrame(rows(), columns=HEAD) if table is None else table
    return table.to_csv(sep="\t", index=False).encode()


def changed(row, column, value):
    table = pd.DataFrame(rows(), columns=HEAD).astype(object)
    table.loc[row - 2, column] = value  # row 1 of the file is its header
    return text(table)


@pytest.fixture
def motifs(tmp_path):
    """What is read from the bytes of a motif_pwms.txt."""

    def read(content):
        path = tmp_path / "motif_pwms.txt"
        path.write_bytes(content)
        return read_motifs(path)

    return read


def test_location_scores_average_human_motifs_of_the_gene(motifs):
    scores = location_scores(motifs(text()), "TRA")
    assert scores["location"].tolist() == [1, 2, 3]
    assert scores["motifs"].tolist() == [2, 2, 1]
    np.testing.assert_allclose(scores["score"], [0.1, 0.25, 0.3])
    np.testing.assert_allclose(location_scores(motifs(text()), "TRB")["score"], [0.1, 0.8])


def test_residue_scores_skip_or_count_what_is_absent(motifs):
    read, segments = motifs(text()), {"TRA": (2, 2), "TRB": (2, 3)}
    skip = residue_scores(read, segments).set_index("residue")["score"]
    assert "".join(skip.index) == "ACDEFGHIKLMNPQRSTVWY"
    np.testing.assert_allclose(skip[["A", "G", "S"]], [0.15, 0.2, 0.6])  # A: 0.2, 0.1; G: 0.2, 0.2; S: 0.6
    assert skip.drop(["A", "G", "S"]).isna().all()
    zero = residue_scores(read, segments, absent="zero").set_index("residue")["score"]
    np.testing.assert_allclose(zero[["A", "G", "S"]], [0.1, 0.4 / 3, 0.2])  # three positions of three motifs
    assert (zero.drop(["A", "G", "S"]) == 0).all()


def test_lengths_are_one_more_than_the_last_position(motifs):
    lengths = motif_lengths(motifs(text()))
    assert lengths.to_dict("list") == {
        "gene": ["TRA", "TRB"],
        "motifs": [2, 1],
        "mean_len": [2.5, 2.0],
        "mean_last_position": [1.5, 1.0],
    }


def test_columns_are_found_by_name_in_an_archive(motifs, tmp_path):
    table = pd.DataFrame(rows(), columns=HEAD).assign(more="x")[["more", *HEAD[::-1]]]
    archive = tmp_path / "vdjdb.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("motif_pwms.txt", text(table))
    assert read_motifs(archive).equals(motifs(text()))


def test_builds_and_releases_by_name():
    assert [motif_file(build) for build in ("2020-05-18", "release-2020-05-20")] == [
        "motif_pwms-2020-05-18.txt",
        "vdjdb-2020-05-20.zip",
    ]
    assert motif_words("2018-12-07") == "VDJdb motifs of 7 December 2018 (build 2018-12-07)"
    assert motif_words("release-2020-05-20") == "VDJdb motifs in the release of 20 May 2020 (build not known)"


def test_a_bare_file_is_read_and_named(motifs, tmp_path):
    bare = tmp_path / "motif_pwms-2020-05-18.txt"
    bare.write_bytes(text())
    assert read_motifs(bare).equals(motifs(text()))
    bare.write_bytes(changed(4, "aa", "X"))
    with pytest.raises(InputError, match=f"^{re.escape(str(bare))}: row 4, column 'aa'"):
        read_motifs(bare)


@pytest.mark.parametrize("column", ["I.norm", "height.I.norm", "pos", "species"])
def test_a_missing_column_is_named(motifs, column):
    table = pd.DataFrame(rows(), columns=HEAD).drop(columns=column)
    with pytest.raises(InputError, match=f"motif_pwms.txt: row 1: column '{re.escape(column)}' is missing"):
        motifs(text(table))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (changed(4, "aa", "X"), "row 4, column 'aa': 'X' is not one of the 20 amino acids"),
        (changed(4, "aa", "g"), "row 4, column 'aa': 'g' is not"),
        (changed(3, "pos", 1.5), "row 3, column 'pos': '1.5' is not a whole number"),
        (changed(3, "pos", "first"), "row 3, column 'pos': 'first' is not a whole number"),
        (changed(2, "pos", -1), "row 2, column 'pos': '-1' is not a whole number of at least 0"),
        (changed(2, "pos", 1), "row 2, column 'pos': the positions of motif 'a1' do not start at 0"),
        (changed(3, "pos", 2), "row 3, column 'pos': position 2 of motif 'a1' is not below its length 2"),
        (changed(3, "len", 5), "row 2, column 'len': motif 'a1' has several lengths"),
        (changed(4, "aa", "A"), "row 4, position 1 of motif 'a1' has residue 'A' twice"),
        (changed(4, "I.norm", 0.5), "row 3, column 'I.norm': position 1 of motif 'a1' has several values"),
        (changed(3, "I.norm", "NA"), "row 3, column 'I.norm': 'NA' is not a number"),
        (changed(3, "height.I.norm", ""), "row 3, column 'height.I.norm': '' is not a number"),
        (text().replace(b"HomoSapiens", b"Human"), "no row with species 'HomoSapiens' and gene 'TRA'"),
        (text().replace(b"TRB", b"TRG"), "no row with species 'HomoSapiens' and gene 'TRB'"),
        (text().rsplit(b"\t", 2)[0], "row 12: 7 fields, where 9 are due (cut off?)"),
        (b"", "the file is empty"),
        (text()[: text().index(b"\n") + 1], "no row below the header (row 1)"),
        (b"<html>\n<body>Not found</body></html>", "line 1: a page of HTML"),
    ],
)
def test_damage_is_named(motifs, content, problem):
    with pytest.raises(InputError, match=f"/motif_pwms.txt: {re.escape(problem)}.*; ") as caught:
        motifs(content)
    assert "\n" not in str(caught.value)


def test_the_archive_is_named(tmp_path):
    archive = tmp_path / "vdjdb.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("motif_pwms.txt", changed(4, "aa", "X"))
    with pytest.raises(InputError, match=f"^{re.escape(str(archive))}, motif_pwms.txt: row 4"):
        read_motifs(archive)
