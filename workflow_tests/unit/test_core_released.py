"""The examples of the released package's documentation that run, beside ours: small data in place of its downloads."""

import numpy as np
import pytest
from schema.schema_qp import SchemaQP

from baselines.schema_learn import _left_as_found
from schema_core import Modality, Schema, gene_scores

N, K = 90, 5
RNG = np.random.default_rng(11)
GENES = RNG.gamma(2.0, size=(N, K)) * [1, 2, 0.5, 1, 1.5]
ATAC = GENES[:, :2] @ RNG.normal(size=(2, 4)) + RNG.normal(size=(N, 4))
BATCH = (GENES[:, 2] + 0.3 * RNG.normal(size=N) > 1).astype(int)
AGE = GENES[:, 3] + RNG.normal(size=N)
EXAMPLES = {
    "agree with ATAC, not with batch": ([ATAC, BATCH], ["feature_vector", "categorical"], [1, -1]),
    "three modalities": ([BATCH, AGE, ATAC], ["categorical", "numeric", "feature_vector"], [1, 1, 1]),
    "ATAC alone": ([ATAC], ["feature_vector"], [1]),
}
KINDS = {"feature_vector": "vector", "categorical": "categorical", "numeric": "numeric"}


def released(s, mode, example, *, params=None, **options):
    """Its fitted model, over every pair."""
    model = SchemaQP(s, mode, {"dist_npairs": None, "d0_type_is_feature_vector_categorical": 0} | (params or {}))
    with _left_as_found():
        model.fit(GENES, *example, **options)
    return model


def given(example):
    return [Modality(values, KINDS[kind], weight) for values, kind, weight in zip(*example, strict=True)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_answered_at_least_as_well(name):
    """Its weights are judged as it judges them, and ours are not worse."""
    theirs = released(0.9, "scale", EXAMPLES[name])
    ours = Schema(min_correlation=0.9).fit(GENES, given(EXAMPLES[name]))
    kept, before, after = theirs.get_start_end_dist_correlations()
    ours_kept, ours_after = ours.covariances_.correlations(theirs.feature_weights())
    assert ours_kept == pytest.approx(kept, abs=1e-6)
    np.testing.assert_allclose(ours_after, after, atol=1e-6)
    np.testing.assert_allclose(ours.modality_correlations_[0], before, atol=1e-6)
    gamma = np.array(EXAMPLES[name][2], float)
    assert ours_after @ gamma <= ours.objective_ + 1e-8 < ours_after @ gamma + 0.05


def test_its_whitened_components_and_scores_of_genes_are_ours():
    """Its NMF does not run (scikit-learn has no alpha any more); PCA does, whitened by default."""
    theirs = released(
        0.9, "affine", EXAMPLES["ATAC alone"], params={"decomposition_model": "pca", "num_top_components": 3}
    )
    ours = Schema(min_correlation=0.9, basis="pca", n_components=3, whiten=True).fit(GENES, ATAC)
    kept, _, after = theirs.get_start_end_dist_correlations()
    found = ours.covariances_.correlations(theirs._wts)
    assert found[0] == pytest.approx(kept, abs=1e-6)
    assert found[1] == pytest.approx(after, abs=1e-6)
    assert found[1][0] <= ours.objective_ + 1e-8
    components = theirs._decomp_mdl.components_
    np.testing.assert_allclose(np.abs(ours.basis_.components_), np.abs(components), atol=1e-8)
    for style, name in (
        ("softmax-raised", "softmax-avg"),
        ("top-loading", "top-k-loading"),
        ("top-rank", "top-k-rank"),
    ):
        scores = gene_scores(theirs._wts, components, style, 2)
        np.testing.assert_allclose(scores, theirs.feature_weights(name, 2), rtol=1e-9, err_msg=style)


def test_a_transform_of_the_reference_is_its_own():
    """Correlations are shares of that of plain distances. Of √, since it divides distances by a size of its own."""
    theirs = released(0.95, "scale", EXAMPLES["ATAC alone"], d0_dist_transform=np.sqrt)
    reference = Modality(GENES, "vector", kernel=np.sqrt)
    ours = Schema(min_correlation=0.95).fit(GENES, ATAC, reference)
    kept, _, after = theirs.get_start_end_dist_correlations()
    found = ours.covariances_.correlations(theirs.feature_weights())
    assert found[0] == pytest.approx(kept, abs=1e-6)
    assert after[0] <= ours.objective_ + 1e-8
    assert ours.reference_correlation_ == pytest.approx(0.95, abs=1e-6)
    with pytest.raises(ValueError, match=r"reference: its kernel turns distances round"):
        Schema().fit(GENES, ATAC, Modality(GENES, "vector", kernel=lambda d: -d))


def test_its_kernels_of_modalities_are_ours():
    theirs = released(0.9, "scale", EXAMPLES["ATAC alone"], secondary_data_dist_kernels=[np.sqrt])
    ours = Schema(min_correlation=0.9).fit(GENES, Modality(ATAC, "vector", kernel=np.sqrt))
    after = theirs.get_start_end_dist_correlations()[2]
    assert ours.covariances_.correlations(theirs.feature_weights())[1] == pytest.approx(after, abs=1e-6)
    assert after[0] <= ours.objective_ + 1e-8
