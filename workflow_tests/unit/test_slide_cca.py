"""CCA by sparse least squares is scikit-learn's dense CCA, and where it has nothing left to choose."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.cross_decomposition import CCA

from slide_seq.expression import scaled
from slide_seq.methods.cca import canonical_scores, one_step, rank_all, two_step


def expression_of(n_beads, n_genes, seed=0):
    return scaled(sparse.csr_matrix(np.random.default_rng(seed).poisson(0.6, (n_beads, n_genes)), dtype=np.float32))


def dense_scores(expression, target):
    model = CCA(1, scale=True).fit(expression.toarray(), target)
    scores = model.transform(expression.toarray())[:, 0]
    return scores * np.sign(np.corrcoef(scores, target)[0, 1])


@pytest.mark.parametrize(("n_beads", "n_genes"), [(300, 60), (200, 150), (60, 200)])
def test_the_same_scores_as_dense_cca(n_beads, n_genes):
    expression = expression_of(n_beads, n_genes)
    target = np.random.default_rng(1).normal(size=n_beads) + expression.toarray()[:, :5].sum(axis=1)
    ours, dense = canonical_scores(expression, target), dense_scores(expression, target)
    assert np.corrcoef(ours, dense)[0, 1] == pytest.approx(1, abs=1e-6)


def test_more_genes_than_beads_leave_nothing_to_choose():
    """The scores are the target itself, be it noise: the ranking is then each gene's covariance with the target."""
    expression, noise = expression_of(60, 200), np.random.default_rng(2).normal(size=60)
    assert np.corrcoef(canonical_scores(expression, noise), noise)[0, 1] == pytest.approx(1, abs=1e-9)
    fewer = np.corrcoef(
        canonical_scores(expression_of(400, 40), np.random.default_rng(2).normal(size=400)),
        np.random.default_rng(2).normal(size=400),
    )
    assert fewer[0, 1] < 0.6


def test_two_steps_are_the_mean_of_standardised_scores():
    expression, rng = expression_of(150, 40), np.random.default_rng(3)
    density, granule = rng.gamma(2, size=150), rng.random(150) < 0.4
    both = [dense_scores(expression, target) for target in (density, granule.astype(float))]
    expected = np.mean([(scores - scores.mean()) / scores.std() for scores in both], axis=0)
    loading = two_step(expression, density, granule)
    assert np.linalg.norm(loading) == pytest.approx(1)
    np.testing.assert_allclose(loading, expected / np.linalg.norm(expected), atol=1e-5)
    one = one_step(expression, density)
    np.testing.assert_allclose(one, both[0] / np.linalg.norm(both[0]), atol=1e-5)


def test_the_sign_follows_the_target():
    expression = expression_of(100, 30)
    target = expression.toarray()[:, 0]
    for sign in (1, -1):
        assert np.corrcoef(canonical_scores(expression, sign * target), sign * target)[0, 1] > 0


def test_constant_targets_are_refused():
    with pytest.raises(ValueError, match="the same for every bead"):
        canonical_scores(expression_of(20, 5), np.ones(20))
    with pytest.raises(ValueError, match="no gene follows"):
        canonical_scores(sparse.csr_matrix(np.ones((20, 5))), np.arange(20.0))


def test_rankings_of_a_puck():
    rng = np.random.default_rng(4)
    counts = rng.poisson(1.0, (300, 50))
    granule = rng.random(300) < 0.5
    density = rng.gamma(2, size=300)
    counts[:, 7] = rng.poisson(0.2 + 3 * granule * (density > 2))
    columns = {"granule": granule}
    for positions, order in (("observed", np.arange(300)), ("shuffled", rng.permutation(300))):
        columns |= {f"density_{positions}": density[order], f"granule_density_{positions}": density[order]}
    obs = pd.DataFrame(columns, index=[f"b{i}" for i in range(300)])
    beads = anndata.AnnData(sparse.csr_matrix(counts, dtype=np.float32), obs=obs)
    beads.var_names = [f"g{i}" for i in range(50)]
    rankings, loadings = rank_all(beads)
    assert set(rankings["method"]) == set(loadings["method"]) == {"cca", "cca_one_step"}
    top = rankings.query("method == 'cca' and positions == 'observed'").set_index("gene")["score"]
    assert top.idxmax() == "g7"
    expression = scaled(beads.X)
    np.testing.assert_allclose(top, expression.T @ two_step(expression, density, granule), rtol=1e-6)
