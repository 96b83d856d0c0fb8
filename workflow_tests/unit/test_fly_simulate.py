"""The simulated fly brain: in the publisher's form, as deep as the published cells, and with what was planted."""

import json

import numpy as np
import pytest
from conftest import REPOSITORY
from fly_files import SETTINGS

from configuration.strict_yaml import read_yaml
from fly_brain.load import load, read_mex
from fly_brain.simulate.cells import LEAST_UMI, allot, draw_cells, draw_counts
from fly_brain.simulate.sources import simulate
from fly_brain.simulate.truth import AGE_EFFECT, BLOCK, abundances, gene_symbols, plant
from running import InputError

SHIPPED = read_yaml(REPOSITORY / "config" / "config.yaml")["simulate"]["fly_brain"]
FULL_GENES = 17_473


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fly")
    truth = simulate(folder / "mex.tar.gz", folder / "metadata.tsv.gz", 3, SETTINGS)
    return folder, truth


def test_equal_arguments_give_equal_bytes(simulated, tmp_path):
    folder, _ = simulated
    simulate(tmp_path / "mex.tar.gz", tmp_path / "metadata.tsv.gz", 3, SETTINGS)
    for name in ("mex.tar.gz", "metadata.tsv.gz", "truth.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_another_seed_gives_other_cells(simulated, tmp_path):
    simulate(tmp_path / "mex.tar.gz", tmp_path / "metadata.tsv.gz", 4, SETTINGS)
    assert (tmp_path / "mex.tar.gz").read_bytes() != (simulated[0] / "mex.tar.gz").read_bytes()


def test_the_published_form(simulated):
    folder, truth = simulated
    cells = read_mex(folder / "mex.tar.gz")
    assert cells.shape == (SETTINGS["cells"], SETTINGS["genes"])
    assert cells.var["symbol"].iloc[[0, -1]].tolist() == ["Gene0001", "nan"]
    assert cells.var_names[0] == "FBgn0000001"
    assert cells.obs_names.str.fullmatch(r"[ACGT]{16}-(DGRP-551|w1118)_\d+d_r[12]").all()
    assert cells.obs_names.is_unique
    assert json.loads((folder / "truth.json").read_text())["late"] == truth.late


def test_composition_is_in_proportion(simulated):
    obs = read_mex(simulated[0] / "mex.tar.gz").obs
    counts = obs.groupby(["line", "age"]).size()
    assert counts["DGRP-551"].to_dict() == {"0": 300, "3": 200, "30": 100}
    assert counts["w1118"].to_dict() == {"0": 200, "3": 100}


def test_shares_are_whole_and_sum_to_the_total():
    assert allot(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert allot(7, [5, 0, 2]).tolist() == [5, 0, 2]
    assert allot(56_902, SHIPPED["composition"]["DGRP-551"]).sum() == 56_902


def test_depth_falls_with_age_as_published(simulated):
    cells = load(simulated[0] / "mex.tar.gz", simulated[0] / "metadata.tsv.gz", "DGRP-551", [])
    median = cells.obs.groupby("age")["total_counts"].median()
    assert median.to_numpy() == pytest.approx(SETTINGS["depth"]["DGRP-551"], rel=0.15)
    assert cells.obs["total_counts"].min() >= LEAST_UMI


def planted_ratio(simulated, genes):
    cells = load(simulated[0] / "mex.tar.gz", simulated[0] / "metadata.tsv.gz", "DGRP-551", [])
    share = (
        cells.X[:, cells.var["symbol"].isin(genes).to_numpy()].sum(axis=1)
        / cells.obs["total_counts"].to_numpy()[:, None]
    )
    age = cells.obs["age"].to_numpy()
    return np.log(share[age == 30].mean() / share[age == 0].mean())


def test_planted_programs_follow_age_and_others_do_not(simulated):
    truth = simulated[1]
    assert len(truth.early) == len(truth.late) == BLOCK
    assert planted_ratio(simulated, truth.late) > AGE_EFFECT / 2
    assert planted_ratio(simulated, truth.early) < -AGE_EFFECT / 2
    assert abs(planted_ratio(simulated, truth.line_genes)) < 0.3


def test_genes_per_cell_and_entries_are_those_of_the_published_matrix():
    """Published: 1,126 genes in the median cell, 1,244 in the mean one (70.8 million entries in 56,902 cells)."""
    rng = np.random.default_rng(0)
    symbols = gene_symbols(FULL_GENES)
    truth = plant(0, symbols, SHIPPED["ages"])
    described = (SHIPPED[name] for name in ("ages", "composition", "depth", "depth_sd"))
    cells = draw_cells(1200, *described, rng)
    counts = draw_counts(cells, symbols, abundances(symbols, truth, rng), truth, rng)
    genes = np.diff(counts.indptr)
    assert np.median(genes) == pytest.approx(1126, rel=0.1)
    assert genes.mean() == pytest.approx(70_776_454 / 56_902, rel=0.1)
    assert np.median(cells["depth"]) == pytest.approx(2562, rel=0.1)


def test_too_few_genes_for_what_is_planted_is_an_error():
    with pytest.raises(
        InputError, match=r"simulate\.fly_brain\.genes: 100 genes cannot hold what is planted; give \d+"
    ):
        gene_symbols(100)
