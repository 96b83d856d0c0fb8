"""The benchmark of reading a whole sample, on a small one: what it measures is what it says."""

import numpy as np
import pytest
from sci_car_files import SETTINGS

from benchmarks.sci_car import MEASURED, preprocess_all, read_both
from benchmarks.sci_car_files import random_counts, write_files
from running.fresh_process import in_fresh_process
from sci_car.preprocess import FILES

SIZES = {"genes": 600, "coding": 300, "rna_cells": 60, "rna_draws": 100}
SIZES |= {"peaks": 5000, "atac_cells": 55, "atac_draws": 20, "joint": 40}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    paths = {name: str(folder / f"{name}.txt.gz") for name in FILES}
    write_files(paths, SIZES, seed=0)
    return paths


def test_both_matrices_are_read_whole(files):
    found = read_both(files)
    assert [found[f"{name}_{side}"] for name in ("rna", "atac") for side in ("cells", "features")] == [
        60,
        600,
        55,
        5000,
    ]
    assert 0 < found["atac_entries"] <= 55 * 20 * 2
    assert found["seconds"] > 0
    assert 0.01 < found["peak_gb"] < 4


def test_preprocessing_keeps_the_joint_cells_and_coding_genes(files):
    found = preprocess_all(files, SETTINGS)
    assert found["rna_cells"] == found["atac_cells"] == 40
    assert found["rna_features"] <= 300
    assert found["atac_features"] <= 5000


def test_measurements_run_in_fresh_processes(files):
    found = in_fresh_process(MEASURED["read both matrices"], threads=1, files=files)
    assert found["rna_entries"] == read_both(files)["rna_entries"]


def test_random_counts_have_the_asked_depth():
    counts = random_counts(2000, 3000, draws=50, spread=1.0, rng=np.random.default_rng(0))
    assert counts.shape == (2000, 3000)
    assert counts.sum() / 2000 == pytest.approx(50, rel=0.05)
    assert counts.data.min() == 1
    assert counts.data.max() > 1
