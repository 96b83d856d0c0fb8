"""What the sci-CAR part finds in the demo: types by RNA, the proximal tubule by ATAC, and what ATAC adds in Schema."""

import json

import numpy as np
import pandas as pd
import pytest

from sci_car.methods.table import METHODS


@pytest.fixture(scope="module")
def ari(demo_run):
    """Median ARI by method and group of cells."""
    scores = pd.read_csv(demo_run / "sci_car" / "scores.tsv", sep="\t").query("metric == 'ari'")
    return scores.groupby(["method", "group"])["value"].median()


def test_every_method_is_done_and_scored(demo_run, ari):
    ended = pd.read_csv(demo_run / "sci_car" / "methods.tsv", sep="\t")
    assert set(ended["method"]) == set(METHODS)
    assert set(ended["state"]) == {"done"}, ended[["method", "reason"]]
    assert set(ari.index.get_level_values("method")) == {*METHODS, "random"}
    costs = pd.read_csv(demo_run / "sci_car" / "costs.tsv", sep="\t")
    assert set(costs["method"]) == set(METHODS)
    assert (costs[["seconds", "peak_mb"]] > 0).all(axis=None)


def test_rna_tells_types_apart_and_atac_the_proximal_tubule(ari):
    assert ari["rna", "all"] > 0.4 > ari["atac", "all"] + 0.1
    assert ari["atac", "proximal tubule"] > ari["rna", "proximal tubule"] + 0.2
    assert abs(ari["random", "all"]) < 0.05


@pytest.mark.parametrize("method", ["schema", "schema_learn", "schema_nmf"])
def test_schema_is_above_rna_alone(ari, method):
    """As the paper has it; how much of that is ATAC's is asked below."""
    alone = "rna_nmf" if "nmf" in method else "rna"
    assert ari[method, "proximal tubule"] > ari[alone, "proximal tubule"] + 0.05
    assert ari[method, "all"] > ari[alone, "all"]


@pytest.fixture(scope="module")
def claims(demo_run):
    """Our values, first of an id."""
    table = pd.read_csv(demo_run / "claims" / "sci_car.tsv", sep="\t", dtype={"ours": str}, keep_default_na=False)
    return table.drop_duplicates("id").set_index("id")


def test_distances_keep_to_rna_and_draw_nearer_to_the_atac_of_the_same_cells(claims):
    assert float(claims.loc["schema.correlation", "ours"]) >= 0.99 - 1e-6
    own, others = (
        float(claims.loc[f"control.atac_gain{of}", end]) for of, end in (("", "ours"), ("_shuffled", "high"))
    )
    assert own > others > 0  # any reweighting towards something gains, most towards the ATAC of the same cells


def test_what_is_random_has_a_range(claims):
    ends = claims[["low", "high"]].apply(pd.to_numeric, errors="coerce").dropna()
    assert (ends["low"] <= ends["high"]).all()
    assert {"ari.rna", "ari.schema", "ari.gain", "ari.pt_gain", "genes.pt_de", "control.shuffled"} <= set(ends.index)
    assert claims.loc["control.shuffled", "over"].startswith("2 ways to deal the ATAC")


def test_where_components_are_scaled_atac_adds_to_what_any_reweighting_does(demo_run):
    gains = pd.read_csv(demo_run / "sci_car" / "sensitivity.tsv", sep="\t", keep_default_na=False)
    scaled = gains.query("scaling == 'unit' and atac != 'shuffled' and rna == 'log'")
    over = pd.to_numeric(scaled["over_control"])
    assert over.median() > 0.03
    assert (over > 0).mean() > 0.6


def test_the_planted_genes_of_the_proximal_tubule_are_weighted_up_most(demo_run):
    """Blocks of 25 genes: that of the proximal tubule, whose cells differ most in ATAC, gains most, programmes less."""
    truth = json.loads((demo_run / "sources" / "sci_car" / "truth.json").read_text())
    block_of = {name: int(term.removeprefix("GO:9000")) for name, term in truth["marker_terms"].items()}
    genes = pd.read_csv(demo_run / "sci_car" / "genes.tsv", sep="\t")
    block = (genes["gene"].str.removeprefix("Gene").astype(int) - 1) // 25 + 1
    gain = genes.groupby(block)["gain"].mean()
    assert gain.idxmax() == block_of["Proximal tubule S1/S2 cells"]
    programmes = [int(term.removeprefix("GO:9000")) for term in truth["programme_terms"]]
    assert gain[gain.idxmax()] > gain[programmes].max()


def test_cells_without_a_label_are_clustered_and_not_scored(demo_run):
    summary = pd.read_csv(demo_run / "sci_car" / "summary.tsv", sep="\t", index_col="quantity")["value"]
    clusters = pd.read_parquet(demo_run / "sci_car" / "clusters.parquet")
    assert (clusters.groupby(["method", "seed", "leiden_seed"], observed=True).size() == summary["cells_joint"]).all()
    maps = pd.read_csv(demo_run / "sci_car" / "maps.tsv", sep="\t")
    assert len(maps) == summary["cells_labelled"] < summary["cells_joint"]
    assert np.isfinite(maps["rna:accuracy"]).all()
