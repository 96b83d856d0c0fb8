"""Beads, genes, density and scaling of a puck, against closed forms and brute force."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from running import InputError
from slide_seq.expression import log_normalised, scaled, shares, variances
from slide_seq.factors import factorise
from slide_seq.preprocess import choose, kernel_density, stretched, summary, with_density


def puck_of(counts, clusters, rng=None):
    rng = rng or np.random.default_rng(0)
    n = len(counts)
    obs = pd.DataFrame({"x": rng.uniform(0, 900, n), "y": rng.uniform(0, 900, n), "cluster": clusters})
    data = anndata.AnnData(sparse.csr_matrix(counts, dtype=np.float32), obs=obs.set_axis([f"b{i}" for i in range(n)]))
    data.var_names = [f"g{i}" for i in range(data.n_vars)]
    data.uns["join"] = {"beads_with_counts": n}
    return data


def test_which_beads_and_genes_are_kept():
    counts = [[6, 0, 0, 0], [3, 2, 0, 0], [4, 3, 0, 9], [0, 9, 0, 0]]
    kept = choose(puck_of(counts, [1, 1, 0, 2]), 5, 1, "puck")
    assert kept.obs_names.tolist() == ["b0", "b3"]  # b1 has 5, not more; b2 has no cluster
    assert kept.var_names.tolist() == ["g0", "g1"]  # g3 is seen in b2 alone


@pytest.mark.parametrize(
    ("clusters", "least", "words"),
    [
        ([2, 3], 5, "none of its 2 beads is a granule cell (atlas cluster 1); there are 2, 3"),
        ([1, 1], 5, "every bead is a granule cell"),
        ([1, 2], 500, "none of its 2 beads has an atlas cluster and more than 500 UMI"),
        ([0, 0], 5, "none of its 2 beads has an atlas cluster"),
    ],
)
def test_pucks_that_cannot_be_used(clusters, least, words):
    with pytest.raises(InputError) as error:
        choose(puck_of([[9, 1], [2, 9]], clusters), least, 1, "puck 7")
    assert str(error.value).startswith("puck 7: ")
    assert words in str(error.value)


def test_density_is_the_sum_of_gaussians():
    rng = np.random.default_rng(1)
    centres, places = rng.uniform(0, 300, (50, 2)), rng.uniform(0, 300, (20, 2))
    square = ((places[:, None] - centres[None]) ** 2).sum(axis=2)
    expected = np.exp(-square / (2 * 45**2)).sum(axis=1) / (50 * 2 * np.pi * 45**2)
    np.testing.assert_allclose(kernel_density(centres, places, 45.0), expected, rtol=1e-7)


def test_stretching_keeps_order_and_spans_the_range():
    values = np.array([3.0, 1.0, 2.0])
    assert stretched(values, 20).tolist() == [20, 0, 10]
    assert stretched(np.ones(3), 20).tolist() == [0, 0, 0]


def test_shuffled_positions_are_the_same_places_with_their_densities():
    rng = np.random.default_rng(2)
    puck = puck_of(rng.poisson(3, (60, 5)), rng.integers(1, 3, 60), rng)
    beads = with_density(choose(puck, 0, 1, "puck"), 1, 45.0, 20.0, np.random.default_rng(3)).obs
    observed, shuffled = (beads[[f"x_{p}", f"y_{p}", f"density_{p}"]].to_numpy() for p in ("observed", "shuffled"))
    assert not np.allclose(observed, shuffled)
    np.testing.assert_allclose(observed[np.lexsort(observed.T)], shuffled[np.lexsort(shuffled.T)], rtol=1e-6)
    granule = beads["granule"].to_numpy()
    square = ((observed[:, None, :2] - observed[None, granule, :2]) ** 2).sum(axis=2)
    expected = stretched(np.exp(-square / (2 * 45**2)).sum(axis=1), 20)
    np.testing.assert_allclose(beads["granule_density_observed"], expected, atol=1e-5)


def test_scaling_is_that_of_dense_arithmetic():
    counts = np.random.default_rng(4).poisson(0.7, (40, 12))
    counts[:, 3] = 0
    dense = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    sd = dense.std(axis=0)
    matrix = sparse.csr_matrix(counts, dtype=np.float32)
    np.testing.assert_allclose(shares(matrix).toarray(), dense, rtol=1e-12)
    np.testing.assert_allclose(variances(shares(matrix)), sd**2, atol=1e-15)
    np.testing.assert_allclose(scaled(matrix).toarray(), dense / np.where(sd > 0, sd, 1), rtol=1e-9)
    np.testing.assert_allclose(log_normalised(matrix, 50).toarray(), np.log1p(50 * dense), rtol=1e-12)
    assert scaled(matrix).nnz == matrix.nnz


def test_factors_give_back_a_matrix_of_low_rank():
    rng = np.random.default_rng(5)
    low_rank = rng.gamma(1, size=(60, 3)) @ rng.gamma(1, size=(3, 20))
    W, H = factorise(sparse.csr_matrix(low_rank), 3, seed=17, max_iter=2000)
    np.testing.assert_allclose(W.std(axis=0), 1)
    assert (W >= 0).all()
    assert (H >= 0).all()
    back = np.linalg.lstsq(W, low_rank, rcond=None)[0]
    assert np.linalg.norm(W @ back - low_rank) < 0.02 * np.linalg.norm(low_rank)
    assert factorise(sparse.csr_matrix(low_rank), 100, seed=17, max_iter=5)[0].shape == (60, 20)


def test_the_summary_counts():
    puck = puck_of([[6, 0], [0, 9], [1, 1]], [1, 2, 1])
    beads = with_density(choose(puck, 5, 1, "puck"), 1, 45.0, 20.0, np.random.default_rng(0))
    table = summary(puck, beads).set_index("quantity")["value"]
    assert table.to_dict() == {
        "beads_with_counts": 3,
        "beads_kept": 2,
        "genes_kept": 2,
        "granule_kept": 1,
        "umi_per_bead_kept": 7.5,
    }
