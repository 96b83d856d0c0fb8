"""Figure 5's steps on small data where the answer is known by hand."""

import numpy as np
import pandas as pd
import pytest

from evaluation.labels import shuffled_within
from schema_core import Modality, Moments
from tcr.chains import position_entropy, residue_counts, residues_by_location
from tcr.location_moments import gammas, ligand_groups, write_all
from tcr.locations import load_subsets, runs_of, weights_of
from tcr.methods.table import limits_of
from tcr.profiles import location_profiles, mapped
from tcr.read_donor import MARKERS
from tcr.scores import baseline_locations, location_scores
from tcr.weighing import clone_blocks, resampled

SEQUENCES = pd.Series(["CAS", "CASSL", "CWWWWW"])


def test_sequences_are_cut_and_padded():
    locations = residues_by_location(SEQUENCES, 4)
    assert ["".join(map(chr, row)) for row in locations] == ["CAS-", "CASS", "CWWW"]


def test_residue_counts_of_a_window():
    counts = residue_counts(residues_by_location(SEQUENCES, 5), 2, 5)
    of = dict(zip("ACDEFGHIKLMNPQRSTVWY", counts.T, strict=True))
    assert of["S"].tolist() == [1, 2, 0]
    assert of["W"].tolist() == [0, 0, 4]
    assert of["C"].tolist() == [0, 0, 0]


def test_position_entropy_by_hand():
    entropy = position_entropy(residues_by_location(SEQUENCES, 4))
    assert entropy[0] == pytest.approx(0)
    assert entropy[1] == pytest.approx(-(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3)))
    assert entropy[3] == pytest.approx(np.log(3))


def test_mapping_spans_0_to_1_by_the_square_root():
    np.testing.assert_allclose(mapped([0.0, 1.0, 4.0]), [0, 0.5, 1])
    assert np.isnan(mapped([1.0, 1.0])).all()
    np.testing.assert_allclose(mapped([[0.0, 1.0], [4.0, 0.0]]), [[0, 1], [1, 0]])


def test_ligand_groups_are_a_partition_of_whole_ligands():
    ligands = np.repeat([f"l{i}" for i in range(7)], 3)
    for rng in (None, np.random.default_rng(0)):
        groups = ligand_groups(ligands, 3, rng)
        assert sorted(np.concatenate(groups)) == list(range(21))
        assert sum(len(np.unique(ligands[rows])) for rows in groups) == 7
    assert len(ligand_groups(ligands, 10, None)) == 3  # never one ligand alone


def test_shuffling_stays_within_donors():
    labels, donors = np.arange(40), np.repeat([1, 2], 20)
    shuffled = shuffled_within(labels, donors, np.random.default_rng(0))
    assert sorted(shuffled[:20]) == list(range(20))
    assert (shuffled != labels).any()


def toy_chains(n=600, seed=0):
    """Location 3 decides the ligand; location 2 is noise; location 1 is always C."""
    rng = np.random.default_rng(seed)
    third = rng.choice(list("AGLSV"), n)
    ligand = np.where(rng.random(n) < 0.9, np.char.add("l", third), "lX")
    cdr3 = ["C" + a + b for a, b in zip(rng.choice(list("ADEF"), n), third, strict=True)]
    donors = rng.integers(1, 3, n)
    return pd.DataFrame({"cell": range(n), "donor": donors, "ligand": ligand, "chain": "TRA", "cdr3": cdr3})


def limits(method, ratios):
    block = {"locations": {"min_correlations": [0.01], "max_weight_ratios": ratios}}
    return limits_of(method, "location", block)


@pytest.fixture(scope="module")
def toy_weights(tmp_path_factory):
    chains, folder = toy_chains(), tmp_path_factory.mktemp("moments")
    markers = np.random.default_rng(1).normal(size=(len(chains), len(MARKERS)))
    write_all(chains, markers, folder, width=3, n_groups=2, n_splits=1, n_shuffles=2, n_blocks=4, seed=0)
    subsets, blocks = load_subsets(folder)
    settings = {"marker_weight": -0.25, "resamples": 3, "seed": 0}
    exact = weights_of(subsets, blocks, "exact", limits("exact", [2.0]), settings)
    few = {name: subsets[name] for name in ("all", "donor_1")}  # the grid is slow
    grid = weights_of(few, blocks, "grid", limits("grid", [2.0]), settings | {"resamples": 1})
    return subsets, pd.concat([exact, grid]).assign(chain="TRA")


def test_moments_of_all_are_the_sum_over_donors(toy_weights):
    subsets, _ = toy_weights
    chains = toy_chains()
    whole = Moments.from_arrays(
        residues_by_location(chains["cdr3"], 3),
        Modality(chains["ligand"].to_numpy(str), "categorical"),
        features="categorical",
    ).covariances()
    np.testing.assert_allclose(subsets["all"].covariances().features, whole.features, rtol=1e-12)
    np.testing.assert_allclose(subsets["all"].covariances().modalities[:, 0], whole.modalities[:, 0], rtol=1e-12)


