"""Reading a puck: the dense text, the newest mapping, archive or folder, and every fault in one line."""

import io
import shutil
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slide_seq_files import BARCODES, COUNTS, GENES, TEXTS, write_puck

from running import InputError
from slide_seq.puck_folder import opened_puck
from slide_seq.read_dge import read_dge
from slide_seq.read_puck import read_puck


def read(text):
    return read_dge(io.BytesIO(text.encode()), "dge.csv")


def test_a_puck(tmp_path):
    puck = read_puck(write_puck(tmp_path))
    assert puck.obs_names.tolist() == BARCODES
    assert puck.var_names.tolist() == GENES
    np.testing.assert_array_equal(puck.X.toarray(), COUNTS)
    assert puck.obs["cluster"].tolist() == [1, 2, 0, 1]
    assert puck.obs.loc["GGG", ["x", "y"]].tolist() == [10, 20]
    assert puck.uns["join"]["beads_with_all"] == 3


@pytest.mark.parametrize("kind", ["gztar", "tar", "zip"])
def test_an_archive_is_the_same_as_its_folder(tmp_path, kind):
    folder = write_puck(tmp_path)
    archive = shutil.make_archive(str(tmp_path / "Puck_1"), kind, tmp_path, "Puck_1")
    one, other = read_puck(folder), read_puck(archive)
    pd.testing.assert_frame_equal(one.obs, other.obs)
    np.testing.assert_array_equal(one.X.toarray(), other.X.toarray())


@pytest.mark.parametrize(
    "mappings",
    [
        # 9-29 sorts behind 10-17 as text, and before it in the calendar; 1014 is after 937 on the same day
        ("BeadMapping_9-29_2359", "BeadMapping_10-17_937", "BeadMapping_10-17_1014"),
        ("BeadMapping_10-17_1014", "BeadMapping_2019_1-2_0101"),
        ("BeadMapping_2019_12-30_2359", "BeadMapping_2020_1-2_0101"),
    ],
)
def test_the_newest_mapping_is_taken_by_date_not_by_name(tmp_path, mappings):
    for mapping in mappings:
        write_puck(tmp_path, mapping)
    with opened_puck(tmp_path / "Puck_1") as puck:
        assert puck.mapping == mappings[-1]


@pytest.mark.parametrize("kind", ["gztar", "tar", "zip", None])
@pytest.mark.parametrize(
    ("others", "words"),
    [
        (["backup/BeadMapping_10-17_1014"], "the mapping BeadMapping_10-17_1014 twice: "),
        (
            ["BeadMapping_2018_10-17_1014", "old/BeadMapping_2018_10-17_1014"],
            "the mapping BeadMapping_2018_10-17_1014 twice: ",
        ),
        (["../Puck_2/BeadMapping_10-17_1014"], "several pucks: "),
        (["../Puck_2/BeadMapping_9-29_2359"], "several pucks: "),
    ],
)
def test_an_archive_with_two_copies_or_two_pucks_says_where_they_are(tmp_path, kind, others, words):
    for mapping in ("BeadMapping_10-17_1014", *others):
        write_puck(tmp_path / "all", mapping)
    place = shutil.make_archive(str(tmp_path / "a"), kind, tmp_path / "all") if kind else tmp_path / "all"
    with pytest.raises(InputError) as error:
        read_puck(place)
    said = str(error.value)
    assert said.startswith(f"{place}: holds {words}Puck_1/")
    assert all(PurePosixPath("Puck_1", other).name in said for other in others[-1:])
    assert "; leave in it the one that is meant" in said


def test_an_older_copy_and_what_a_mac_adds_are_not_in_the_way(tmp_path):
    write_puck(tmp_path)
    for mapping in ("backup/BeadMapping_9-29_1014", "../__MACOSX/Puck_1/BeadMapping_10-17_1014"):
        write_puck(tmp_path, mapping)
    (tmp_path / "Puck_1/BeadMapping_10-17_1014/._MappedDGEForR.csv").write_bytes(b"\0\5")
    assert read_puck(shutil.make_archive(str(tmp_path / "a"), "tar", tmp_path)).shape == (4, 3)


