"""The simulator: its formats, its repeatability, and that the planted truth can be found in what it writes."""

import json
import zipfile
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from tcr.chains import AMINO_ACIDS
from tcr.preprocess import filter_cells, lay_out, marker_levels, read_donors
from tcr.read_donor import BINDERS, DEXTRAMERS, HEADER, LIGANDS, MARKERS
from tcr.simulate.sources import simulate
from tcr.simulate.vdjdb import COLUMNS, OLD_COLUMNS
from tcr.vdjdb import location_scores, motif_lengths, read_motifs, residue_scores

RELEASED = {"quantile": 0.975, "markers": ["CD19", "CD4", "CD14"], "both_chains": True, "binder": True}
SEGMENTS = {"TRA": (3, 7), "TRB": (5, 11)}
PAIRS = 500_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, simulate(folder, seed=0)


@pytest.fixture(scope="module")
def files(demo):
    return sorted((demo[0] / "tcr_10x").glob("*.csv"))


@pytest.fixture(scope="module")
def filtered(files):
    cells, chains = read_donors(files)
    levels = marker_levels(cells[list(MARKERS)])
    keep = filter_cells(levels, cells["ligand"], chains, **RELEASED)
    return cells, chains, keep, lay_out(cells, levels, chains, keep)[1]


def motif_file(folder, build):
    return folder / "vdjdb" / f"motif_pwms-{build}.txt"


def correlations(distances, ligand):
    """Over sampled pairs of rows, by brute force: corr of 1[ligands differ] with each distance.

    A distance is a function of two arrays of row numbers.
    """
    pairs = np.random.default_rng(0).integers(len(ligand), size=(2, PAIRS))
    first, second = pairs[:, pairs[0] != pairs[1]]
    differ = (ligand[first] != ligand[second]).astype(float)
    return [np.corrcoef(distance(first, second), differ)[0, 1] for distance in distances]


def test_same_arguments_same_bytes(tmp_path):
    contents = []
    motifs = ["motif_pwms-2018-12-07.txt", "vdjdb-2020-05-20.zip"]
    for name, seed, motif_files in (("a", 5, motifs), ("b", 5, motifs), ("c", 6, [])):
        simulate(tmp_path / name, seed, cells_per_donor=(20, 10), motif_files=motif_files)
        files = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        contents.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert len(contents[0]) == 5
    assert contents[0] == contents[1]
    assert len(contents[2]) == 3
    assert all(contents[0][path] != contents[2][path] for path in contents[2])


def test_matrices_have_the_publishers_form(files):
    assert [path.name for path in files] == [
        f"vdj_v1_hs_aggregated_donor{donor}_binarized_matrix.csv" for donor in (1, 2, 3, 4)
    ]
    for path in files:
        first, second = path.read_text().splitlines()[:2]
        assert tuple(first.split(",")) == HEADER
        fields = dict(zip(HEADER, second.split(","), strict=True))
        assert all(fields[name].endswith(".0") for name in (*MARKERS, *DEXTRAMERS))
        assert all(fields[name] in ("True", "False") for name in BINDERS)


def test_cells_show_what_the_filter_must_see(filtered):
    cells, chains, keep, _ = filtered
    per_cell = chains.groupby("cell").size().reindex(cells.index, fill_value=0)
    assert sorted(per_cell.unique()) == [0, 1, 2, 3]
    assert 0.3 < cells["ligand"].notna().mean() < 0.6
    shared = cells.groupby("barcode")["donor"].nunique()
    assert shared.max() == 2
    assert (shared == 2).sum() == 12
    assert 1500 < keep.sum() < 2500
    lengths = chains["cdr3"].str.len().groupby(chains["chain"]).mean()
    assert lengths.to_dict() == pytest.approx({"TRA": 13.5, "TRB": 14.5}, abs=0.1)
    outlying = marker_levels(cells[list(MARKERS)])["CD19"]
    assert outlying.max() > outlying.quantile(0.975) + 1


def test_binders_are_those_that_their_umis_call(files):
    for path in files:
        table = pd.read_csv(path)
        counts, called = table[list(DEXTRAMERS)].to_numpy(), table[list(BINDERS)].to_numpy()
        assert (counts[called] > 10).all()
        assert not called[:, len(LIGANDS) :].any()
        assert np.median(counts[~called]) == 0


