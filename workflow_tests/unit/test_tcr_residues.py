"""Weights of amino acids and their spread, on small data where the answer is known by hand."""

import numpy as np
import pandas as pd
import pytest
from test_tcr_analysis import toy_chains

from tcr.methods.table import limits_of
from tcr.profiles import residue_profiles
from tcr.read_donor import MARKERS
from tcr.residues import Window, residue_weights, window_chains, window_features, windows_of
from tcr.scores import residue_frequency, residue_scores
from tcr.stability import residue_spread, spread

RESIDUES = {
    "segments": {"TRA": [2, 3], "TRB": [2, 3]},
    "windows": {"TRA": [[2, 2], [2, 3]], "TRB": [[3, 3]]},
    "min_length": 3,
    "prefix": {"TRA": "CA", "TRB": "C"},
    "min_correlations": [0.01],
    "max_weight_ratios": [2.0],
}


def test_windows_of_both_encodings():
    assert [str(window) for window in windows_of("counts", RESIDUES)] == ["TRA 2", "TRA 2-3", "TRB 3"]
    assert [str(window) for window in windows_of("boolean", RESIDUES)] == ["TRA 2", "TRA 3", "TRB 2", "TRB 3"]


def test_the_released_encoding_filters_and_standardises():
    chains = toy_chains()
    window = Window("TRA", 2, 3)
    part = window_chains(chains, window, "counts", RESIDUES)
    assert part["cdr3"].str.startswith("CA").all()
    assert len(window_chains(chains, window, "boolean", RESIDUES)) == len(chains)
    features = window_features(part, window, "counts")
    varies = features.std(axis=0) > 0
    np.testing.assert_allclose(features[:, varies].std(axis=0), 1)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-12)


def both_chains():
    alpha = toy_chains()
    return pd.concat([alpha, toy_chains(seed=3).assign(chain="TRB")], ignore_index=True)


def test_absent_residues_get_no_weight_and_deciding_ones_the_most():
    limits = limits_of("exact", "residue", {"residues": RESIDUES})
    sampling = {"resamples": 2, "blocks": 3, "shuffles": 1, "seed": 0}
    table = residue_weights(both_chains(), "boolean", "exact", RESIDUES, limits, sampling)
    assert set(table["residue"]) == set("ADEFGLSV")
    third = table.query("window == 'TRA 3' and subset == 'all'").set_index("residue")["weight"]
    assert set(third.index) == set("AGLSV")
    profile = residue_profiles(table)
    assert profile["weight"].between(0, 1).all()
    assert set(profile["subset"]) == {"all", "shuffle_0", "bootstrap_0", "bootstrap_1"}


def test_the_profile_of_residues_by_hand():
    rows = [("w1", "A", 0.0), ("w1", "G", 1.0), ("w1", "S", 4.0), ("w2", "A", 1.0), ("w2", "G", 0.0), ("w3", "A", 1.0)]
    table = pd.DataFrame([*rows, ("w3", "S", 0.0)], columns=["window", "residue", "weight"])
    table = table.assign(method="m", subset="all", min_correlation=0.0, max_weight_ratio=2.0)
    mean, median = (
        residue_profiles(table.assign(encoding=encoding)).set_index("residue")["weight"]
        for encoding in ("boolean", "counts")
    )
    assert mean.to_dict() == pytest.approx({"A": 2 / 3, "G": 0.25, "S": 0.5})
    assert median.to_dict() == pytest.approx({"A": 1.0, "G": 0.25, "S": 0.5})


def test_residue_frequency_and_scores():
    chains = both_chains()
    frequency = residue_frequency(chains, RESIDUES["segments"])
    assert frequency.sum() == pytest.approx(1)
    assert frequency["W"] == 0
    profiles = pd.DataFrame(
        {"method": "exact", "encoding": "counts", "residue": list("AGLS"), "weight": [1.0, 2, 3, 4]}
    ).assign(subset="all")
    yardstick = pd.DataFrame({"build": "r", "residue": list("AGLS"), "score": [1.0, 2, 3, 4]})
    rows = pd.DataFrame(residue_scores(profiles, frequency, yardstick)).set_index("method")
    assert rows.loc["exact", ["rho", "n"]].tolist() == [pytest.approx(1), 4]
    assert "residue frequency" in rows.index


def test_spread_by_hand():
    rows = [("donor_1", "a", 0.0), ("donor_2", "a", 1.0), ("donor_1", "b", 0.5), ("donor_2", "b", 0.5)]
    table = pd.DataFrame(rows, columns=["subset", "feature", "weight"])
    table = spread(table.assign(method="m", orientation="o", modalities="2"))
    assert table[["split", "sd", "subsets"]].to_numpy().tolist() == [["donor", 0.25, 2]]


def test_spread_of_residues_has_both_splits_and_both_sets_of_modalities():
    chains = both_chains()
    markers = np.random.default_rng(1).normal(size=(600, len(MARKERS)))
    table = residue_spread(chains, markers, RESIDUES, n_groups=2, seed=0, marker_weight=-0.25)
    assert set(table["split"]) == {"donor", "ligands_random1"}
    assert set(table["modalities"]) == {"binding", "binding+markers", "binding+proteins"}
    assert table["sd"].between(0, 0.5).all()