def test_the_log_says_what_part_of_the_published_puck_it_is(tmp_path, caplog):
    caplog.set_level("INFO")
    published = {"members": {"MappedDGEForR.csv": {"sha256": None, "shape": (18_906, 24_847)}}}
    read_puck(write_puck(tmp_path), published)
    assert "3 genes x 4 beads, a part of the published file's 18,906 x 24,847" in caplog.text
    published["members"]["MappedDGEForR.csv"]["shape"] = (3, 3)
    with pytest.raises(InputError, match="holds 3 genes x 4 beads, where its publisher's has 3 x 3"):
        read_puck(tmp_path / "Puck_1", published)


def test_counts_as_r_writes_them(tmp_path):
    r = '"AAA","CCC","GGG","TTT"\n"Gapdh",1,0,9,0\n"Calm1",0,3,9,0\n"Pcp2",12,0,0,104\n'
    puck = read_puck(write_puck(tmp_path, Mapped=r, Analog='"","x"\n"AAA",1\n"CCC",2\n'))
    np.testing.assert_array_equal(puck.X.toarray(), COUNTS)
    assert puck.var_names.tolist() == GENES
    assert puck.obs["cluster"].tolist() == [1, 2, 0, 0]


def test_a_mapping_folder_itself_can_be_given_and_home_is_found(tmp_path, monkeypatch):
    assert read_puck(write_puck(tmp_path) / "BeadMapping_10-17_1014").shape == (4, 3)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_puck("~/Puck_1").shape == (4, 3)


def test_a_bead_without_place_is_left_out(tmp_path):
    puck = read_puck(write_puck(tmp_path, BeadLocations="barcodes,xcoord,ycoord\nAAA,1,2\nTTT,0,0\n"))
    assert puck.obs_names.tolist() == ["AAA", "TTT"]
    np.testing.assert_array_equal(puck.X.toarray(), COUNTS[[0, 3]])


@pytest.mark.parametrize("word", ["NaN", "NA", "", "None"])
def test_a_place_or_a_cluster_may_be_missing_in_any_spelling(tmp_path, word, caplog):
    caplog.set_level("INFO")
    places = f"barcodes,xcoord,ycoord\nAAA,1,2\nCCC,{word},4\nGGG,5,6\n"
    puck = read_puck(write_puck(tmp_path, BeadLocations=places, Analog=f"Var1,x\nAAA,{word}\nGGG,3\n"))
    assert puck.obs["cluster"].to_dict() == {"AAA": 0, "GGG": 3}
    assert caplog.text.count("1 rows with missing values are left out") == 2


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 20), st.sampled_from(["\n", "\r\n"]))
def test_any_table_of_counts_is_read_as_it_is(seed, n_beads, n_genes, end):
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.3, 0.02, (n_genes, n_beads))
    frame = pd.DataFrame(counts, [f"g{i}" for i in range(n_genes)], [f"b{i}" for i in range(n_beads)])
    text = frame.to_csv(index_label="Row", lineterminator=end)
    matrix, beads, genes = read(text)
    np.testing.assert_array_equal(matrix.toarray(), counts.T)
    assert matrix.nnz == (counts > 0).sum()
    assert (beads, genes) == (list(frame.columns), list(frame.index))


