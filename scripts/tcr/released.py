"""The authors' released package, schema_learn 0.2, unmodified, in its mode "scale", on the features of Figure 5.

It samples pairs, solves its grid of programs with cvxopt, and counts agreement for labels. Its Hamming counterpart is
reached from outside: agreement with the modality's weight -1 is the same program as disagreement with weight 1.
"""

import contextlib
import io
import logging

import numpy as np
import pandas as pd
from schema.schema_qp import SchemaQP
from sklearn.preprocessing import OneHotEncoder

logger = logging.getLogger(__name__)


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
    """Weights (k,), mean 1, of the released package for features (n, k) and ligand labels (n,).

    labels : the features are labels (compared by agreement), not numbers
    sign : 1 to agree with binding, -1 to disagree
    """
    binding = OneHotEncoder(sparse_output=False).fit_transform(np.asarray(ligands).reshape(-1, 1))
    options = {"dist_npairs": pairs, "require_nonzero_lambda": 1, "d0_type_is_feature_vector_categorical": int(labels)}
    model = SchemaQP(s, mode="scale", params=options)
    model.reset_maxwt_param(q)
    chatter = io.StringIO()
    with contextlib.redirect_stdout(chatter):
        model.fit(features, [binding], ["feature_vector"], [sign])
    logger.info("schema_learn at q=%g: %s", q, " ".join(chatter.getvalue().split()))
    return model.feature_weights()
