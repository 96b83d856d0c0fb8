"""The real mouse kidney cells (4,753 of 11,296): what of the paper's Figure 2 shows in them."""

import pandas as pd
import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def ledger(real_run):
    return pd.read_csv(real_run / "claims.tsv", sep="\t", keep_default_na=False).query("part == 'sci_car'")


def ours(ledger, claim):
    return float(ledger.query("id == @claim")["ours"].item())


def test_the_cells_at_hand(ledger, real_run):
    assert ours(ledger, "cells.joint") == 4753
    summary = pd.read_csv(real_run / "sci_car" / "summary.tsv", sep="\t", index_col="quantity")["value"]
    assert summary["peaks_artefacts"] == 2
    assert summary["atac_count_share_of_artefacts"] > 0.9


def test_the_papers_directions_that_hold(ledger):
    """RNA tells types apart, ATAC alone does not, CCA and pseudocells fall behind RNA alone."""
    rna = ours(ledger, "ari.rna")
    assert 0.45 < rna < 0.65
    assert ours(ledger, "ari.atac") < 0.05
    assert ours(ledger, "ari.cca") < rna - 0.2
    assert ours(ledger, "ari.pseudocell") < rna - 0.2


def test_schema_stays_near_rna_and_so_does_the_control(real_run):
    scores = pd.read_csv(real_run / "sci_car" / "scores.tsv", sep="\t").query("group == 'all' and metric == 'ari'")
    of = scores.groupby("method")["value"].median()
    for method in ("schema", "schema_grid", "schema_learn", "schema_shuffled"):
        assert abs(of[method] - of["rna"]) < 0.12
    for method in ("schema_nmf", "schema_nmf_grid", "schema_nmf_learn"):
        assert abs(of[method] - of["rna_nmf"]) < 0.12
    assert abs(of["random"]) < 0.02


def test_every_setting_of_the_sensitivity_is_there(real_run):
    gains = pd.read_csv(real_run / "sci_car" / "sensitivity.tsv", sep="\t")
    assert len(gains) == 2 * 2 * 2 * 2 * 3 * (4 + 1) * 2  # one choice of cells, since all have labels
    assert gains["gain"].notna().all()


def test_a_subset_of_the_papers_cells_decides_nothing(ledger):
    judged = ledger[ledger["verdict"] != "not run"]
    assert len(judged) > 10
    assert set(judged["verdict"]) == {"undecided"}
    assert judged["reason"].str.startswith(("on a subset: ", "on a stand-in: ")).all()
