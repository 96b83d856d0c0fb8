"""Deep models: they train where they can by themselves, say where, and tell planted groups apart."""

import logging

import numpy as np
import torch
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from baselines import deep


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
