"""Tables: where columns are found, what their fields may be, and what the registry says of a file."""

import logging

import pandas as pd
import pytest

from formats import tables
from formats.kinds import COUNT, FILLED, FLAG, LABEL, NAME, NUMBER, NUMBER_OR_NA, TEXT, WHOLE
from formats.published import check_members, write_scope
from formats.tables import read_published
from running import InputError


@pytest.fixture
def table(tmp_path):
    """Read a text as a table."""

    def read(text, kinds, **options):
        path = tmp_path / "table.csv"
        path.write_text(text)
        return read_published(path, kinds, **options)

    return read


@pytest.fixture
def one_line(table):
    def of(*arguments, **options):
        with pytest.raises(InputError) as caught:
            table(*arguments, **options)
        assert "\n" not in str(caught.value)
        assert "; " in str(caught.value)
        return str(caught.value).partition("table.csv: ")[2]

    return of


SPELLINGS = ["", "NA", "na", "N/A", "#N/A", "NaN", "nan", "None", "NULL", "<NA>", " NA "]
KINDS = {  # kind: texts and what they are; texts that are refused
    "text": (TEXT, {"nan": "nan", "": "", " a b ": "a b", "NA": "NA"}, []),
    "filled": (FILLED, {"nan": "nan", "NA": "NA"}, ["", " "]),
    "name": (NAME, {"x": "x", "Nan1": "Nan1"}, SPELLINGS),
    "label": (LABEL, {"x": "x"} | dict.fromkeys(SPELLINGS), []),
    "number": (NUMBER, {"1.5": 1.5, "-2e3": -2000, "7": 7}, [*SPELLINGS, "x", "inf", "1 5", "1_0"]),
    "number or none": (NUMBER_OR_NA, {"1.5": 1.5} | dict.fromkeys(SPELLINGS), ["x", "inf"]),
    "whole": (WHOLE, {"3": 3, "3.0": 3, "1e+05": 100_000}, [*SPELLINGS, "-1", "2.5", "1e300", "x"]),
    "count": (COUNT, {"3": 3, "0.5": 0.5, "1e2": 100}, [*SPELLINGS, "-1", "inf", "x"]),
    "flag": (FLAG, {"True": True, "FALSE": False, "true": True}, [*SPELLINGS, "1", "yes"]),
}
READ = [(kind, text, value) for kind, texts, _ in KINDS.values() for text, value in texts.items()]
REFUSED = [(kind, text) for kind, _, texts in KINDS.values() for text in texts]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_fields_of_a_kind_are_read(table, kind, text, value):
    found = table(f"key,field\na,{text}\n", {"key": NAME, "field": kind}).frame["field"]
    assert found[0] == value or (value is None and found.isna()[0])


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_other_fields_are_named_with_row_and_column(one_line, kind, text):
    right = {"True or False": "True"}.get(kind.words, "1")
    said = one_line(f"key,field\na,{right}\n\nb,{text}\n", {"key": NAME, "field": kind})
    assert said.startswith(f"row 4, column 'field': {text.strip()!r} is not {kind.words}; ")


def test_a_column_is_found_under_its_own_name_first(table):
    both = table("Barcodes,barcodes\na,b\n", {"barcodes": NAME})
    assert both.frame["barcodes"].tolist() == ["b"]
    assert both.others == ["Barcodes"]
    assert table("Barcodes,x\na,b\n", {"barcodes": NAME}).frame["barcodes"].tolist() == ["a"]
    assert table("cell;x\na;b\n", {"barcodes": NAME}, aliases={"barcodes": ["cell"]}).frame["barcodes"].tolist() == [
        "a"
    ]
    assert table("x\nr1,7\n", {"id": NAME, "x": WHOLE}, aliases={"id": [""]}).frame.to_dict("list") == {
        "id": ["r1"],
        "x": [7],
    }


def test_a_column_that_is_missing_or_there_twice_is_named_with_what_is_there(one_line):
    assert one_line("a,b\n1,2\n", {"c": NAME}).startswith("row 1: column 'c' is missing from the header ('a', 'b'); ")
    assert "column 'a' occurs twice in the header" in one_line("a,a\n1,2\n", {"a": NAME})
    assert "column 'a' occurs twice in the header" in one_line("A,aA,A\n1,2,3\n", {"a": NAME})


def test_delimiters_at_the_end_of_each_row_are_no_row_names(table):
    assert table("a,b\n1,2,\n3,4,\n", {"a": WHOLE, "b": WHOLE}).frame.to_numpy().tolist() == [[1, 2], [3, 4]]


