"""What the fly brain part finds in the demo: the planted programs of age, and controls that find none."""

import json

import numpy as np
import pandas as pd
import pytest

CASES = ("text", "released")


def read(demo_run, case, name):
    path = demo_run / "fly_brain" / case / name
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, sep="\t", keep_default_na=True)


def median_rho(demo_run, case):
    table = read(demo_run, case, "pseudotime.tsv")
    return table.groupby(["method", "ages", "target", "min_correlation"], dropna=False)["rho"].median()


@pytest.fixture(scope="module")
def truth(demo_run):
    return json.loads((demo_run / "sources" / "fly_brain" / "truth.json").read_text())


@pytest.mark.parametrize("case", CASES)
def test_weights_are_certified_and_keep_what_was_asked(demo_run, case):
    weights = read(demo_run, case, "weights.tsv")
    true = weights[weights["ages"] == "age"]
    # the optimum is certified unless no weights agree with age: distances of plain counts run against it
    agrees = true["age_correlation_after"] > 0
    assert set(true["certificate"][agrees]) == {"global"}
    assert (true["gap"][agrees] < 1e-6).all()
    assert agrees.all() or (case == "released" and set(true["certificate"][~agrees]) == {"local"})
    assert (weights["reference_correlation"] >= weights["min_correlation"] - 1e-6).all()
    agreement = true.groupby("min_correlation")["age_correlation_after"].first()
    assert agreement.is_monotonic_decreasing  # the more may be distorted, the more of age comes in
    assert agreement.max() > true["age_correlation_before"].iloc[0]


def test_pseudotime_follows_age_more_with_schema(demo_run):
    rho = median_rho(demo_run, "text")
    alone = rho["rna", "age", "age"].item()
    ladder = rho["schema", "age", "age"]
    assert ladder[0.99] > alone + 0.1
    assert ladder[0.9] > alone + 0.3
    assert ladder[0.9] > rho["cca", "age", "age"].item() + 0.3


def test_the_low_pseudotime_of_cca_is_scanpys_rule_and_not_ccas(demo_run):
    """The score of CCA follows age; with every component of the diffusion map scaled so does its pseudotime."""
    table = read(demo_run, "text", "pseudotime.tsv").query("ages == 'age' and target == 'age'")
    of = table.groupby("method")[["rho", "scaled_rho", "unscaled"]].median()
    assert of.loc["cca", "rho"] < 0.3
    assert of.loc["cca", "scaled_rho"] > 0.6
    assert of.loc["cca", "unscaled"] >= 3
    assert of.loc["rna", "unscaled"] == 0
    assert of.loc["rna", "scaled_rho"] == pytest.approx(of.loc["rna", "rho"], abs=0.01)


def test_shuffled_ages_gain_nothing(demo_run):
    table = read(demo_run, "text", "pseudotime.tsv")
    controls = table[table["target"] != "age"]
    start = controls[controls["method"] == "rna"].groupby("target")["rho"].median()
    after = controls[controls["method"] == "schema"].groupby(["target", "min_correlation"])["rho"].median()
    gain = after.unstack().sub(start, axis=0)
    assert gain.shape == (3, 4)
    assert gain.abs().max().max() < 0.15
    true = median_rho(demo_run, "text")
    assert gain[0.99].max() < 0.5 * (true["schema", "age", "age"][0.99] - true["rna", "age", "age"].item())


def test_baselines_are_there(demo_run):
    """Old cells hold fewer molecules, in the published metadata as in the simulation made after it."""
    for case in CASES:
        rho = median_rho(demo_run, case)
        assert 0.4 < rho["depth", "age", "age"].item() < 0.65
        assert rho["linear fit", "age", "age"].item() > 0.6


def test_the_price_of_age(demo_run):
    costs = read(demo_run, "text", "costs.tsv")
    value = costs.groupby(["metric", "method", "min_correlation"], dropna=False)["value"].median()
    kept = value["neighbours kept", "schema"]
    assert kept.is_monotonic_increasing  # with s
    assert kept[0.999] > 0.85
    assert value["ARI", "rna"].item() > value["ARI", "schema"][0.5] + 0.1
    assert value["silhouette", "schema"][0.9] < value["silhouette", "rna"].item()


def test_planted_genes_are_weighted_up(demo_run, truth):
    ranking = read(demo_run, "text", "gene_ranking.tsv")
    planted = set(truth["early"] + truth["late"])
    share = ranking[ranking["rank"] <= 30].groupby("ages")["symbol"].agg(lambda names: len(planted & set(names)) / 30)
    assert share["age"] > 0.4
    assert share["equal weights"] < 0.1
    assert share[share.index.str.startswith("shuffle_")].mean() < 0.2


def test_the_heat_map_runs_from_genes_of_the_young_to_genes_of_the_old(demo_run, truth):
    profile = read(demo_run, "text", "gene_profile.tsv")
    assert len(profile) == 15
    assert profile["late_minus_early"].is_monotonic_increasing
    early = profile[profile["symbol"].isin(truth["early"])]
    assert len(early) >= 5
    assert (early["late_minus_early"] < 0).all()


def test_overlap_with_differential_genes_needs_schema(demo_run):
    q = read(demo_run, "text", "gene_overlap.tsv").query("age in [1, 30, 50]").groupby("ages")["q"].max()
    assert q["age"] < 1e-6
    assert q["equal weights"] > 0.05


def test_embeddings_have_one_orientation_and_every_cell(demo_run):
    cells = None
    for name in ("umap", "tsne"):
        table = read(demo_run, "text", f"{name}.parquet")
        groups = table.groupby(["method", "min_correlation"], dropna=False)
        assert len(groups) == 6
        assert len(set(groups.size())) == 1
        assert np.isfinite(table[["x", "y"]].to_numpy()).all()
        panels = {key: rows.set_index("cell")[["x", "y"]] for key, rows in groups}
        rna = next(rows for (method, _), rows in panels.items() if method == "rna")
        near = panels["schema", 0.999].loc[rna.index]
        # what is nearly the same looks nearly the same: the correlation of both coordinates is positive
        assert min(np.corrcoef(rna[axis], near[axis])[0, 1] for axis in "xy") > 0.2
        cells = rna.index if cells is None else cells
        assert set(rna.index) == set(cells)


def test_neurons_and_all_cells_differ_by_the_share_of_other_cells(demo_run, truth):
    text, released = (len(read(demo_run, case, "ages.parquet")) for case in CASES)
    assert 0.75 < text / released < 0.9
    assert "Astrocyte-like" not in truth["neurons"]
