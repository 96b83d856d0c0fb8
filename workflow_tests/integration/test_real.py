"""The published files, from bytes to ledger. Skipped, with the reason, where they are not at hand.

What each part finds in them: test_real_<part>.py.
"""

import pandas as pd
import pytest
from conftest import REPOSITORY

from evaluation.golden import collect, moved_in

pytestmark = pytest.mark.real


def test_golden_ledger(real_run):
    different = moved_in(REPOSITORY / "workflow_tests" / "golden" / "real", collect(real_run))
    assert different.empty, "\n" + different.to_string() + "\nif this is meant: make golden-real MIRROR=folder"


def test_the_reference_ledger_in_the_repository_is_of_this_code(real_run):
    shown = pd.read_csv(REPOSITORY / "results" / "reference" / "real" / "claims.tsv", sep="\t", keep_default_na=False)
    ours = pd.read_csv(real_run / "claims.tsv", sep="\t", keep_default_na=False)
    keys = ["id", "variant", "verdict"]
    steady = ~ours["variant"].str.contains("schema_learn")  # sampled pairs
    pd.testing.assert_frame_equal(
        shown.loc[~shown["variant"].str.contains("schema_learn"), keys].reset_index(drop=True),
        ours.loc[steady, keys].reset_index(drop=True),
    )


def test_receipts_name_licence_and_hash(real_run):
    text = next((real_run / "sources" / "vdjdb").glob("*2020-05-20.zip.receipt.yaml")).read_text()
    assert "CC BY-ND" in text
    assert "sha256:" in text
