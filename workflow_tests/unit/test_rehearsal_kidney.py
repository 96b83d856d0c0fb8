"""The kidney of a rehearsal, small: its depths, markers and peaks are those that were planted."""

import numpy as np
import pytest
from sci_car_files import SETTINGS

from rehearsal.kidney import KINDS, depths, rna_counts, write_files
from sci_car.preprocess import FILES, preprocess

SIZES = {"genes": 1000, "coding": 800, "rna_cells": 60, "rna_draws": 100}
SIZES |= {"peaks": 5000, "atac_cells": 55, "atac_draws": 20, "joint": 40}


def test_what_is_read_are_the_joint_cells_and_coding_genes(tmp_path):
    paths = {name: str(tmp_path / f"{name}.txt.gz") for name in FILES}
    write_files(paths, SIZES, seed=0)
    cells, _ = preprocess(paths, SETTINGS)
    assert cells["rna"].n_obs == cells["atac"].n_obs == SIZES["joint"]
    assert 0 < cells["rna"].n_vars <= SIZES["coding"]
    assert 0 < cells["atac"].n_vars <= SIZES["peaks"]


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