@pytest.mark.parametrize(("chain", "least"), [("TRB", 0.9), ("TRA", 0.8)])
def test_hamming_distances_find_the_planted_locations(demo, filtered, chain, least):
    rows = filtered[3][filtered[3]["chain"] == chain]
    letters = np.array([list(text[:20].ljust(20)) for text in rows["cdr3"]])
    varied = [i for i in range(10) if len(set(letters[:, i])) > 1]
    distances = [lambda n, m, i=i: letters[n, i] != letters[m, i] for i in varied]
    found = np.zeros(10)
    found[varied] = correlations(distances, rows["ligand"].cat.codes.to_numpy())
    assert spearmanr(demo[1].specificity[chain][:10], found).statistic >= least


def test_residue_counts_find_the_planted_preference(demo, filtered):
    found = []
    for chain, (first, last) in SEGMENTS.items():
        rows = filtered[3][filtered[3]["chain"] == chain]
        inside = rows["cdr3"].str[first - 1 : last]
        counts = [inside.str.count(letter).to_numpy(float) for letter in AMINO_ACIDS]
        distances = [lambda n, m, count=count: (count[n] - count[m]) ** 2 for count in counts]
        found.append(correlations(distances, rows["ligand"].cat.codes.to_numpy()))
    planted = [demo[1].residue_preference[letter] for letter in AMINO_ACIDS]
    assert spearmanr(planted, np.mean(found, axis=0)).statistic >= 0.7


@pytest.mark.parametrize("build", ["2018-12-07", "2020-05-18"])
def test_motifs_follow_the_planted_truth(demo, build):
    folder, truth = demo
    motifs = read_motifs(motif_file(folder, build))
    for chain in ("TRA", "TRB"):
        scores = location_scores(motifs, chain)["score"]
        assert spearmanr(truth.specificity[chain][:10], scores[:10]).statistic >= 0.9
    residues = residue_scores(motifs, SEGMENTS, absent="zero")["score"]
    planted = [truth.residue_preference[letter] for letter in AMINO_ACIDS]
    assert spearmanr(planted, residues).statistic >= 0.9
    lengths = motif_lengths(motifs).set_index("gene")["mean_last_position"]
    assert lengths.to_dict() == pytest.approx({"TRA": 11.9, "TRB": 12.5}, abs=0.4)


def test_mouse_motifs_would_shift_the_scores(demo):
    motifs = read_motifs(motif_file(demo[0], "2018-12-07"))
    human = location_scores(motifs, "TRA")["score"]
    with_mouse = location_scores(motifs.assign(species="HomoSapiens"), "TRA")["score"]
    assert human[0] < 0.02
    assert with_mouse[0] > 0.1


def test_the_simulated_release_holds_a_build(demo, tmp_path):
    simulate(tmp_path, 0, cells_per_donor=(20,), motif_files=["vdjdb-2020-05-20.zip"])
    with zipfile.ZipFile(tmp_path / "vdjdb" / "vdjdb-2020-05-20.zip") as archive:
        assert archive.read("motif_pwms.txt") == motif_file(demo[0], "2020-05-18").read_bytes()


@pytest.mark.parametrize(("build", "columns"), [("2018-12-07", OLD_COLUMNS), ("2020-05-18", COLUMNS)])
def test_motif_tables_keep_vdjdbs_definitions(demo, build, columns):
    table = pd.read_csv(motif_file(demo[0], build), sep="\t")
    assert tuple(table.columns) == columns
    position = table.groupby(["cid", "pos"])
    np.testing.assert_allclose(position["freq"].sum(), 1)
    np.testing.assert_allclose(table["freq"], table["count"] / table["csz"])
    crossed = (table["freq"] * np.log(table["freq.bg"])).groupby([table["cid"], table["pos"]]).transform("sum")
    np.testing.assert_allclose(table["I.norm"], -crossed / (2 * np.log(20)), atol=1e-12)
    np.testing.assert_allclose(table["height.I.norm"], table["freq"] * table["I.norm"], atol=1e-12)
    motif = table.groupby("cid")
    assert (motif["len"].min() == motif["len"].max()).all()
    assert (motif["pos"].min() == 0).all()
    assert (motif["pos"].nunique() == motif["len"].first()).all()


def test_truth_is_written_beside_the_matrices(demo):
    folder, truth = demo
    assert json.loads((folder / "tcr_10x" / "truth.json").read_text()) == asdict(truth)
    assert sum(truth.residue_preference.values()) == pytest.approx(1)
    assert max(truth.specificity["TRB"]) > max(truth.specificity["TRA"])
    assert set(truth.preferred["TRA"]) == set(LIGANDS)
