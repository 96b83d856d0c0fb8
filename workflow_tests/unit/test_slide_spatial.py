"""Statistics of spatial variation against closed forms, brute force, spatstat, and the original SpatialDE."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import chi2, kstest
from sklearn.neighbors import kneighbors_graph

from slide_seq.methods import morans_i, spark_x, spatialde
from slide_seq.methods.trendsceek import TESTS, curves, deviations, pair_weights, trend_scores


def beads_of(counts):
    data = anndata.AnnData(sparse.csr_matrix(counts, dtype=np.float32))
    data.var_names = [f"g{i}" for i in range(data.n_vars)]
    return data


# Values of SpatialDE 1.1.3 with NaiveDE 1.2.0 on the counts below, run on NumPy 2.3.5 and SciPy 1.17.1 with
# scipy.misc.derivative and the NumPy names that SciPy once had put back. p-values follow from these ratios.
ORIGINAL = [20.25247, 0.83536004, 33.897687, 0.0031512885, 26.377535, 0.22152551]


def test_spatialde_gives_the_original_releases_likelihood_ratios():
    rng, n = np.random.default_rng(5), 80
    places = rng.uniform(0, 100, (n, 2))
    total = rng.poisson(400, n) + 50
    rate = np.array([5, 2, 8, 1, 4, 3.0])[:, None] * np.ones((6, n))
    rate[0] *= 1 + 0.8 * np.sin(places[:, 0] / 10)
    rate[2] *= np.where(places[:, 1] > 50, 2, 0.6)
    rate[4] *= np.exp(-((places - 50) ** 2).sum(1) / 800) * 3 + 0.2
    counts = pd.DataFrame(rng.poisson(rate * total / 400).T)
    info = pd.DataFrame({"total": total})
    stabilised = spatialde.SpatialDE.stabilize(counts.T)
    residual = spatialde.SpatialDE.regress_out(info, stabilised, "np.log(total)").T
    with np.errstate(divide="ignore"):  # in SpatialDE: a flat likelihood has no curvature
        found = spatialde.SpatialDE.run(places, residual).groupby("g")["LLR"].max()
    np.testing.assert_allclose(found, ORIGINAL, rtol=1e-4)


def test_spatialde_ranks_a_planted_gene_first_and_leaves_out_what_is_not_seen():
    rng = np.random.default_rng(6)
    places = rng.uniform(0, 100, (70, 2))
    counts = rng.poisson(4, (70, 6))
    counts[:, 2] = rng.poisson(np.where(places[:, 0] > 50, 12, 1))
    counts[:, 5] = 0
    with np.errstate(divide="ignore"):
        score = spatialde.likelihood_ratios(beads_of(counts), places)
    assert np.nanargmax(score) == 2
    assert np.isnan(score[5])


# 60 marked points, and spatstat.explore 3.0.6 (R 4.2.2) on them:
#   P <- ppp(x, y, window = owin(range(x), range(y)), marks = m)
#   Emark(P, r = seq(0, 20, length.out = 513), correction = "translate", method = "density", bw = 1.5,
#         kernel = "epanechnikov")$trans     # likewise Vmark, markcorr, markvario; at r = 5, 10, 15
# Each triple is x, y, m. spatstat bins distances before it smooths them, hence the tolerance.
SPATSTAT = {
    "emark": [2.3133992, 2.4629255, 2.2823463],
    "vmark": [0.69402498, 0.72552113, 0.63395754],
    "markcorr": [1.0164666, 1.13184074, 0.96908988],
    "markvario": [0.21037934, 0.29370725, 0.27958717],
}
POINTS = """
26.551 73.03 3.0403  37.212 23.488 2.8686  57.285 36.725 1.7917  90.821 26.592 2.6659  20.168 52.07 4.1307
89.839 20.641 3.1652  94.468 38.284 2.1575  66.08 61.305 1.2412  62.911 6.74 1.1574  6.179 70.026 2.5763
20.597 27.126 3.7631  17.656 67.155 3.3308  68.702 27.735 2.3884  38.41 26.702 2.7419  76.984 38.108 1.591
49.77 71.376 2.2338  71.762 69.147 1.0322  99.191 31.199 3.4655  38.004 62.186 2.9733  77.745 76.849 1.9006
93.471 34.773 2.5651  21.214 57.001 3.6606  65.167 32.0 2.1171  12.556 26.028 3.2602  26.722 60.567 3.2016
38.611 16.215 3.0594  1.339 56.89 2.2196  38.239 9.735 2.8989  86.969 19.639 1.6654  34.035 11.464 2.9893
48.208 19.17 2.0331  59.957 4.715 1.3114  49.354 51.383 2.0263  18.622 70.102 3.8962  82.737 62.313 1.5638
66.847 63.785 1.2571  79.424 36.422 1.3547  10.794 32.807 3.2835  72.371 64.87 2.353  41.127 48.395 2.4874
82.095 52.378 2.4255  64.706 28.256 1.3613  78.293 21.621 1.5075  55.304 79.415 2.2676  52.972 50.679 2.5377
78.936 17.057 1.1661  2.333 10.35 2.2177  47.723 38.249 2.6698  73.231 73.926 1.3737  69.273 47.901 1.2224
47.762 78.094 1.9922  86.121 58.543 1.5912  43.81 28.538 2.3687  24.48 34.518 3.116  7.068 11.857 2.8255
9.947 1.046 3.4706  31.627 57.245 3.3498  51.863 8.255 1.6994  66.201 35.703 1.1336  40.683 51.208 4.046
"""


def marked_points():
    table = np.array([float(number) for number in POINTS.split()]).reshape(-1, 3)
    return table[:, :2], table[:, 2:]


def test_curves_are_spatstats():
    places, marks = marked_points()
    found = curves(pair_weights(places, np.array([5.0, 10.0, 15.0]), 1.5), marks)
    for test in TESTS:
        np.testing.assert_allclose(found[test][:, 0], SPATSTAT[test], rtol=1e-3)


def test_curves_are_the_sums_over_pairs():
    rng = np.random.default_rng(7)
    places, marks = rng.uniform(0, 10, (25, 2)), rng.gamma(2, size=(25, 3))
    radii, bandwidth = np.array([1.5, 3.0]), 0.4
    found = curves(pair_weights(places, radii, bandwidth), marks)
    sides = np.ptp(places, axis=0)
    for i, radius in enumerate(radii):
        total, first, square, product, half = 0.0, 0.0, 0.0, 0.0, 0.0
        for a in range(25):
            for b in range(25):
                if a != b:
                    gap = np.abs(places[a] - places[b])
                    kernel = max(1 - ((np.hypot(*gap) - radius) / (np.sqrt(5) * bandwidth)) ** 2, 0)
                    weight = kernel * sides.prod() / (sides - gap).prod() if kernel else 0.0
                    total += weight
                    first += weight * marks[a]
                    square += weight * marks[a] ** 2
                    product += weight * marks[a] * marks[b]
                    half += weight * (marks[a] - marks[b]) ** 2 / 2
        np.testing.assert_allclose(found["emark"][i], first / total)
        np.testing.assert_allclose(found["vmark"][i], square / total - (first / total) ** 2)
        np.testing.assert_allclose(found["markcorr"][i], product / total / marks.mean(axis=0) ** 2)
        np.testing.assert_allclose(found["markvario"][i], half / total)


def test_no_pair_at_a_distance_is_an_error():
    with pytest.raises(ValueError, match="no two points are 50 apart"):
        pair_weights(np.array([[0.0, 0], [1, 2], [2, 1]]), np.array([50.0]), 1.0)


def test_trendsceek_is_even_on_noise_and_finds_a_patch():
    rng = np.random.default_rng(8)
    places, marks = rng.uniform(0, 100, (80, 2)), rng.gamma(2, size=(80, 150))
    found = deviations(places, marks, 99, rng)
    for test in TESTS:
        p = (found[test] >= found[test][0]).mean(axis=0)  # Monte Carlo, the observed deviations first
        assert p.min() >= 0.01
        assert kstest(p, "uniform").pvalue > 1e-4
    places, marks = rng.uniform(0, 100, (250, 2)), rng.gamma(2, size=(250, 30))
    centre = ((places - 50) ** 2).sum(axis=1) < 25**2
    marks[:, 4] = rng.gamma(2, size=250) * np.where(centre, 4, 1)
    scores = trend_scores(places, marks, 99, rng)
    assert scores.argmax() == 4
    assert scores[4] > 2 * np.delete(scores, 4).max()


def test_morans_i_is_its_formula():
    rng = np.random.default_rng(9)
    places, counts = rng.uniform(0, 10, (40, 2)), rng.poisson(3, (40, 4))
    counts[:, 3] = 0
    beads = beads_of(counts)
    score = morans_i.autocorrelation(beads, places)
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.diag(np.full(40, np.inf))
    near = distance <= np.sort(distance, axis=1)[:, [morans_i.NEIGHBOURS - 1]]
    graph = (near | near.T).astype(float)
    values = np.log1p(100 * counts / counts.sum(axis=1, keepdims=True))[:, :3]
    z = values - values.mean(axis=0)
    expected = 40 / graph.sum() * np.einsum("ig,ij,jg->g", z, graph, z) / (z**2).sum(axis=0)
    np.testing.assert_allclose(score[:3], expected, rtol=1e-10)
    assert np.isnan(score[3])


@pytest.mark.slow  # twenty seconds of compilation
def test_morans_i_is_scanpys():
    import scanpy

    rng = np.random.default_rng(11)
    values = sparse.random(300, 40, density=0.1, random_state=rng, format="csr")
    graph = kneighbors_graph(rng.uniform(0, 10, (300, 2)), 6)
    graph = graph.maximum(graph.T).tocsr()
    found = morans_i.morans_i(graph, values)
    np.testing.assert_allclose(found, scanpy.metrics.morans_i(graph, values.T.tocsr()), rtol=1e-10)


def test_spark_x_is_the_trace_of_centred_kernels():
    """T = n tr(H E H S) with E = y (y'y)^-1 y' and S = X (X'X)^-1 X'; its null is a mixture of chi-squares."""
    rng = np.random.default_rng(10)
    n = 50
    places, y = rng.uniform(0, 9, (n, 2)), rng.poisson(2, n).astype(float)
    for pair in spark_x.kernel_coordinates(places):
        centring = np.eye(n) - 1 / n
        expression = centring @ (np.outer(y, y) / (y @ y)) @ centring
        space = pair @ np.linalg.inv(pair.T @ pair) @ pair.T
        statistic = n * np.trace(expression @ space)
        eigenvalue = np.linalg.eigvalsh(expression).max()  # times two eigenvalues of 1 of the space
        expected = chi2.sf(statistic / eigenvalue, df=2)
        r2 = spark_x.explained(sparse.csr_matrix(y[:, None]), pair)[0]
        assert np.exp(-0.5 * n * r2) == pytest.approx(expected, rel=1e-9)


def test_cauchys_rule():
    p = np.array([[0.2, 0.01], [0.7, 0.5], [0.9, 0.03]])
    statistic = np.tan((0.5 - p) * np.pi).mean(axis=0)
    np.testing.assert_allclose(spark_x.combined(np.log(p)), np.log(0.5 - np.arctan(statistic) / np.pi))
    # far beyond what a number can hold, and continuous where the rule changes
    assert spark_x.combined(np.array([[-2000.0], [-3.0]]))[0] == pytest.approx(-2000 + np.log(2))
    around = spark_x.combined(np.array([[-599.9, -600.1], [-1.0, -1.0]]))
    assert around[0] - around[1] == pytest.approx(0.2, abs=1e-6)
    assert spark_x.combined(np.array([[-30.0], [-31.0]]))[0] == pytest.approx(np.log(2 / (np.exp(30) + np.exp(31))))


def test_spark_x_is_even_on_noise_and_finds_a_gradient():
    rng = np.random.default_rng(11)
    places, counts = rng.uniform(0, 100, (400, 2)), rng.poisson(1.0, (400, 300))
    counts[:, 7] = rng.poisson(places[:, 0] / 50)
    counts[:, 8] = 0
    score = spark_x.significance(beads_of(counts), places)
    assert np.nanargmax(score) == 7
    assert np.isnan(score[8])
    noise = 10 ** -np.delete(score, [7, 8])
    assert 0.02 <= (noise < 0.05).mean() <= 0.09
