"""Whatever is given is fitted, or refused in one line with an exception of the core."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from core_problems import INF, RNG, N, X, Y
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.preprocessing import FunctionTransformer

from schema_core import (
    InvalidInput,
    Modality,
    Moments,
    Schema,
    SchemaError,
    SchemaWarning,
    max_correlation,
    pairs_for_error,
    sampled_covariances,
    solve,
)

NAN = np.where(np.isinf(INF), np.nan, Y)
LABELS = RNG.choice(["a", "b", "c"], N)


def fails(*_):
    raise ZeroDivisionError("division\nby zero")


ODD = {  # what somebody may pass for a table; most of it cannot be used
    "numbers": X,
    "vector": Y,
    "labels": LABELS,
    "sparse": sparse.csr_matrix(X * (X > 0)),
    "frame": pd.DataFrame(X, columns=list("abc")),
    "categorical": pd.Series(pd.Categorical(LABELS)),
    "inf": INF,
    "partly nan": np.column_stack([NAN, Y]),
    "all nan": np.full((N, 2), np.nan),
    "constant": np.ones((N, 2)),
    "one row": X[:1],
    "two rows": X[:2],
    "no rows": X[:0],
    "no columns": X[:, :0],
    "short": X[:-1],
    "huge": X * 1e200,
    "tiny": X * 1e-200,
    "large": X * 1e80,
    "integers": (X * 10).astype(np.int8),
    "text": LABELS[:, None],
    "objects": np.array([[object()]] * N),
    "dictionaries": [{"a": 1}] * N,
    "ragged": [[1], [1, 2]] * (N // 2),
    "nested": [[[1, 2]]] * N,
    "cube": np.zeros((N, 2, 2)),
    "complex": X * 1j,
    "dates": pd.date_range("2020", periods=N),
    "intervals": pd.cut(Y, 3),
    "tuples": pd.Series([("a", 1), (1, "a")] * (N // 2)),
    "strings": pd.Series(["a", pd.NA] * (N // 2), dtype="string"),
    "nan": NAN,
    "masked": np.ma.masked_invalid(NAN),
    "identity": np.eye(N),
    "none": None,
    "word": "age",
    "number": 3,
    "mapping": {"age": Y},
    "generator": (one for one in [1.0]),
    "AnnData": AnnData(X),
    "empty AnnData": AnnData(obs=pd.DataFrame(index=[str(i) for i in range(N)])),
    "list of none": [Y, None],
    "list of words": [Y, "categorical"],
    "empty list": [],
}
SETTINGS = [
    {},
    {"features": "categorical"},
    {"solver": "grid"},
    {"pairs": 50},
    {"min_correlation": 0.0, "max_weight_ratio": 1.0},
    {"basis": "pca", "n_components": 2},
    {"basis": "nmf", "n_components": 2},
    {"basis": FunctionTransformer(fails)},
]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(ODD)),
    st.sampled_from(sorted(ODD)),
    st.sampled_from([*sorted(ODD)] + ["none"] * 9),
    st.sampled_from(SETTINGS),
    st.sampled_from([None, "numeric", "vector", "categorical", "categories"]),
)
def test_whatever_is_given_is_fitted_or_refused_in_one_line(x, y, reference, parameters, kind):
    model = Schema(**parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", SchemaWarning)
        try:
            modality = ODD[y] if kind is None else Modality(ODD[y], kind)
            model.fit(ODD[x], modality, ODD[reference])
        except SchemaError as error:
            said = str(error)
            assert "\n" not in said
            assert 10 < len(said) < 400
            assert set(vars(model)) == set(model.get_params(deep=False))
            return
    assert np.isfinite(model.weights_).all()
    assert model.weights_.mean() == pytest.approx(1)
    assert model.transform(ODD[x]).shape[0] == ODD[x].shape[0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Modality(Y, weight="2"), "weight='2'"),
        (lambda: Modality(Y, weight=np.inf), "weight=inf"),
        (lambda: Modality(Y, kind="ordinal"), "kind='ordinal'"),
        (lambda: Modality(Y, kernel=2), "kernel=2"),
        (lambda: Schema().fit_moments(Moments.from_arrays(X, Y), [np.nan]), "weights .*nan.* not finite"),
        (lambda: Schema().fit_moments(Moments.from_arrays(X, Y), ["one"]), "no numbers"),
        (lambda: Schema().fit_moments(Moments.from_arrays(X, Y), [1.0, 2.0]), "2 modality weights for 1"),
        (lambda: Schema().fit_moments(Y), "moments are of type ndarray"),
        (lambda: Schema().fit(X, Modality(Y, distance=fails)), "its distance failed with .* division by zero"),
        (lambda: Schema().fit(X, Modality(Y, kernel=fails)), r"its kernel failed with ZeroDivisionError"),
        (lambda: Schema().fit(X, Modality(sparse.csr_matrix(X), distance=lambda a, b: a)), "its distance failed"),
        (lambda: Schema(basis=FunctionTransformer(fails)).fit(X, Y), "basis .* failed with ZeroDivisionError"),
        (lambda: Schema(random_state="x", pairs=50).fit(X, Y), "random_state='x'"),
        (lambda: Schema(pairs=2.5).fit(X, Y), "pairs=2.5"),
        (lambda: sampled_covariances(X, Y, n_pairs="all"), "pairs='all'|pairs=.all"),
        (lambda: Moments.from_chunks([]), "chunks is empty"),
        (lambda: Moments.from_arrays(X, Y) + Moments.from_arrays(X, Modality(LABELS, "categorical")), "be added"),
        (lambda: solve(Moments.from_arrays(X, Y).covariances(), [1.0], min_correlation="0.9"), "min_correlation='0.9'"),
        (lambda: max_correlation(Moments.from_arrays(X, Y).covariances(), max_weight_ratio=0), "max_weight_ratio=0"),
        (lambda: pairs_for_error(0, 0.9, 2), "error=0"),
        (lambda: Schema().fit(X, Y).ensemble(0.9), "min_correlations=0.9"),
        (lambda: Schema().fit(X, Y).ensemble([]), "min_correlations="),
        (lambda: Schema().fit(X, Y).ensemble([0.9, 1.5]), "min_correlation=1.5"),
        (lambda: Schema().fit(X, Y).ensemble([0.9], [0.1]), "max_weight_ratio=0.1"),
        (lambda: Schema(basis=PCA(2)).fit(X, Y).gene_scores("mean"), "style='mean'"),
        (lambda: Schema().fit(X, Y).transform(X[:, :2]), "2 features, but Schema is expecting 3"),
        (lambda: Schema().fit(X, Y).transform(np.where(X > 1, np.nan, X)), "X holds nan at row"),
        (lambda: Schema().fit(X, Y).transform(Y), "1 dimension"),
        (lambda: Schema().fit(X[:2], Y[:2]), "2 rows, hence 1 pair"),
    ],
)  # fmt: skip
def test_each_failure_names_what_failed(call, words):
    with pytest.raises(SchemaError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_errors_keep_their_kinds():
    """As scikit-learn and callers of the first version know them."""
    assert issubclass(SchemaError, ValueError)
    with pytest.raises(TypeError):
        Schema().fit(np.array([[{}]] * N), Y)
    with pytest.raises(InvalidInput):
        Schema().fit(LABELS[:, None], Y)
