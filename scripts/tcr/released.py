"""The authors' released package on the features of Figure 5."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder

from baselines.schema_learn import run_schema_learn


def released_weights(
    features: np.ndarray,
    ligands: pd.Series | np.ndarray,
    *,
    s: float,
    q: float,
    pairs: int,
    labels: bool,
    sign: int = 1,
) -> np.ndarray:
    """Weights (k,), mean 1, for features (n, k) and ligand labels (n,).

    labels : the features are labels (compared by agreement), not numbers
    sign : 1 to agree with binding, -1 to disagree
    """
    binding = OneHotEncoder(sparse_output=False).fit_transform(np.asarray(ligands).reshape(-1, 1))
    options = {"min_correlation": s, "max_weight_ratio": q, "pairs": pairs, "labels": labels}
    model = run_schema_learn(features, [binding], ["feature_vector"], [sign], require_nonzero_lambda=1, **options)
    return model.feature_weights()
