"""The filter and its tables, on frames small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest

from running import InputError
from tcr.preprocess import filter_cells, lay_out, marker_levels, read_donors, summarise
from tcr.read_donor import BINDERS, LIGANDS, MARKERS, NEGATIVE_CONTROLS
from tcr.simulate.dextramers import simulate_donor
from tcr.simulate.truth import plant

ALL = {"quantile": 1.0, "markers": [], "both_chains": False, "binder": False}


@pytest.fixture
def tables():
    rng = np.random.default_rng(3)
    truth = plant(3, rng)
    return [simulate_donor(donor, 30, truth, rng) for donor in (1, 2)]


@pytest.fixture
def written(tmp_path):
    def write(tables):
        paths = [tmp_path / f"{number}.csv" for number in range(len(tables))]
        for path, table in zip(paths, tables, strict=True):
            table.to_csv(path, index=False)
        return paths

    return write


def test_marker_levels_are_log2_of_parts_per_million():
    levels = marker_levels(pd.DataFrame({"a": [1, 0], "b": [3, 5]}, dtype="float32"))
    expected = [[np.log2(250_001), np.log2(750_001)], [0, np.log2(1_000_001)]]
    np.testing.assert_allclose(levels, expected, rtol=1e-15)
    assert set(levels.dtypes) == {np.dtype("float64")}


def test_quantile_is_strict_and_over_all_cells():
    # The 0.75 quantile of 0..4 is 3 itself: the cell at it goes, as does the one above.
    levels = pd.DataFrame({"CD19": [0.0, 1, 2, 3, 4], "CD4": [4.0, 3, 2, 1, 0]})
    ligand, none = pd.Series([pd.NA] * 5), pd.DataFrame({"cell": [], "chain": []})
    settings = ALL | {"quantile": 0.75}
    one = filter_cells(levels, ligand, none, **settings | {"markers": ["CD19"]})
    assert one.tolist() == [True, True, True, False, False]
    both = filter_cells(levels, ligand, none, **settings | {"markers": ["CD19", "CD4"]})
    assert both.tolist() == [False, False, True, False, False]


def test_chains_and_binder_can_be_required():
    levels, ligand = pd.DataFrame({"CD19": [0.0] * 4}), pd.Series(["x", "x", None, "x"])
    chains = pd.DataFrame({"cell": [0, 0, 1, 2, 2, 2], "chain": ["TRA", "TRB", "TRB", "TRA", "TRA", "TRB"]})
    assert filter_cells(levels, ligand, chains, **ALL).tolist() == [True] * 4
    assert filter_cells(levels, ligand, chains, **ALL | {"both_chains": True}).tolist() == [True, False, True, False]
    assert filter_cells(levels, ligand, chains, **ALL | {"binder": True}).tolist() == [True, True, False, True]


def test_a_filter_that_keeps_nothing_says_so():
    with pytest.raises(InputError, match=r"none of 2 cells passes quantile=1\.0.*loosen"):
        filter_cells(
            pd.DataFrame({"CD19": [0.0, 0.0]}), pd.Series([None] * 2), pd.DataFrame(), **ALL | {"binder": True}
        )


def test_files_are_read_as_one_table(written, tables):
    cells, chains = read_donors(written(tables))
    assert cells["donor"].tolist() == [1] * 30 + [2] * 30
    assert tuple(cells["ligand"].cat.categories) == LIGANDS
    fields = chains.assign(text=chains["chain"] + ":" + chains["cdr3"]).groupby("cell")["text"].agg(";".join)
    assert fields.reindex(cells.index, fill_value="").tolist() == cells["cdr3"].tolist()


def test_a_negative_control_is_no_ligand(written, tables):
    row = int(tables[0][list(BINDERS)].any(axis=1).to_numpy().argmax())
    tables[0].loc[row, list(BINDERS)] = False
    tables[0].loc[row, f"{NEGATIVE_CONTROLS[0]}_binder"] = True
    assert read_donors(written(tables))[0]["ligand"].isna()[row]


def test_same_barcode_in_two_donors_is_two_cells(written, tables):
    tables[1]["barcode"] = tables[0]["barcode"]
    assert len(read_donors(written(tables))[0]) == 60


def test_same_cell_in_two_files_is_refused(written, tables):
    again = tables[0].iloc[[4]]
    paths = written([*tables, pd.concat([tables[1].assign(donor="donor3"), again])])
    with pytest.raises(InputError, match=r"2\.csv: row 32: barcode '.*' of donor 1 is in an earlier file too; "):
        read_donors(paths)


def test_no_binder_is_refused(written, tables):
    for table in tables:
        table[list(BINDERS)] = False
    with pytest.raises(InputError, match=r"0\.csv, .*1\.csv: no cell binds any of the 44 ligands.*; "):
        read_donors(written(tables))


def test_a_cell_without_antibody_counts_is_refused(written, tables):
    tables[1].loc[6, list(MARKERS)] = 0.0
    with pytest.raises(InputError, match=r"1\.csv: row 8: all 14 antibody counts are 0"):
        read_donors(written(tables))


def hand_made():
    cells = pd.DataFrame({"donor": [1, 1, 2], "barcode": ["a", "b", "a"]})
    cells["ligand"] = pd.Categorical(["x", None, "y"], categories=["x", "y", "z"])
    rows = [(0, "TRA", "CAF"), (0, "TRA", "CAAAF"), (0, "TRB", "CASSF"), (1, "TRB", "C" * 21), (2, "TRB", "CF")]
    return cells, pd.DataFrame(rows, columns=["cell", "chain", "cdr3"])


def test_kept_cells_are_numbered_and_every_chain_is_a_row():
    cells, chains = hand_made()
    kept, of_kept = lay_out(cells, pd.DataFrame({"CD3": [1.0, 2, 3]}), chains, np.array([True, False, True]))
    assert kept.columns.tolist() == ["cell", "donor", "barcode", "ligand", "CD3"]
    assert kept.drop(columns="ligand").to_numpy().tolist() == [[0, 1, "a", 1.0], [1, 2, "a", 3.0]]
    assert kept["ligand"].cat.categories.tolist() == ["x", "y", "z"]
    assert of_kept.to_numpy().tolist() == [
        [0, 1, "x", "TRA", "CAF"],
        [0, 1, "x", "TRA", "CAAAF"],
        [0, 1, "x", "TRB", "CASSF"],
        [1, 2, "y", "TRB", "CF"],
    ]


def test_summary_counts_both_sides_of_the_filter():
    cells, chains = hand_made()
    cells = cells.assign(CD3=1, IgG1=2)
    cells.attrs["binders"] = ["x_binder", "y_binder", "a_NC_binder"]
    table = summarise(cells, chains, np.array([True, False, True])).set_index(["quantity", "chain", "group"])["value"]
    expected = {
        ("ligand_columns", "", "all"): 2,
        ("negative_control_columns", "", "all"): 1,
        ("marker_columns", "", "all"): 2,
        ("protein_columns", "", "all"): 1,
        ("cells_in_files", "", "all"): 3,
        ("cells_kept", "", "all"): 2,
        ("cells_kept", "", "donor1"): 1,
        ("ligands_kept", "", "all"): 2,
        ("ligands_in_files", "", "donor1"): 1,
        ("chains_in_files", "TRB", "all"): 3,
        ("chains_kept", "TRA", "donor1"): 2,
        ("mean_length_in_files", "TRB", "all"): 28 / 3,
        ("mean_length_kept", "TRB", "all"): 3.5,
        ("mean_length_kept", "TRA", "all"): 4,
        ("longer_than_20_in_files", "TRB", "all"): 1 / 3,
        ("longer_than_20_kept", "TRB", "all"): 0,
    }
    assert {key: table[key] for key in expected} == pytest.approx(expected)
    assert table.index.is_unique
