"""What the sci-CAR part hands to the ledger: values with ranges and controls, on small tables by hand."""

import numpy as np
import pandas as pd
import pytest

from evaluation.ledger import read_claims
from schema_core import Modality, Moments
from sci_car.agreement import AGREEMENT, Agreement
from sci_car.claims import genes, of_pairs, proximal_gain, settings
from sci_car.values import fixed, ranged
from sci_car.weights import ALL_CELLS, by_resample, kept, resampled

ARI = {"rna": 0.40, "cca": 0.30, "schema": 0.46, "schema_shuffled": 0.44, "pseudocell_300": 0.2, "pseudocell_100": 0.1}


def scores_of(values):
    """Three seeds of Leiden around each value; the proximal tubule gains twice as much as all cells."""
    rows = []
    for method, value in values.items():
        for seed, off in enumerate((-0.01, 0.0, 0.01)):
            run = {"method": method, "seed": 0, "leiden_seed": seed}
            rows.append(run | {"group": "all", "metric": "ari", "value": value + off})
            rows.append(run | {"group": "proximal tubule", "metric": "ari", "value": 2 * value + off})
            rows.append(run | {"group": "all", "metric": "ari of igraph", "value": value + off + 0.02})
            rows.append(run | {"group": "all", "metric": "ari of both", "value": 0.9})
    return pd.DataFrame(rows)


def statuses(**states):
    return pd.DataFrame([{"method": name, "seed": 0, "state": s, "reason": r} for name, (s, r) in states.items()])


@pytest.fixture
def agreement():
    return Agreement(scores_of(ARI), statuses(totalvi=("failed", "ValueError: NaN")), 30)


def by_id(rows, *factors):
    table = pd.DataFrame(rows).reindex(columns=["id", "ours", "low", "high", "n", "over", "reason", *factors])
    return table.fillna("").set_index(["id", *factors])


def test_a_value_has_its_range_and_what_it_is_over(agreement):
    rows = by_id(agreement.rows(), "basis", "solver", "k")
    schema = rows.loc[("ari.schema", "SVD", "exact", "")]
    assert [schema["ours"], schema["low"], schema["high"], schema["n"]] == pytest.approx([0.46, 0.45, 0.47, 3])
    assert schema["over"] == "3 seeds of Leiden"
    control = rows.loc[("control.shuffled", "SVD", "", "")]
    assert control["ours"] == pytest.approx(0.44)
    assert control["over"] == "1 ways to deal the ATAC × 3 seeds of Leiden"
    k = rows.loc[("ari.pseudocell_k", "SVD", "", "")]
    assert [k["ours"], k["low"], k["high"], k["n"]] == pytest.approx([0.2, 0.1, 0.2, 2])


def test_a_method_that_failed_or_was_not_run_has_its_reason(agreement):
    rows = by_id(agreement.rows())
    assert rows.loc["ari.totalvi", ["ours", "reason"]].tolist() == ["", "failed: ValueError: NaN"]
    assert "not among the methods" in rows.loc["ari.scvi_rna", "reason"]
    nmf = [row for row in agreement.gains() if row.get("basis") == "NMF"]
    assert {row["ours"] for row in nmf} == {""}
    assert {row["id"] for row in nmf} >= {"ari.gain", "control.shuffled_gain"}  # a caption can ask for each


def test_the_difference_between_both_implementations_of_leiden_is_a_row(agreement):
    row = by_id(agreement.rows()).loc["control.igraph"]
    assert [row["ours"], row["low"], row["high"], row["n"]] == pytest.approx([0.02, 0.02, 0.02, len(ARI)])
    assert "0.90" in row["reason"]


def test_gains_are_by_seed_and_stand_beside_those_of_the_control(agreement):
    rows = by_id(agreement.gains(), "basis", "solver")
    gain = rows.loc[("ari.gain", "SVD", "exact")]
    assert gain["ours"] == pytest.approx(15)
    assert [gain["low"], gain["high"]] == pytest.approx([100 * (0.47 / 0.41 - 1), 100 * (0.45 / 0.39 - 1)])
    assert "RNA alone" in gain["reason"]
    assert rows.loc[("control.shuffled_gain", "SVD", ""), "ours"] == pytest.approx(10)
    assert rows.loc[("ari.schema_proximal", "SVD", "exact"), "ours"] == pytest.approx(0.06)


def test_atac_falls_behind_rna_least_for_the_proximal_tubule():
    pairs = [("a", "p", 1, 0.5, 0.4), ("b", "p", 1, 0.7, 0.4), ("a", "b", 0, 0.9, 0.2), ("p", "p2", 2, 0.1, 0.9)]
    rows = [
        {"method": method, "leiden_seed": seed, "one": one, "other": other, "proximal": number, "ari": ari + seed / 10}
        for one, other, number, *both in pairs
        for method, ari in zip(("rna", "atac"), both, strict=True)
        for seed in (0, 1)
    ]
    found = of_pairs(pd.DataFrame(rows))
    assert [found["ours"], found["low"], found["high"]] == pytest.approx([-0.2 + 0.7] * 3)
    assert of_pairs(pd.DataFrame([row for row in rows if row["proximal"]]))["ours"] == ""


