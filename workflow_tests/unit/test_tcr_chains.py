"""Splitting the CDR3 field."""

import pandas as pd
import pytest

from running import InputError
from tcr.chains import parse_chains


def test_one_row_per_chain_in_the_order_of_the_field():
    chains = parse_chains(pd.Series(["TRA:CAVF;TRA:CAAW;TRB:CASSF", "", "TRB:CASF"], index=[7, 7, 9]), "file")
    assert chains.to_dict("list") == {
        "row": [0, 0, 0, 2],
        "chain": ["TRA", "TRA", "TRB", "TRB"],
        "cdr3": ["CAVF", "CAAW", "CASSF", "CASF"],
    }


def test_no_chain_at_all_is_an_empty_table():
    chains = parse_chains(pd.Series(["", ""]), "file")
    assert chains.empty
    assert list(chains) == ["row", "chain", "cdr3"]


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("TRG:CAVF", "'TRG' is not one of the chains TRA and TRB"),
        ("CAVF", "'CAVF' is not one of the chains"),
        ("TRA:CAVF;", "'' is not one of the chains"),
        ("TRA:CAVF;TRB:", "the sequence of a TRB chain is empty"),
        ("TRA:CaVF", "'a' in 'TRA:CaVF' is not one of the 20 amino acids"),
        ("TRB:CA*F", r"'\*' in"),
        ("TRB:CA_F", "'_' in"),
        ("TRB:CAXF", "'X' in"),
        ("TRB:CAF\n", r"'\\n' in"),
    ],
)
def test_bad_fields_name_their_row(field, problem):
    with pytest.raises(InputError, match=f"^some.csv: row 3, column 'cell_clono_cdr3_aa': {problem}.*; write it"):
        parse_chains(pd.Series(["TRA:CAVF", field, "TRZ:A"], index=[2, 3, 5]), "some.csv")
