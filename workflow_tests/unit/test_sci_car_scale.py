"""The benchmark of reading a whole sample, on a small one: what it measures is what it says."""

import numpy as np
import pytest
from sci_car_files import SETTINGS

from benchmarks.sci_car import MEASURED, preprocess_all, read_both
from rehearsal.kidney import KINDS, depths, rna_counts, write_files
from running.fresh_process import in_fresh_process
from sci_car.preprocess import FILES

SIZES = {"genes": 1000, "coding": 800, "rna_cells": 60, "rna_draws": 100}
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
        1000,
        55,
        5000,
    ]
    assert 0 < found["atac_entries"] <= 55 * (20 * 4 + 2)
    assert found["seconds"] > 0


def test_preprocessing_keeps_the_joint_cells_and_coding_genes(files):
    found = preprocess_all(files, SETTINGS)
    assert found["rna_cells"] == found["atac_cells"] == 40
    assert found["rna_features"] <= 800
    assert found["atac_features"] <= 5000


def test_measurements_run_in_fresh_processes(files):
    found = in_fresh_process(MEASURED["read both matrices"], threads=1, files=files)
    assert found["rna_entries"] == read_both(files)["rna_entries"]
    assert 0.01 < found["peak_gb"] < 1


def test_counts_have_the_asked_depth_and_the_planted_markers():
    rng = np.random.default_rng(0)
    kinds = rng.integers(len(KINDS), size=1500)
    counts = rna_counts(kinds, 800, 200, 500, rng).toarray()
    assert counts.sum(axis=1).mean() == pytest.approx(500, rel=0.05)
    for kind in range(3, len(KINDS)):  # block 6 marks the fourth type, and so on
        block = counts[:, (kind + 2) * 25 : (kind + 3) * 25].sum(axis=1) / counts.sum(axis=1)
        assert block[kinds == kind].mean() > 3 * block[kinds != kind].mean()
    assert depths(20_000, 50, 0.5, rng).mean() == pytest.approx(50, rel=0.05)


def test_what_was_planted_is_returned(tmp_path):
    paths = {name: tmp_path / f"{name}.txt.gz" for name in FILES}
    truth = write_files(paths, SIZES, seed=0)
    assert len(truth.type_share) == len(truth.own_peaks) == 14
    own = [peak for peaks in truth.own_peaks.values() for peak in peaks]
    assert len(own) == len(set(own)) == 14 * 160
    again = {name: path.read_bytes() for name, path in paths.items()}
    write_files(paths, SIZES, seed=0)
    assert {name: path.read_bytes() for name, path in paths.items()} == again
