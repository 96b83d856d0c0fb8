"""Schema's ensemble on planted factors: the largest correlation, the sub-runs, and softmax gene scores."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from schema_core import max_correlation
from slide_seq.ensemble import averaged, covariances_of, softmax_scores, sub_runs
from slide_seq.methods.schema import run_all
from slide_seq.methods.schema_learn import ensemble as released_ensemble
from slide_seq.ranking import COLUMNS

SETTINGS = {
    "granule": 1,
    "others": [2, 3],
    "density_weights": [1, 50],
    "correlation_shares": [1, 0.6],
    "other_weight": -1,
    "weight_cap": 20,
}


@pytest.fixture(scope="module")
def planted():
    """Factors: 0 on in dense granule cells, 1 in granule cells, 2 in cluster 2, the rest noise."""
    rng = np.random.default_rng(0)
    n = 600
    cluster = rng.choice([1, 2, 3], n, p=[0.5, 0.3, 0.2])
    dense = rng.random(n) < 0.5
    W = rng.gamma(1, 0.3, (n, 6))
    W[:, 0] += 3 * ((cluster == 1) & dense)
    W[:, 1] += 3 * (cluster == 1)
    W[:, 2] += 3 * (cluster == 2)
    density = 10 * dense + rng.random(n)
    return W / W.std(axis=0), density, cluster


def test_share_1_is_the_largest_correlation_and_the_rest_keep_theirs(planted):
    W, density, cluster = planted
    covariances = covariances_of(W, density, cluster, 1, [2, 3])
    runs, weights = zip(*sub_runs(covariances, [1, 50], [1, 0.9], -1), strict=True)
    table = pd.DataFrame(runs)
    assert table[["density_weight", "share"]].to_numpy().tolist() == [[1, 1], [1, 0.9], [50, 1], [50, 0.9]]
    most = max_correlation(covariances)
    np.testing.assert_allclose(table.loc[table["share"] == 1, "reached"], most, atol=1e-9)
    assert (table["reached"] >= table["share"] * most - 1e-7).all()
    assert (table["certificate"].iloc[[0, 2, 3]] == "global").all()
    np.testing.assert_allclose([w.mean() for w in weights], 1)
    np.testing.assert_allclose(weights[0], weights[2])  # whatever the weight of density
    rng = np.random.default_rng(1)
    for w in rng.dirichlet(np.full(6, 0.3), 300):
        assert covariances.correlations(w)[0] <= most + 1e-9
        reached, modalities = covariances.correlations(w)
        if reached >= 0.9 * most:
            assert np.dot([50, -1, -1], modalities) <= table["objective"].iloc[3] + 1e-7


def test_density_raises_the_factor_of_dense_granule_cells(planted):
    W, density, cluster = planted
    covariances = covariances_of(W, density, cluster, 1, [2, 3])
    (_, only), (_, with_density) = sub_runs(covariances, [50], [1, 0.6], -1)
    assert with_density[0] > only[0] + 0.5
    assert with_density.argmax() == 0
    assert with_density[2] < 0.5


def test_a_cluster_that_is_not_there_says_nothing(planted):
    W, density, cluster = planted
    one, other = (covariances_of(W, density, cluster, 1, others) for others in ([2, 3], [2, 3, 9]))
    np.testing.assert_array_equal(one.modalities, other.modalities)


def test_softmax_scores():
    loadings = np.array([[1.0, 0, 2], [0, 3, 1]])
    weights = np.array([2.0, 1.0])
    share = np.exp(weights) / np.exp(weights).sum()
    expected = share @ loadings
    np.testing.assert_allclose(softmax_scores(weights, loadings, None), expected / expected.std())
    capped = softmax_scores(np.array([50.0, 20.0]), loadings, 20)
    np.testing.assert_allclose(capped, loadings.mean(axis=0) / loadings.mean(axis=0).std())
    both = [weights, weights[::-1]]
    mean = np.mean([softmax_scores(w, loadings, 20) for w in both], axis=0)
    np.testing.assert_allclose(averaged(both, loadings, 20), mean)


def test_all_tables_of_a_puck(planted):
    W, density, cluster = planted
    rng = np.random.default_rng(2)
    H = np.zeros((6, 12))
    H[np.arange(6), np.arange(6)] = 5
    H += rng.gamma(1, 0.1, H.shape)
    obs = pd.DataFrame({"cluster": cluster, "density_observed": density}, index=[f"b{i}" for i in range(len(W))])
    obs["density_shuffled"] = rng.permutation(density)
    beads = anndata.AnnData(sparse.csr_matrix((len(W), 12), dtype=np.float32), obs=obs)
    beads.var_names = [f"g{i}" for i in range(12)]
    tables = run_all({6: (W, H), 3: (W[:, :3], H[:3])}, beads, SETTINGS)
    assert list(tables["ranking"].columns) == COLUMNS
    kinds = tables["ranking"].groupby("method")["positions"].unique().map(list).to_dict()
    assert set(kinds) == {"schema", "schema_3", "granule_only", "equal_weights"}
    assert all(positions == ["observed", "shuffled"] for positions in kinds.values())
    of = tables["ranking"].query("positions == 'observed'").pivot(index="gene", columns="method", values="score")
    assert set(of["schema"].nlargest(2).index) == {"g0", "g1"}
    assert of.loc["g0", "schema"] > of.loc["g0", "granule_only"] + 0.1  # density raises it
    expected = H.mean(axis=0)
    np.testing.assert_allclose(of["equal_weights"].loc[list(beads.var_names)], expected / expected.std())
    loading = tables["loadings"].query("method == 'schema' and positions == 'observed'").set_index("barcode")["loading"]
    dense_granule = (cluster == 1) & (density > 5)
    assert loading[dense_granule].mean() > loading[~dense_granule].mean() + 1
    assert len(tables["runs"]) == 2 * 2 * 4


def test_the_released_package_finds_the_same_factor(planted):
    W, density, cluster = planted
    settings = SETTINGS | {"pairs": 20_000, "density_weights": [50], "correlation_shares": [0.6]}
    (weights,) = released_ensemble(W, density, cluster, settings)
    covariances = covariances_of(W, density, cluster, 1, [2, 3])
    _, exact = next(iter(sub_runs(covariances, [50], [0.6], -1)))
    assert weights.argmax() == exact.argmax() == 0
    # its best grid point is no better than the optimum at the correlation that it reaches
    reached, modalities = covariances.correlations(weights)
    share = reached / max_correlation(covariances)
    (run, _), *_ = sub_runs(covariances, [50], [min(share, 0.999)], -1)
    assert np.dot([50, -1, -1], modalities) <= run["objective"] + 1e-6
