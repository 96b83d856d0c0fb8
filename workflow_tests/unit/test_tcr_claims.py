"""What Figure 5's part says of the paper's numbers, on tables where the answer is known by hand."""

import numpy as np
import pandas as pd
import pytest

from tcr.claims import low_locations, lowest_run, of_residues, older_build, sampled, spreads


def test_low_locations_are_the_longest_run_below_the_mean():
    weight = [1, 1, 0.2, 0.1, 0.2, 1, 0.3, 1]
    assert lowest_run(pd.Series(weight, range(1, 9))) == "3-5"
    assert lowest_run(pd.Series(1.0, range(1, 9))) == "none"
    profiles = pd.DataFrame({"location": range(1, 9), "weight": weight}).assign(subset="all")
    drawn = [profiles.assign(subset=f"bootstrap_{i}", weight=[*weight[: 7 + i], 0.1][:8]) for i in range(2)]
    profiles = pd.concat([profiles, *drawn]).assign(
        chain="TRA", method="grid", orientation="hamming", modalities="binding", first_location=True
    )
    (row,) = low_locations(profiles)
    assert row["ours"] == "3-5"
    assert row["reason"].endswith("; 2 of 2 bootstraps of clones give the same")


def test_a_value_has_the_middle_of_its_bootstraps():
    found = sampled(0.5, pd.Series(np.linspace(0, 1, 41)), "grid")
    assert (found["low"], found["high"], found["n"]) == (pytest.approx(0.025), pytest.approx(0.975), 41)
    assert sampled(0.5, pd.Series(dtype=float), "exact")["over"] == "nothing random"
    assert sampled(0.5, pd.Series(dtype=float), "schema_learn")["over"] == "one sample of pairs"


def test_rare_residues_and_their_controls():
    profiles = pd.DataFrame({"residue": list("ACG") * 2, "weight": [0.4, 0.1, 0.8, 0.5, 0.2, 0.7]})
    profiles = profiles.assign(method="grid", encoding="boolean", subset=["all"] * 3 + ["bootstrap_0"] * 3)
    scores = pd.DataFrame({"method": ["grid", "residue frequency"], "encoding": ["boolean", "none"]})
    scores = scores.assign(build="b", subset="all", rho=0.5, p=0.1, n=3, partial_rho=0.2)
    frequency = pd.Series({"A": 0.5, "C": 0.1, "G": 0.4})
    rows = {row["id"]: row for row in of_residues(scores, profiles, frequency, "b")}
    assert (rows["tcr.cysteine"]["ours"], rows["tcr.cysteine"]["high"]) == (0.1, 0.2)
    assert rows["control.median_residue"]["ours"] == pytest.approx(0.6)
    assert rows["tcr.cysteine_rare"]["ours"] == 0.1
    assert rows["control.median_residue_frequency"]["ours"] == pytest.approx(0.45)
    without = {row["id"]: row for row in of_residues(scores, profiles.query("residue != 'C'"), frequency, "b")}
    assert without["tcr.cysteine"]["ours"] == "none"


def test_spreads_name_the_panel_of_markers():
    runs = [("binding", 0.1), ("binding+markers", 0.2), ("binding+proteins", 0.3)]
    table = pd.DataFrame(runs, columns=["modalities", "sd"]).merge(
        pd.DataFrame({"split": ["donor", "ligands_random1", "ligands_random2", "ligands_sequential"]}), how="cross"
    )
    table = table.assign(features="locations", orientation="hamming", method="grid", subsets=4)
    rows = {(row["id"], row["markers"]): row for row in spreads(table)}
    assert rows["tcr.donor_sd_3", "proteins"]["ours"] == 0.3
    assert rows["tcr.donor_sd_2", ""]["over"] == "nothing random"
    assert (rows["tcr.epitope_sd_3", "released"]["ours"], rows["tcr.epitope_sd_3", "released"]["n"]) == (0.2, 2)


@pytest.mark.parametrize(("old", "words"), [(0.35, "holds"), (0.1, "does not hold")])
def test_an_older_build_agrees_or_not(old, words):
    runs = [
        (r, c, rho)
        for r, c, rho in [("new", "TRA", 0.4), ("old", "TRA", old), ("new", "TRB", 0.9), ("old", "TRB", 0.9)]
    ]
    locations = pd.DataFrame(runs, columns=["build", "chain", "rho"]).assign(
        subset="all", modalities="binding", first_location=True, scored="1-10", method="grid"
    )
    residues = pd.DataFrame({"build": ["new", "old"], "rho": [0.7, 0.7], "method": "grid"})
    locations = locations.merge(pd.DataFrame({"orientation": ["agreement", "hamming"]}), how="cross")
    residues = residues.merge(pd.DataFrame({"encoding": ["counts", "boolean"]}), how="cross").assign(subset="all")
    rows = list(older_build(locations, residues, "new", "old", {"new": "new", "old": "old"}, 10))
    assert [row["encoding"] for row in rows] == ["counts", "boolean"]
    assert all(row["ours"].startswith(words) for row in rows)
