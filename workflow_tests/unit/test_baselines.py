"""The released package, as every part runs it."""

import numpy as np
import pytest
from cvxopt import solvers

from baselines.schema_learn import run_schema_learn


@pytest.mark.parametrize("fails", [False, True])
def test_the_released_package_weighs_features_and_leaves_seed_solver_and_output_alone(capsys, monkeypatch, fails):
    features = np.random.default_rng(0).standard_normal((300, 4))
    monkeypatch.setattr(solvers, "options", {"show_progress": False, "maxiters": 77})
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    modalities = [features[:, 1], features[:, 1:2] * np.nan] if fails else [features[:, 1]]
    kinds = ["numeric", "feature_vector"][: len(modalities)]
    limits = {"min_correlation": 0.9, "max_weight_ratio": 1000, "pairs": 5000}
    if fails:
        with pytest.raises(ValueError, match="NaN"):
            run_schema_learn(features, modalities, kinds, [1, 1], **limits)
    else:
        weights = run_schema_learn(features, modalities, kinds, [1], **limits).feature_weights()
        assert weights.argmax() == 1
        assert weights.mean() == pytest.approx(1)
    assert capsys.readouterr().out == ""
    assert solvers.options == {"show_progress": False, "maxiters": 77}
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
