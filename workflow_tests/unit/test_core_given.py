"""Names and objects: nothing is taken silently that does not go together, or that an AnnData does not hold."""

import warnings

import mudata
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData, read_h5ad
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone

from schema_core import InvalidInput, Modality, Moments, Schema, sampled_covariances

N, GENES = 60, ["Actb", "Gapdh", "Cd4", "Cd8a"]
RNG = np.random.default_rng(6)
X = RNG.normal(size=(N, 4))
AGE = X[:, 0] + 0.3 * RNG.normal(size=N)
NAMES = [f"cell{i}" for i in range(N)]
MODEL = Schema(min_correlation=0.5)
FRAME = pd.DataFrame(X, index=NAMES, columns=GENES)


def cells(matrix=X):
    obs = pd.DataFrame({"age": AGE, "type": pd.Categorical(AGE > 0)}, index=NAMES)
    data = AnnData(matrix, obs=obs, var=pd.DataFrame(index=GENES))
    data.obsm["protein"] = pd.DataFrame(X[:, :2], index=NAMES, columns=["CD3", "CD19"])
    return data


def fits(X, modality, reference=None):
    """Every way in."""
    yield lambda: clone(MODEL).fit(X, modality, reference)
    if not isinstance(X, AnnData):
        yield lambda: Moments.from_arrays(X, modality, reference)
        yield lambda: sampled_covariances(X, modality, reference, n_pairs=500)


# --- rows -------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(N)), st.sampled_from(["X", "modality", "second", "reference"]), st.booleans())
def test_rows_in_another_order_are_refused_and_in_the_same_taken(order, where, annotated):
    base = cells() if annotated else FRAME
    age, protein = pd.Series(AGE, index=NAMES), pd.DataFrame(X[:, :2], index=NAMES)
    other = list(order)
    parts = {"X": base, "modality": age, "second": protein, "reference": age}
    parts[where] = (
        base[other] if where == "X" and annotated else parts[where].iloc[other] if where != "X" else base.iloc[other]
    )
    for fit in fits(parts["X"], [parts["modality"], Modality(parts["second"])], parts["reference"]):
        if other == sorted(other):
            fit()
            continue
        first = next(i for i, row in enumerate(other) if i != row)
        with pytest.raises(InvalidInput, match=rf"row {first} is 'cell\d+' in .* and 'cell\d+' in .*(reindex|loc)"):
            fit()