def test_whole_numbers_written_as_decimals_are_counts():
    assert read("Row,A,B\ng,1.0,2e1\n")[0].toarray().tolist() == [[1], [20]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("<!DOCTYPE html><html>", "a page of HTML"),
        ("Row,A,B\n", "no gene below the header"),
        ("Row,A,B\ng,1\n", "row 2: 1 counts, where the header has 2 barcodes"),
        ("Row,A,B\ng,1,0\nh,1,0,0\n", "row 3: 3 counts"),
        ("Row,A,B\ng\n", "row 2: 'g' is no gene with counts"),
        ("Row,A,B\ng,1,x\n", "row 2, column 3: 'x' is not a count"),
        ("Row,A,B\ng,1,-3\n", "row 2, column 3: '-3' is not a count"),
        ("Row,A,B\ng,0.5,1\n", "row 2, column 2: '0.5' is not a count"),
        ("Row,A,B\ng,,1\n", "row 2, column 2: '' is not a count"),
        ("Row,A,B\ng,nan,1\n", "row 2, column 2: 'nan' is not a count"),
        ("Row,A,B\ng,1_0,1\n", "row 2, column 2: '1_0' is not a count"),
        ("Row,A,B\n,1,1\n", "row 2: a gene without a name"),
        ("Row,A,\ng,1,1\n", "column 3: a barcode without a name"),
        ("Row,A,A\ng,1,1\n", "columns 2 and 3: the barcode 'A' stands twice"),
        ("Row,A,B\ng,1,1\nh,1,0\ng,0,0\n", "rows 2 and 4: the gene 'g' stands twice"),
    ],
)
def test_faults_of_the_counts(text, words):
    with pytest.raises(InputError) as error:
        read(text)
    assert words in str(error.value)
    assert str(error.value).startswith("dge.csv: ")
    assert "\n" not in str(error.value)


DGE, CLUSTERS = TEXTS["MappedDGEForR.csv"], TEXTS["AnalogizerClusterAssignments.csv"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Bead": "barcodes,x,y\nAAA,1,2\n"}, "column 'xcoord' is missing from the header"),
        ({"Bead": "barcodes,xcoord,ycoord\nAAA,1,2\nCCC,x,4\n"}, "row 3, column 'xcoord': 'x' is not a number"),
        ({"Bead": "barcodes,xcoord,ycoord\nAAA,1,inf\n"}, "row 2, column 'ycoord': 'inf'"),
        ({"Bead": "barcodes,xcoord,ycoord\n"}, "no row below the header"),
        ({"Bead": ""}, "the file is empty"),
        ({"Bead": "barcodes,xcoord,ycoord\nAAA,1,2\nAAA,1,2\n"}, "rows 2 and 3: the same bead, 'AAA'"),
        ({"Bead": "barcodes,xcoord,ycoord\nAAAT,1,2\nCCCG,1,2\n"}, "none of its 4 barcodes (first: 'AAA') has a place"),
        ({"Analog": CLUSTERS + "AACC,3\n"}, "row 5, barcode 'AACC' is not in MappedDGEForR.csv (1 such beads)"),
        ({"Analog": "Var1,x\nAAA,granule\n"}, "row 2, column 'x': 'granule' is not a whole number"),
        ({"Analog": "barcode,cluster\nAAA,1\n"}, "column 'x' is missing from the header"),
        ({"Mapped": DGE + "Gapdh,0,0,0,0\n"}, "the gene 'Gapdh' stands twice"),
        ({"Mapped": DGE[:-9]}, "(cut off?)"),
        ({"Mapped": None}, "has no MappedDGEForR.csv, but AnalogizerClusterAssignments.csv, BeadLocationsForR.csv"),
    ],
)
def test_faults_of_a_puck(tmp_path, changed, words):
    with pytest.raises(InputError) as error:
        read_puck(write_puck(tmp_path, **changed))
    assert words in str(error.value)
    assert "Puck_1" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_puck_without_a_mapping(tmp_path):
    (tmp_path / "Puck_1").mkdir()
    (tmp_path / "Puck_1" / "readme.txt").write_text("hello")
    with pytest.raises(InputError, match=r"Puck_1: has no folder BeadMapping_<M-D>_<hhmm>; it holds readme\.txt; give"):
        read_puck(tmp_path / "Puck_1")


def test_no_such_place_and_a_damaged_archive(tmp_path):
    with pytest.raises(InputError, match="neither such a file nor such a folder"):
        read_puck(tmp_path / "Puck_2.tar.gz")
    archive = shutil.make_archive(str(tmp_path / "Puck_1"), "gztar", tmp_path, write_puck(tmp_path).name)
    cut = tmp_path / "cut.tar.gz"
    with open(archive, "rb") as whole:
        cut.write_bytes(whole.read()[:300])
    with pytest.raises(InputError, match=r"cut\.tar\.gz: cannot be unpacked"):
        read_puck(cut)
