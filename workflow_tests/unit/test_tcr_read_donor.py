"""Reading a donor's matrix: what comes out, and the one line for each kind of damage."""

import re

import numpy as np
import pytest

from running import InputError
from tcr.read_donor import BINDERS, HEADER, LIGANDS, MARKERS, NEGATIVE_CONTROLS, PANEL, read_donor
from tcr.simulate.dextramers import simulate_donor
from tcr.simulate.truth import plant


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(1)
    return simulate_donor(2, 40, plant(1, rng), rng)


@pytest.fixture
def write(tmp_path, table):
    """Write the simulated file, some of its fields replaced: {(row in the file, column): text}."""

    def written(fields=None, edit=lambda text: text):
        rows = [row.split(",") for row in table.to_csv(index=False).splitlines()]
        for (row, column), text in (fields or {}).items():
            rows[row - 1][HEADER.index(column)] = text
        path = tmp_path / "donor2.csv"
        path.write_text(edit("\n".join(map(",".join, rows)) + "\n"))
        return path

    return written


def bound_row(table):
    return int(table[list(BINDERS)].any(axis=1).to_numpy().argmax())


def test_panel_has_44_ligands_and_6_controls():
    assert [name + "_binder" for name in PANEL] == list(BINDERS)
    assert (len(LIGANDS), len(NEGATIVE_CONTROLS)) == (44, 6)
    assert all(name.endswith("_NC") for name in NEGATIVE_CONTROLS)


def test_reads_cells_counts_and_ligands(write, table):
    cells = read_donor(write())
    assert list(cells.columns) == ["barcode", "donor", "cdr3", *MARKERS, "ligand"]
    assert cells["barcode"].tolist() == table["barcode"].tolist()
    assert cells["cdr3"].tolist() == table["cell_clono_cdr3_aa"].tolist()
    assert set(cells["donor"]) == {2}
    assert (cells[list(MARKERS)].dtypes == np.float32).all()
    assert np.array_equal(cells[list(MARKERS)], table[list(MARKERS)])
    assert tuple(cells["ligand"].cat.categories) == PANEL
    for ligand, (_, row) in zip(cells["ligand"], table.iterrows(), strict=True):
        bound = [name.removesuffix("_binder") for name in BINDERS if row[name]]
        assert bound == ([ligand] if isinstance(ligand, str) else [])


def test_columns_are_found_by_name(write, tmp_path, table):
    other = tmp_path / "other.csv"
    table[list(HEADER)[::-1]].assign(more=1).to_csv(other, index=False)
    assert read_donor(other).equals(read_donor(write()))


def test_a_negative_control_is_a_binder_of_that_name(write, table):
    row = bound_row(table)
    fields = {(row + 2, name): "False" for name in BINDERS} | {(row + 2, f"{NEGATIVE_CONTROLS[0]}_binder"): "True"}
    assert read_donor(write(fields))["ligand"][row + 2] == NEGATIVE_CONTROLS[0]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({(5, "CD3"): "many"}, "row 5, column 'CD3': 'many' is not a count of at least 0"),
        ({(6, "CD19"): ""}, "row 6, column 'CD19': '' is not a count"),
        ({(6, "CD19"): "NA"}, "row 6, column 'CD19': 'NA' is not a count"),
        ({(7, "HLA-DR"): "-1.0"}, "row 7, column 'HLA-DR': '-1.0' is not a count"),
        ({(8, "CD4"): "nan"}, "row 8, column 'CD4': 'nan' is not a count"),
        ({(8, "CD4"): "inf"}, "row 8, column 'CD4': 'inf' is not a count"),
        ({(9, BINDERS[3]): "1"}, f"row 9, column '{BINDERS[3]}': '1' is not True or False"),
        ({(9, BINDERS[0]): ""}, f"row 9, column '{BINDERS[0]}': '' is not True or False"),
        ({(3, name): "True" for name in BINDERS[:2]}, f"row 3, '{BINDERS[0]}' and '{BINDERS[1]}' are True"),
        ({(4, "barcode"): "AAA-1", (9, "barcode"): "AAA-1"}, "rows 4 and 9: the same cell, 'AAA-1'"),
        ({(4, "barcode"): ""}, "row 4, column 'barcode': '' is not a name"),
        ({(10, "donor"): "two"}, "row 10, column 'donor': 'two' is not 'donor' and a number"),
        ({(1, "CD3"): "CD03"}, "row 1: column 'CD3' is missing from the header"),
        ({(1, BINDERS[7]): "other"}, f"row 1: column '{BINDERS[7]}' is missing"),
        ({(1, "CD3"): "CD4"}, "row 1: column 'CD3' is missing"),
        ({(1, "cell_clono_cdr3_nt"): "CD4"}, "row 1: column 'CD4' occurs twice"),
        ({(1, "cell_clono_cdr3_nt"): "new_binder"}, "row 1: column 'new_binder' is of none of the 50"),
    ],
)
def test_bad_fields_name_their_place(write, table, fields, place):
    free = {(3, name): "False" for name in BINDERS} if (3, BINDERS[0]) in fields else {}
    path = write(free | fields)
    with pytest.raises(InputError, match=re.escape(f"{path}: {place}")) as caught:
        read_donor(path)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda text: "", "the file is empty"),
        (lambda text: text[: text.index("\n") + 1], "no row below the header"),
        (lambda text: text[: text.rindex("True")], r"row \d+: \d+ fields, where 118 are due"),
        (lambda text: text[:-3], "row 41, column '.*_binder': 'Fal' is not True or False"),
        (lambda text: text.replace(",donor2", ",donor2,", 5), "row 2: 119 fields, where 118 are due"),
        (lambda text: "<!DOCTYPE html>\n<html><body>Not found</body></html>", "line 1: a page of HTML"),
    ],
)
def test_damaged_files_name_their_place(write, edit, place):
    path = write(edit=edit)
    with pytest.raises(InputError, match=f"{re.escape(str(path))}: {place}.*; "):
        read_donor(path)


def test_text_that_is_not_utf8_is_refused(write):
    path = write()
    path.write_bytes(path.read_bytes().replace(b"TRA:CA", b"TRA:\xff\xfe", 1))
    with pytest.raises(InputError, match=r"line 2: byte \d+ .* is not text in UTF-8"):
        read_donor(path)


def test_windows_line_ends_are_read(write):
    plain = read_donor(write())
    path = write()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_donor(path).equals(plain)