@pytest.mark.parametrize(
    ("X_index", "index", "differs"),
    [
        (None, NAMES, False),  # pandas' default says nothing beside names
        (NAMES, None, False),
        (None, range(N), False),
        (None, range(N - 1, -1, -1), True),  # but whole numbers beside it do
        (range(100, 100 + N), None, True),
        (range(100, 100 + N), range(100, 100 + N), False),
        (NAMES, [*NAMES[:-1], "other"], True),
        (pd.MultiIndex.from_arrays([NAMES, NAMES]), pd.MultiIndex.from_arrays([NAMES, NAMES[::-1]]), True),
        ([1.0, np.nan] * (N // 2), [1.0, np.nan] * (N // 2), False),
    ],
)
def test_what_is_compared(X_index, index, differs):
    table, age = pd.DataFrame(X, index=X_index), pd.Series(AGE, index=index)
    for fit in fits(table, age):
        if differs:
            with pytest.raises(InvalidInput, match=r"row (0|59) is"):
                fit()
        else:
            fit()
    for fit in fits(X, age):  # an array has no names
        fit()


def test_two_modalities_that_differ_are_refused_beside_an_array():
    age = pd.Series(AGE, index=NAMES)
    with pytest.raises(InvalidInput, match=r"row 0 is 'cell0' in modalities\[0\] and 'cell59' in modalities\[1\]"):
        MODEL.fit(X, [age, age[::-1]])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([AGE, None], r"modalities\[1\] is None"),
        ((AGE, "categorical"), r"modalities\[1\] is 'categorical', no table"),
        ([AGE, AGE[:5]], r"modalities\[1\] has 5 rows, X has 60"),
        (list(X), r"modalities\[0\] has 4 rows, X has 60"),
        ([AGE.tolist()], r"modalities\[0\] has 1 rows, X has 60"),
        ([AGE, 3.0], r"modalities\[1\] is 3.0, no table"),
    ],
)
def test_lists_that_are_no_lists_of_modalities(given, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        MODEL.fit(X, given)
    assert len(str(caught.value)) < 150


def test_a_list_of_rows_is_one_table():
    plain = clone(MODEL).fit(X, X[:, :2])
    for rows in (X[:, :2].tolist(), tuple(map(tuple, X[:, :2]))):
        np.testing.assert_array_equal(clone(MODEL).fit(X, rows).weights_, plain.weights_)


# --- features ---------------------------------------------------------------------------------------------------


def test_genes_of_an_anndata_have_names_and_an_order():
    fitted, data = clone(MODEL).fit(cells(), AGE), cells()
    assert fitted.get_feature_names_out().tolist() == fitted.feature_names_in_.tolist() == GENES
    np.testing.assert_array_equal(fitted.transform(data), X * np.sqrt(fitted.weights_))
    np.testing.assert_array_equal(fitted.transform(FRAME), fitted.transform(data))
    for wrong in (data[:, ::-1], data[:, [0, 1, 3, 2]].copy(), data.to_df()[GENES[::-1]]):
        with pytest.raises(
            InvalidInput, match=r"feature names should match|column (0|2) of X is 'Cd8a', in fit it was"
        ):
            fitted.transform(wrong)
    with pytest.raises(InvalidInput, match="3 features"):
        fitted.transform(data[:, :3])
    renamed = cells()
    renamed.var_names = ["Actb", "Gapdh", "Cd4", "Cd19"]
    with pytest.raises(InvalidInput, match="column 3 of X is 'Cd19', in fit it was 'Cd8a'") as caught:
        fitted.transform(renamed)
    assert "\n" not in str(caught.value)


def test_columns_that_are_numbers_have_an_order_too():
    table = pd.DataFrame(X)
    fitted = clone(MODEL).fit(table, AGE)
    with pytest.raises(InvalidInput, match="column 0 of X is 3, in fit it was 0"):
        fitted.transform(table[[3, 2, 1, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(fitted.transform(table), fitted.transform(X))


def test_a_refit_on_an_array_or_moments_forgets_names():
    fitted = clone(MODEL).fit(FRAME, AGE)
    assert fitted.fit(X, AGE).get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]
    fitted.fit(FRAME, AGE).fit_moments(Moments.from_arrays(X, AGE))
    assert fitted.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]
    fitted.transform(FRAME[GENES[::-1]])  # as arrays, they have no order


# --- objects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix, sparse.csc_matrix, lambda X: X.astype(np.float32)])
def test_an_anndata_is_its_matrix(make):
    data = cells(make(np.abs(X)))
    for view in (data, data[::-1][::-1], data[:, GENES]):
        fitted = clone(MODEL).fit(view, data.obs["age"])
        plain = clone(MODEL).fit(data.X, AGE)
        np.testing.assert_allclose(fitted.weights_, plain.weights_, rtol=1e-6, atol=1e-8)
    by_dtype = clone(MODEL).fit(data, data.obs["type"])
    np.testing.assert_array_equal(
        by_dtype.weights_, clone(MODEL).fit(data.X, Modality(AGE > 0, "categorical")).weights_
    )
    clone(MODEL).fit(data, data.obsm["protein"])
    assert Moments.from_arrays(data, AGE).n_observations == N


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_a_backed_anndata_is_refused_with_what_helps(tmp_path, make):
    cells(make(X)).write_h5ad(tmp_path / "cells.h5ad")
    backed = read_h5ad(tmp_path / "cells.h5ad", backed="r")
    for fit in (lambda: MODEL.fit(backed, AGE), lambda: Moments.from_arrays(backed, AGE)):
        with pytest.raises(InvalidInput, match=r"backed by a file; .*to_memory\(\)$"):
            fit()
    clone(MODEL).fit(backed.to_memory(), AGE)


def test_what_has_no_one_matrix_is_refused_with_what_helps():
    without = AnnData(obs=cells().obs)
    with pytest.raises(InvalidInput, match=r"without a matrix .*obsm"):
        MODEL.fit(without, AGE)
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData({"rna": cells(), "protein": cells()})
    with pytest.raises(InvalidInput, match=r"X is a MuData; .*'rna', 'protein'.*mdata\['name'\]"):
        MODEL.fit(both, AGE)
    for several in (cells(), both, [AGE, cells()]):
        with pytest.raises(InvalidInput, match=r"modalities\[\d\] is of type \w+Data; .*\.obs\['age'\]"):
            MODEL.fit(X, several)
    with pytest.raises(InvalidInput, match="is of type AnnData"):
        Modality(cells())
    columns_named_like_it = pd.DataFrame(X, columns=["obs", "mod", "X", "obsm"])
    clone(MODEL).fit(columns_named_like_it, AGE)
