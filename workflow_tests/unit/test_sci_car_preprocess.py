"""From GEO's six files to cells with both counts: a sample small enough to check by hand, and every fault."""

import gzip
import logging

import numpy as np
import pandas as pd
import pytest
from sci_car_files import SETTINGS, tables, write

from running import InputError
from sci_car.cells import check_enough, load_cells, together, write_cells
from sci_car.features import overlapping
from sci_car.preprocess import preprocess


@pytest.fixture
def contents():
    return tables()


@pytest.fixture
def run(contents, tmp_path):
    """Preprocess the contents as they stand now."""
    return lambda **settings: preprocess(write(contents, tmp_path / "files"), SETTINGS | settings)


def test_cells_of_both_tables_in_the_order_of_the_rna_table(run):
    cells, _ = run()
    assert cells.obs_names.tolist() == ["c1", "c2", "c3"]
    labels = cells.obs["cell_type"]
    assert labels.cat.categories.tolist() == ["Collecting duct principal cells", "Podocyte"]
    assert labels.tolist()[::2] == ["Collecting duct principal cells", "Podocyte"]
    assert pd.isna(labels["c2"])
    np.testing.assert_array_equal(cells.obs[["tsne_1", "tsne_2"]], [[1.5, -2], [np.nan, np.nan], [0.25, 3]])


def test_genes_are_protein_coding_seen_and_one_a_symbol(run):
    rna = run()[0]["rna"]
    assert rna.var["gene_id"].to_dict() == {"Abc": "ENSMUSG01.3;ENSMUSG04.1", "Xyz": "ENSMUSG03.2"}
    assert rna.X.toarray().tolist() == [[6, 0], [0, 1], [5, 0]]
    assert rna.X.dtype == np.int32


@pytest.mark.parametrize("word", ["NA", "nan", "", "None", "N/A", "null"])
def test_genes_without_a_symbol_keep_their_identifier(contents, run, word):
    contents["genes"].loc[[0, 3], "gene_short_name"] = word
    rna = run()[0]["rna"]
    assert rna.var["gene_id"].to_dict() == {one: one for one in ("ENSMUSG01.3", "ENSMUSG04.1")} | {"Xyz": "ENSMUSG03.2"}
    assert rna.X.toarray().tolist() == [[4, 0, 2], [0, 1, 0], [5, 0, 0]]


@pytest.mark.parametrize("word", ["NA", "nan", "", "None"])
def test_a_label_or_a_coordinate_may_be_missing_in_any_spelling(contents, run, word):
    contents["rna_cells"].loc[1, ["cell_name", "tsne_1", "tsne_2"]] = word
    cells, _ = run()
    assert pd.isna(cells.obs.loc["c2", ["cell_type", "tsne_1", "tsne_2"]]).all()


def test_peaks_are_on_chromosomes_and_no_artefacts(run):
    atac = run()[0]["atac"]
    assert atac.var_names.tolist() == ["chr1_10_20", "chr2_98662943_98663000", "chrX_5_6"]
    assert atac.var.loc["chrX_5_6"].tolist() == ["chrX", 5, 6]
    assert atac.X.toarray().tolist() == [[0, 0, 1], [0, 0, 0], [3, 2, 0]]
    kept = run(artefacts=[])[0]["atac"]
    assert "chr2_98662000_98662037" in kept.var_names


def test_features_must_be_seen_in_joint_cells(run):
    cells, _ = run(min_cells={"genes": 2, "peaks": 1})
    assert cells["rna"].var_names.tolist() == ["Abc"]
    with pytest.raises(InputError, match=r"none of 3 peaks is seen in 2 of 3 cells; lower sci_car\.filter\.min_cells"):
        run(min_cells={"genes": 1, "peaks": 2})


def test_a_region_includes_both_of_its_ends():
    peaks = pd.DataFrame({"chr": ["chr1"] * 4 + ["chr2"], "start": [1, 10, 21, 5, 12], "end": [9, 10, 30, 40, 15]})
    assert overlapping(peaks, ["chr1:10-20"]).tolist() == [False, True, False, True, False]
    assert overlapping(peaks, ["chr1:9-21", "chr2:15-99"]).tolist() == [True] * 5
    with pytest.raises(InputError, match="'chr1' is no region; write chromosome:start-end"):
        overlapping(peaks, ["chr1"])


def test_summary_counts_what_was_there_and_what_was_kept(run):
    found = run()[1].set_index("quantity")["value"].to_dict()
    expected = {
        "cells_in_rna": 4,
        "cells_in_atac": 4,
        "genes_in_file": 5,
        "genes_of_types": 4,
        "gene_symbols": 3,
        "peaks_in_file": 5,
        "peaks_on_chromosomes": 4,
        "peaks_artefacts": 1,
        "atac_count_share_of_artefacts": 50 / 62,  # of the joint cells' counts
        "cells_joint": 3,
        "cells_labelled": 2,
        "cells_proximal": 0,
        "cells_next_type": 1,
        "cell_types": 2,
        "genes": 2,
        "peaks": 3,
        "windows": 3,
        "rna_counts_per_cell": 4,
        "rna_counts_per_cell_median": 5,
        "genes_per_cell": 1,
        "peaks_per_cell": 1,
        "peak_share_per_cell": 1 / 3,
        "cells_without_peaks": 1,
    }
    assert found == pytest.approx(expected)