def test_both_tests_of_the_gain_have_rows_and_a_control():
    run = {"seed": 0, "n": 9, "right": 5, "right_rna": 4, "only": 2, "only_rna": 1}
    rows = [
        run | {"method": name, "leiden_seed": seed, "binomial": p / 10**seed, "mcnemar": p}
        for name, p in (("schema", 0.01), ("schema_shuffled", 0.5))
        for seed in range(3)
    ]
    found = by_id(proximal_gain(pd.DataFrame(rows), statuses(rna=("done", ""))), "basis", "solver", "test")
    binomial = found.loc[("ari.pt_gain", "SVD", "exact", "binomial")]
    assert [binomial["ours"], binomial["low"], binomial["high"]] == pytest.approx([1e-3, 1e-4, 1e-2])
    assert found.loc[("ari.pt_gain", "SVD", "exact", "mcnemar"), "ours"] == 0.01
    assert found.loc[("control.shuffled_pt_gain", "SVD", "", "mcnemar"), "ours"] == 0.5
    assert found.loc[("ari.pt_gain", "SVD", "grid", "binomial"), "ours"] == ""


def test_genes_and_terms_have_bootstraps_controls_and_a_value_where_nothing_is_enriched():
    scored = pd.DataFrame(
        {"gene": ["Pnisr", "B", "C", "D"], "softmax": [1.0, 4, 3, 2], "equal weights": [4.0, 3, 2, 1]}
    )
    runs = [(given, resample) for given in ("ATAC", "ATAC of other cells") for resample in range(5)]
    sets = pd.DataFrame(
        [
            {"way": way, "cell_type": "x", "q": 0.03 if way == "equal weights" else (resample + 1) / 1e3, "share": 1.0,
             "given": given, "resample": resample}
            for given, resample in runs for way in ("softmax", "equal weights")
        ]
    )  # fmt: skip
    firsts = pd.DataFrame(
        [
            {"given": "ATAC", "resample": r, "way": "softmax", "gene": g}
            for r in range(5)
            for g in ("BCD", "BCE")[r == 2]
        ]
    )
    term = {"term": "GO:0060255", "name": "macro", "overlap": 0, "size": 3, "q": 1.0}
    terms = pd.DataFrame([term | {"way": "softmax"}, term | {"way": "equal weights", "q": 0.2}])
    rows = by_id(genes(scored, sets, firsts, terms, 3))
    assert rows.loc["genes.top", "ours"] == "B, C, D"
    assert "Pnisr 4" in rows.loc["genes.top", "reason"]
    assert "3 of 4 bootstraps" in rows.loc["genes.top", "reason"]
    assert rows.loc["genes.pt_de", "ours"] == 0.001
    assert 0.001 <= rows.loc["genes.pt_de", "low"] < rows.loc["genes.pt_de", "high"] <= 0.005
    assert rows.loc["control.equal_weights", "ours"] == 0.03
    assert rows.loc["control.shuffled_pt_de", "ours"] == 0.003
    assert rows.loc["go.macromolecule", "ours"] == 1
    assert rows.loc["control.equal_weights_macromolecule", "ours"] == 0.2
    assert rows.loc["go.nitrogen", "ours"] == ""
    assert "do not hold GO:0051171" in rows.loc["go.nitrogen", "reason"]


def test_settings_are_summed_up_by_data_set():
    base = {
        "cells": "all",
        "rna": "log",
        "components": 5,
        "scaling": "none",
        "resolution": 1.0,
        "s": 0.9,
        "ari_rna": 0.4,
    }
    rows = [
        base | {"data": data, "neighbours": i, "atac": "counts", "gain": gain, "over_control": -gain}
        for data, gains in (("kidney", (-0.1, -0.1, 0.1)), ("cortex", (0.2, 0.2, 0.2)))
        for i, gain in enumerate(gains)
    ]
    found = by_id(settings(pd.DataFrame(rows)), "data")
    assert found.loc[("control.settings_gain", "kidney"), "ours"] == -0.1
    assert "33%" in found.loc[("control.settings_gain", "kidney"), "reason"]
    assert found.loc[("control.settings_over_shuffled", "cortex"), "ours"] == -0.2
    assert found.loc[("control.settings_rna", "kidney"), "n"] == 3


def test_every_claim_of_agreement_is_known():
    claims = {claim for claim, _ in AGREEMENT.values() if not claim.startswith("control.")}
    assert claims <= set(read_claims()["sci_car"])


def test_ranges():
    assert fixed(3)["low"] == fixed(3)["high"] == 3
    values = pd.Series(np.arange(101.0))
    assert ranged(values, "x", middle=0.9) == {"ours": 50, "low": pytest.approx(5), "high": pytest.approx(95), "n": 101,
                                               "over": "x"}  # fmt: skip


def test_bootstraps_of_blocks_are_fits_of_the_cells_that_were_drawn():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(240, 6)) * [3, 2.5, 2, 1.5, 1.2, 1]
    atac = points[:, 3:4] * 3 + rng.normal(size=(240, 2))
    limits = {"min_correlation": 0.95, "max_weight_ratio": 1000.0}
    table = resampled(points, atac, limits, bootstraps=6, seed=0).assign(given="ATAC", solver="exact")
    whole = Moments.from_arrays(points, Modality(atac, "vector")).covariances()
    runs = list(by_resample(table))
    assert runs[0][0] == ALL_CELLS
    for (_, weights), row in zip(runs, table.itertuples(), strict=True):
        reference, (modality,) = whole.correlations(weights)
        assert [row.reference, row.modality] == pytest.approx([reference, modality], abs=1e-9)
        assert weights.argmax() == 3  # what ATAC follows
    assert table["reference"][0] == pytest.approx(0.95, abs=1e-6)
    assert table["w3"].nunique() == 7
    again = kept(points, atac, points * np.sqrt(runs[0][1]) * 7)
    assert again == pytest.approx(table.loc[0, ["reference", "modality"]].to_dict(), abs=1e-9)