def test_the_deciding_location_gets_the_weight_in_each_orientation(toy_weights):
    _, weights = toy_weights
    profiles = location_profiles(weights).query("subset == 'all' and modalities == 'binding'")
    for _, of_method in profiles.query("first_location").groupby("method"):
        of = {
            orientation: rows.set_index("location")["weight"] for orientation, rows in of_method.groupby("orientation")
        }
        assert of["hamming"][3] > of["hamming"][2]
        assert of["agreement"][3] < of["agreement"][2]


def test_the_runs_of_each_subset():
    def runs(subset, method):
        return {(labels["orientation"], labels["modalities"]) for labels, _ in runs_of(subset, method, 20)}

    both, modalities = {"agreement", "hamming"}, set(gammas(-0.25))
    everything = {(orientation, one) for orientation in both for one in modalities}
    plain = {(orientation, "binding") for orientation in both}
    of_text = {("hamming", one) for one in modalities}
    as_released = {("agreement", "binding"), ("agreement", "binding+markers")}
    assert runs("all", "grid") == runs("all", "exact") == everything
    assert runs("all", "schema_learn") == plain
    assert runs("donor_1", "grid") == of_text | as_released
    assert runs("ligands_random2_3", "grid") == runs("donor_1", "exact") == of_text
    assert runs("bootstrap_7", "grid") == runs("shuffle_0", "exact") == runs("uniform_0", "exact") == plain
    assert runs("bootstrap_7", "exact") == {("hamming", "binding")}
    assert runs("shuffle_0", "grid") == runs("uniform_0", "grid") == runs("bootstrap_7", "schema_learn") == set()
    assert len(list(runs_of("all", "grid", 20))) == 12


def test_bootstraps_draw_whole_clones_and_their_moments_add_up():
    cdr3 = pd.Series(["CA", "CB", "CA", "CD", "CB", "CE"] * 50)
    blocks = clone_blocks(cdr3, 2, 0)
    assert all(len(set(blocks[cdr3 == one])) == 1 for one in set(cdr3))
    assert set(blocks) == {0, 1}
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(90, 3)), rng.choice(list("xyz"), 90)
    of = np.arange(90) % 3
    parts = [Moments.from_arrays(features[of == i], Modality(labels[of == i], "categorical")) for i in range(3)]
    draws = np.random.default_rng(5).integers(3, size=(4, 3))
    names, covariances = zip(*resampled(parts, 4, 5), strict=True)
    assert names[3] == "bootstrap_3"
    for found, drawn in zip(covariances, draws, strict=True):
        rows = np.concatenate([np.flatnonzero(of == i) for i in drawn])
        plain = Moments.from_arrays(features[rows], Modality(labels[rows], "categorical")).covariances()
        np.testing.assert_allclose(found.features, plain.features, rtol=1e-9)
        np.testing.assert_allclose(found.modalities, plain.modalities, rtol=1e-9)


def test_bootstraps_find_the_deciding_location_and_random_ligands_have_none(toy_weights):
    _, weights = toy_weights
    runs = weights.query(
        "method == 'exact' and orientation == 'hamming' and modalities == 'binding' and first_location"
    )
    third = location_profiles(runs).query("location == 3").set_index("subset")["weight"]
    assert third[third.index.str.startswith("bootstrap_")].tolist() == [1, 1, 1]
    best = runs.groupby("subset")["objective"].max()
    for control in ("shuffle_", "uniform_"):
        assert (best[best.index.str.startswith(control)] < best["all"] / 4).tolist() == [True, True]


def test_a_method_has_its_own_limits_where_its_block_says_so():
    block = {"locations": {"min_correlations": [0.1], "max_weight_ratios": [2]}}
    block["schema_learn"] = {"pairs": 9, "orientations": ["agreement"], "location_weight_ratios": [3]}
    assert limits_of("grid", "location", block)["max_weight_ratios"] == [2]
    own = limits_of("schema_learn", "location", block)
    assert own == {
        "min_correlations": [0.1],
        "max_weight_ratios": [3],
        "orientations": ["agreement"],
        "arguments": {"pairs": 9},
    }


def test_location_scores_against_a_perfect_yardstick(toy_weights):
    _, weights = toy_weights
    profiles = location_profiles(weights)
    mine = profiles.query("subset == 'all' and method == 'exact' and orientation == 'agreement' and first_location")
    mine = mine.query("modalities == 'binding'").set_index("location")["weight"]
    yardstick = pd.DataFrame({"build": "r", "gene": "TRA", "location": mine.index, "score": 1 - mine.to_numpy()})
    scored = pd.DataFrame(location_scores(profiles, yardstick, 3)).query("subset == 'all' and method == 'exact'")
    row = scored.query("orientation == 'agreement' and modalities == 'binding' and first_location and scored == '1-3'")
    assert row["rho"].item() == pytest.approx(1)
    assert row["n"].item() == 3


def test_baselines_need_no_schema():
    profiles = baseline_locations(toy_chains(), 3).set_index(["method", "location"])["weight"]
    assert -profiles["position entropy"][1] == pytest.approx(0)
    assert -profiles["position entropy"][3] > -profiles["position entropy"][2]
    assert set(profiles["uniform"]) == {1.0}