def test_what_is_written_is_read(run, tmp_path, recwarn):
    cells, _ = run()
    write_cells(cells, tmp_path / "cells.h5mu")
    again = load_cells(tmp_path / "cells.h5mu")
    pd.testing.assert_frame_equal(again.obs, cells.obs, check_dtype=False)
    assert again.obs["tsne_1"].dtype == np.float64
    for name in ("rna", "atac"):
        assert (again[name].X != cells[name].X).nnz == 0
        pd.testing.assert_frame_equal(again[name].var, cells[name].var)
    assert not [warning for warning in recwarn if "pull" in str(warning.message)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cells: cells["rna"].X.data.__imul__(-1), "rna: X is not a CSR matrix of counts"),
        (lambda cells: cells.obs.pop("tsne_2"), "obs lacks cell_type, tsne_1 or tsne_2"),
        (lambda cells: cells.mod.pop("atac"), "holds rna, where rna and atac are expected"),
        (
            lambda cells: setattr(cells["atac"], "var_names", ["a", "a", "b"]),
            "atac: a cell or a feature is there twice",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Variable names are not unique:UserWarning", "ignore:.*var_names:UserWarning")
def test_a_file_that_is_not_ours_is_refused(run, tmp_path, change, words):
    cells, _ = run()
    change(cells)
    write_cells(cells, tmp_path / "cells.h5mu")
    with pytest.raises(InputError, match=words):
        load_cells(tmp_path / "cells.h5mu")


def test_more_components_than_cells_genes_or_peaks_is_refused(run):
    cells, _ = run()
    check_enough(cells, 1, "SVD")
    with pytest.raises(InputError, match="2 genes, where SVD needs more than its 2 components"):
        check_enough(cells, 2, "SVD")


def at(name, row, column, value):
    def change(contents):
        contents[name].loc[row, column] = value

    return change


def to(name, value):
    return lambda contents: contents.__setitem__(name, value)


FAULTS = {  # those of any table are in test_readers
    "no joint cell": (
        at("atac_cells", slice(None), "sample", ["a", "b", "d", "e"]),
        r"rna_cells\.txt\.gz, .*atac_cells\.txt\.gz: none of 4 and 4 cells is in both tables \(the first are 'c1' and",
    ),
    "no label": (at("rna_cells", slice(None), "cell_name", ["NA", "", " ", "only RNA"]), "none of the 3 cells in both"),
    "cell twice": (at("rna_cells", 3, "sample", "c2"), r"rna_cells\.txt\.gz: rows 3 and 5: the same cell, 'c2'; "),
    "cell twice in ATAC": (at("atac_cells", 1, "sample", "c3"), r"atac_cells\.txt\.gz: rows 2 and 3: the same cell"),
    "gene twice": (at("genes", 1, "gene_id", "ENSMUSG01.3"), "rows 2 and 3: the same gene"),
    "cell without name": (at("rna_cells", 1, "sample", ""), "row 3, column 'sample': '' is not a name"),
    "missing column": (
        lambda contents: contents["rna_cells"].pop("cell_name"),
        r"row 1: column 'cell_name' is missing from the header \('sample', 'tsne_1', 'tsne_2'\); ",
    ),
    "coordinate": (at("rna_cells", 2, "tsne_1", "left"), "row 4, column 'tsne_1': 'left' is not a number"),
    "position": (at("peaks", 0, "end", "-1"), "row 2, column 'end': '-1' is not a whole number of at least 0"),
    "backward": (at("peaks", 0, "end", "9"), "row 2, peak 'chr1_10_20' ends before it starts"),
    "fewer genes than rows": (
        lambda contents: contents.update(
            rna_counts=gzip.compress(b"%%MatrixMarket matrix coordinate integer general\n6 4 1\n1 1 1\n")
        ),
        r"rna_counts\.txt\.gz: line 2: announces 6 features and 4 cells; the tables beside it list 5 and 4",
    ),
    "cells of another matrix": (
        lambda contents: contents.update(
            atac_counts=gzip.compress(b"%%MatrixMarket matrix coordinate integer general\n5 3 1\n1 1 1\n")
        ),
        r"atac_counts\.txt\.gz: line 2: announces 5 features and 3 cells; the tables beside it list 5 and 4",
    ),
    "negative count": (to("rna_counts", [(1, 1, -4)]), r"rna_counts\.txt\.gz: line 3: '-4' is not a count"),
    "no gene of the type": (
        at("genes", slice(None), "gene_type", "snoRNA"),
        "no gene is of type protein_coding, but of",
    ),
    "other chromosomes": (at("peaks", slice(None), "chr", "1"), "no peak is on chr1 to chrX; the first is on '1'"),
}


@pytest.mark.parametrize(("change", "words"), FAULTS.values(), ids=FAULTS)
def test_faults_are_one_line(contents, run, change, words):
    change(contents)
    with pytest.raises(InputError, match=words) as error:
        run()
    assert "\n" not in str(error.value)
    assert "; " in str(error.value)


def test_cells_without_counts_stay(run, caplog):
    caplog.set_level(logging.INFO)
    cells, _ = run()
    assert cells["atac"].X[1].nnz == 0


def test_modalities_keep_their_columns_apart(run):
    cells, _ = run()
    joined = together(cells["rna"].X, cells["rna"].var, cells["atac"].X, cells["atac"].var, cells.obs)
    assert list(joined.obs) == ["cell_type", "tsne_1", "tsne_2"]
    assert list(joined["rna"].obs) == []
