"""The real mouse kidney cells (4,753 of 11,296): what of the paper's Figure 2 shows in them."""

import pandas as pd
import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def ledger(real_run):
    table = pd.read_csv(real_run / "claims.tsv", sep="\t", keep_default_na=False)
    return table[table["id"].str.match("cells|ari|genes|go.macromolecule|go.nitrogen")]


def ours(ledger, claim, variant):
    return float(ledger.query("id == @claim and variant == @variant")["ours"].item())


def test_the_cells_at_hand(ledger, real_run):
    assert ours(ledger, "cells.joint", "in both tables") == 4753
    summary = pd.read_csv(real_run / "sci_car" / "summary.tsv", sep="\t", index_col="quantity")["value"]
    assert summary["peaks_artefacts"] == 2
    assert summary["atac_count_share_of_artefacts"] > 0.9


def test_the_papers_directions_that_hold(ledger):
    """RNA tells types apart, ATAC alone does not, CCA and pseudocells fall behind RNA alone."""
    rna = ours(ledger, "ari.rna", "SVD")
    assert 0.45 < rna < 0.65
    assert ours(ledger, "ari.atac", "SVD") < 0.05
    assert ours(ledger, "ari.cca", "SVD") < rna - 0.2
    assert ours(ledger, "ari.pseudocell", "SVD; k = 300") < rna - 0.2


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


def test_every_claim_of_the_part_has_a_verdict_or_a_reason(ledger):
    assert ledger["id"].nunique() == 17
    not_run = ledger[ledger["verdict"] == "not run"]
    assert (not_run["reason"] != "").all()
    assert set(not_run["id"]) <= {
        "ari.scvi_rna", "ari.scvi_atac", "ari.totalvi", "ari.totalvi_synthetic", "go.macromolecule", "go.nitrogen"
    }  # fmt: skip