def test_marks_in_a_table_with_tabs_are_part_of_the_text(table):
    assert table('a\tb\n5\' "end\t"x\n', {"a": TEXT, "b": TEXT}).frame.iloc[0].tolist() == ["5' \"end", '"x']


def test_a_row_of_many_fields_and_a_long_one_are_read(table):
    wide = ",".join(f"c{i}" for i in range(3000))
    assert table(f"{wide}\n{wide}\n", {"c2999": TEXT}).frame["c2999"].tolist() == ["c2999"]
    assert len(table(f"a,b\n1,{'x' * 3_000_000}\n", {"b": TEXT}).frame["b"][0]) == 3_000_000


def test_a_table_that_would_fill_the_memory_is_refused(one_line, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST", 1000)
    assert "goes on for more than 1,000 bytes" in one_line("a,b\n" + 500 * "1,2\n", {"a": WHOLE})


@pytest.mark.parametrize(
    ("published", "level", "words"),
    [
        (None, logging.INFO, "2 rows x 2 columns"),
        ({"shape": (2, 2)}, logging.INFO, "2 rows x 2 columns, as published"),
        ({"shape": (2, 2), "verified": True}, logging.INFO, "as published"),
        ({"shape": (30_000, 2)}, logging.WARNING, "2 rows x 2 columns, a part of the published file's 30,000 x 2"),
        ({"shape": (2, 5)}, logging.WARNING, "a part of the published file's 2 x 5"),
    ],
)
def test_the_log_says_whether_a_table_has_the_published_shape(table, caplog, published, level, words):
    caplog.set_level(logging.INFO)
    assert table(",a,b\nr1,1,2\nr2,3,4\n", {"a": WHOLE}, published=published).shape == (2, 2)  # row names do not count
    assert [record.levelno for record in caplog.records if words in record.getMessage()] == [level]


@pytest.mark.parametrize("published", [{"shape": (1, 2)}, {"shape": (2, 1)}, {"shape": (3, 2), "verified": True}])
def test_more_than_is_published_or_other_than_is_verified_is_refused(one_line, published):
    rows, columns = published["shape"]
    said = one_line("a,b\n1,2\n3,4\n", {"a": WHOLE}, published=published)
    assert said.startswith(f"holds 2 rows x 2 columns, where its publisher's has {rows} x {columns}; ")


@pytest.mark.parametrize(
    ("published", "scope"),
    [
        ({"shape": (2, 2)}, ["complete"]),
        ({"verified": True}, ["complete"]),
        ({"shape": (2, 5)}, ["subset"]),
        ({"shape": (2, 2), "stand_in": True}, ["stand-in"]),
        ({}, ["unknown"]),
        (None, []),
    ],
)
def test_what_was_read_is_written_for_the_ledger(table, tmp_path, monkeypatch, published, scope):
    monkeypatch.setattr("formats.published._found", [])
    table("a,b\n1,2\n3,4\n", {"a": WHOLE}, published=published if published is None else published | {"file": "d/f"})
    write_scope(tmp_path / "scope.tsv")
    found = pd.read_csv(tmp_path / "scope.tsv", sep="\t")
    assert found["scope"].tolist() == scope
    assert found["file"].tolist() == ["d/f"] * len(scope)


MEMBERS = {"members": {name: {"sha256": name[0] * 3} for name in ("matrix", "genes", "cells")}}
SAME = {"matrix": "mmm", "genes": "ggg", "cells": "ccc"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ([], "cells, genes, matrix as published (sha256)"),
        (["matrix", "cells"], "not the published file but other data, by the sha256 of cells, matrix"),
        (["matrix", "genes", "cells"], "not the published file but other data"),
    ],
)
def test_the_published_members_and_other_data_are_told_apart(caplog, changed, words):
    caplog.set_level(logging.INFO)
    check_members("a.tar", SAME | dict.fromkeys(changed, "0" * 64), MEMBERS, "matrix")
    assert words in caplog.text


@pytest.mark.parametrize("changed", [["matrix"], ["genes"], ["cells"], ["genes", "cells"]])
def test_a_member_that_was_changed_is_refused(changed):
    with pytest.raises(InputError, match=f"a.tar: {', '.join(sorted(changed))} was changed: .*; get the archive again"):
        check_members("a.tar", SAME | dict.fromkeys(changed, "0" * 64), MEMBERS, "matrix")


def test_data_of_which_nothing_is_published_are_not_compared():
    check_members("a.tar", SAME, None, "matrix")
    check_members("a.tar", {}, {"members": {"counts": {"sha256": None, "shape": [3, 4]}}}, "matrix")
