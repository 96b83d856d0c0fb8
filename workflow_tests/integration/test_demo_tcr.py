"""What the T cell part finds in the demo: the planted locations and amino acids."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr


def truth_of(demo_run):
    return json.loads((demo_run / "sources" / "tcr_10x" / "truth.json").read_text())


@pytest.mark.parametrize("chain", ["TRA", "TRB"])
@pytest.mark.parametrize("method", ["grid", "exact"])
@pytest.mark.parametrize(("orientation", "least"), [("hamming", 0.8), ("agreement", 0.5)])
def test_planted_locations_are_found(demo_run, chain, method, orientation, least):
    """With Hamming distances the weight follows the planted specificity; with agreement 1 - weight, up to ties at 1."""
    planted = np.array(truth_of(demo_run)["specificity"][chain][1:10])
    profiles = pd.read_csv(demo_run / "tcr" / "location_profiles.tsv", sep="\t")
    run = profiles.query(
        "chain == @chain and method == @method and orientation == @orientation "
        "and subset == 'all' and modalities == 'binding' and first_location"
    )
    weight = run.set_index("location")["weight"].loc[2:10].to_numpy()
    found = weight if orientation == "hamming" else 1 - weight
    assert spearmanr(found, planted).statistic >= least
    assert found[planted >= 0.2].mean() > found[planted < 0.2].mean() + 0.2


@pytest.mark.parametrize("method", ["grid", "exact"])
def test_planted_amino_acids_are_found(demo_run, method):
    planted = pd.Series(truth_of(demo_run)["residue_preference"])
    profiles = pd.read_csv(demo_run / "tcr" / "residue_profiles.tsv", sep="\t")
    weights = profiles.query("method == @method and encoding == 'boolean' and subset == 'all'")
    weights = weights.set_index("residue")["weight"]
    assert spearmanr(weights, planted.reindex(weights.index)).statistic >= 0.7


def test_exact_is_never_below_the_grid_and_the_released_package(demo_run):
    for chain in ("TRA", "TRB"):
        tables = {
            method: pd.read_csv(demo_run / "tcr" / "locations" / f"{chain}_{method}.tsv", sep="\t")
            for method in ("exact", "grid", "schema_learn")
        }
        run = ["subset", "orientation", "modalities", "first_location", "max_weight_ratio"]
        best = tables["exact"].groupby(run)["objective"].first()
        for method in ("grid", "schema_learn"):
            other = tables[method].groupby(run)["objective"].first()
            shared = best.index.intersection(other.index)
            # at some locations all cells of few ligands are alike: the grid counts these in the mean under the cap
            shared = shared[~shared.get_level_values("subset").str.startswith("ligands")]
            assert len(shared) >= 1
            assert (best[shared] >= other[shared] - 1e-6).all()
