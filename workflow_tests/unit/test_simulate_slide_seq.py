"""The simulator of pucks: formats, repeatability, the planted truth, and a puck of an exact size."""

import json

import numpy as np
import pytest

from rehearsal.puck import PLANTED_SHARE, seen_means
from rehearsal.puck import simulate as simulate_paper_size
from slide_seq.expression import shares
from slide_seq.preprocess import choose, kernel_density
from slide_seq.read_puck import read_puck
from slide_seq.simulate.sources import LEAST_UMI, row_text, simulate
from slide_seq.simulate.truth import BLOCK, FOLD, WIDTH, program_genes

PUCKS = ["180001_1", "180001_2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("simulated")
    simulate(place, 0, PUCKS, beads=900, genes=400, umi=150)
    return place / "slide_seq"


@pytest.fixture(scope="module")
def pucks(folder):
    return [read_puck(folder / f"Puck_{puck}.tar.gz") for puck in PUCKS]


def test_same_arguments_same_bytes(folder, tmp_path):
    simulate(tmp_path, 0, PUCKS, beads=900, genes=400, umi=150)
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / "slide_seq" / file.name).read_bytes(), file.name
    simulate(tmp_path / "other", 1, PUCKS[:1], beads=900, genes=400, umi=150)
    assert (tmp_path / "other/slide_seq/Puck_180001_1.tar.gz").read_bytes() != (
        folder / "Puck_180001_1.tar.gz"
    ).read_bytes()


def test_a_puck_is_read_from_its_newest_mapping(pucks):
    for puck in pucks:
        assert puck.shape == (900, 400)
        assert puck.uns["mapping"] == "BeadMapping_10-17_1014"
        assert puck.X.sum(axis=1).min() >= LEAST_UMI
        assert 0.8 < (puck.obs["cluster"] > 0).mean() < 0.95
        assert puck.obs["x"].between(0, WIDTH).all()


def test_pucks_share_gene_means(pucks):
    one, other = (np.log1p(np.asarray(puck.X.mean(axis=0)).ravel()) for puck in pucks)
    assert np.corrcoef(one, other)[0, 1] > 0.95


def test_the_truth_is_in_the_counts(folder, pucks):
    truth = json.loads((folder / "truth.json").read_text())
    programs = truth["programs"]
    assert programs["dense granule"][0] == "Gene0001"
    assert all(len(genes) == BLOCK for genes in programs.values())
    for puck in pucks:
        kept = choose(puck, 5, 1, "puck")
        places = kept.obs[["x", "y"]].to_numpy()
        density = kernel_density(places, places, 45.0)
        granule = (kept.obs["cluster"] == 1).to_numpy()
        share = shares(kept.X)
        level = {
            name: np.asarray(share[:, kept.var_names.isin(genes)].sum(axis=1)).ravel()
            for name, genes in programs.items()
        }
        dense = density > np.median(density[granule])
        assert level["dense granule"][granule & dense].mean() > 1.2 * level["dense granule"][granule & ~dense].mean()
        assert level["dense granule"][granule].mean() > 2 * level["dense granule"][~granule].mean()
        assert level["granule"][granule].mean() > 3 * level["granule"][~granule].mean()
        assert level["sparse granule"][granule & ~dense].mean() > level["sparse granule"][granule & dense].mean()
        assert level["cluster 6"][(kept.obs["cluster"] == 6).to_numpy()].mean() > 3 * level["cluster 6"][granule].mean()
        assert density[granule].mean() > 1.1 * density[~granule].mean()


def test_rows_of_text():
    assert row_text(np.array([0, 3, 9])) == b"0,3,9"
    assert row_text(np.array([0, 10, 9])) == b"0,10,9"


def test_a_puck_of_an_exact_size(tmp_path):
    sizes = {"beads": 400, "genes": 300, "kept_beads": 330, "kept_genes": 280, "umi": 80}
    simulate_paper_size(tmp_path / "puck.tar.gz", 0, **sizes)
    puck = read_puck(tmp_path / "puck.tar.gz")
    assert puck.shape == (400, 300)
    assert choose(puck, 5, 1, "puck").shape == (330, 280)
    depths = np.asarray(puck.X.sum(axis=1)).ravel()
    assert 80 < np.median(depths) < 160  # the folds of planted genes come on top of what is asked
    planted = np.concatenate(list(program_genes(300).values()))
    share = puck[:, planted].X.sum() / puck.X.sum()
    assert PLANTED_SHARE < share < FOLD * PLANTED_SHARE


def test_planted_genes_are_seen_however_many_others_there_are():
    means = seen_means(18_000, np.random.default_rng(0))
    planted = np.concatenate(list(program_genes(18_000).values()))
    assert means.sum() == pytest.approx(1)
    assert means[planted].sum() == pytest.approx(PLANTED_SHARE)
