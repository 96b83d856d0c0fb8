"""The published files, from bytes to ledger. Skipped, with the reason, where they are not at hand.

What each part finds in them: test_real_<part>.py.
"""

import pandas as pd
import pytest
from conftest import REPOSITORY

from maintenance.golden import collect, moved_in
from sci_car.methods.table import METHODS

pytestmark = pytest.mark.real


GOLDEN = REPOSITORY / "workflow_tests" / "golden" / "real"
HOW = "\nif this is meant: make golden-real MIRROR=folder"


def test_golden_ledger(real_run):
    different = moved_in(GOLDEN, collect(real_run))
    deep = {f"ari.{name}" for name, method in METHODS.items() if method.group == "deep"}
    not_in_quick = different["id"].isin(deep) | (different["data"] == "mouse cortex")
    not_in_quick |= different["pucks"].isin(["sure_types", "dealt"]) | (different["dataset"] == "other pucks")
    left_out = not_in_quick & (different["is"] == "")
    # over the best of the other methods, which is a deep one where RNA is reduced by NMF
    left_out |= different["id"].isin(["ari.gain", "control.shuffled_gain"]) & (different["basis"] == "NMF")
    assert different[~left_out].empty, "\n" + different[~left_out].to_string() + HOW


@pytest.mark.slow
def test_golden_ledger_with_the_deep_models(whole_real_run):
    different = moved_in(GOLDEN, collect(whole_real_run))
    assert different.empty, "\n" + different.to_string() + HOW


def test_the_reference_ledger_in_the_repository_is_of_this_code(real_run):
    """Verdicts of everything that does not hang on sampling; claims of everything."""
    shown, ours = (
        pd.read_csv(path / "claims.tsv", sep="\t", keep_default_na=False)
        for path in (REPOSITORY / "results" / "reference" / "real", real_run)
    )
    pd.testing.assert_frame_equal(shown[["id", "variant"]], ours[["id", "variant"]])
    values = pd.concat(collect(real_run).values())
    steady = ~ours["id"].isin(values.loc[values["class"] == "statistical", "id"])
    left_out = {f"ari.{name}" for name, method in METHODS.items() if method.group == "deep"} | {"robust.other_pucks"}
    few_bootstraps = {"tcr.aa", "tcr.aa_p"}  # too narrow a range of the grid's: a quick run has two for the whole's 20
    steady &= ~ours["id"].isin(left_out | few_bootstraps)
    pd.testing.assert_series_equal(shown.loc[steady, "verdict"], ours.loc[steady, "verdict"])


def test_every_difference_has_its_reason(real_run):
    ledger = pd.read_csv(real_run / "claims.tsv", sep="\t", keep_default_na=False)
    assert (ledger.loc[ledger["verdict"] != "reproduced", "reason"] != "").all()


def test_receipts_name_licence_and_hash(real_run):
    text = next((real_run.parent / "sources" / "vdjdb").glob("*2020-05-18.txt.receipt.yaml")).read_text()
    assert "CC BY-ND" in text
    assert "verified: sha256 of the registry" in text
