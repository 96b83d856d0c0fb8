"""Deep models: they train where they can by themselves, say where, and tell planted groups apart."""

import logging

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from baselines import deep
from benchmarks.epochs import per_epoch
from sci_car.cells import together, write_cells


def test_a_model_trains_on_the_gpu_where_there_is_one_names_it_and_finds_two_groups(caplog):
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 150)
    means = np.where(group[:, None] == (np.arange(40) % 2), 4.0, 0.5)
    with caplog.at_level(logging.INFO, logger="baselines.deep"):
        deep.prepare(0)
        places = deep.scvi_latent(sparse.csr_matrix(rng.poisson(means)), epochs=20, patience=20)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    assert f"training for up to 20 epochs on {device}" in caplog.text
    assert "trained 20 epochs in" in caplog.text
    found = KMeans(2, n_init=5, random_state=0).fit_predict(places)
    assert adjusted_rand_score(group, found) > 0.9


@pytest.mark.slow
def test_the_time_of_an_epoch_is_measured_and_names_the_device(tmp_path):
    rng = np.random.default_rng(0)
    rna, atac = (sparse.csr_matrix(rng.poisson(1.0, (150, n)).astype(np.int32)) for n in (40, 30))
    genes = pd.DataFrame({"gene_id": "g", "gene_type": "protein_coding"}, index=[f"G{i}" for i in range(40)])
    peaks = pd.DataFrame({"chr": "chr1", "start": range(30), "end": range(1, 31)}, index=[f"P{i}" for i in range(30)])
    obs = pd.DataFrame({"cell_type": pd.Categorical(["a"] * 150), "tsne_1": 0.5, "tsne_2": 0.5})
    write_cells(together(rna, genes, atac, peaks, obs.set_axis([f"c{i}" for i in range(150)])), tmp_path / "cells.h5mu")
    found = per_epoch("scvi_rna", tmp_path / "cells.h5mu", epochs=40)
    assert found["device"] == (torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu")
    assert {"method", "seconds_per_epoch", "epochs", "peak_gb", "gpu_peak_gb"} < found.keys()
