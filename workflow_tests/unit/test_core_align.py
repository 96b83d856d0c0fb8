"""Rows with names go together by name: an error, or with align=True the same result; never silently by position."""

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from schema_core import InvalidInput, Modality, Moments, Schema, sampled_covariances

N = 40
RNG = np.random.default_rng(7)
NAMES = pd.Index([f"cell{i}" for i in range(N)])
X = pd.DataFrame(RNG.normal(size=(N, 3)), index=NAMES, columns=list("abc"))
AGE = pd.Series(X["a"].to_numpy() + 0.3 * RNG.normal(size=N), index=NAMES)
OTHER = pd.DataFrame(RNG.normal(size=(N, 2)), index=NAMES)
TYPE = pd.Series(pd.Categorical(X["b"] > 0), index=NAMES)
WEIGHT = pd.Series(RNG.random(N), index=NAMES)
MODEL = Schema(min_correlation=0.5)
PLAIN = clone(MODEL).fit(X, [AGE, OTHER, TYPE], X["c"], sample_weight=WEIGHT)


def assert_close(one, other):
    """Up to the rounding of sums in another order of memory."""
    np.testing.assert_allclose(one, other, atol=1e-6)


def annotated(table):
    return AnnData(table.to_numpy(), obs=pd.DataFrame(index=table.index), var=pd.DataFrame(index=table.columns))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.permutations(range(N)), min_size=6, max_size=6), st.sets(st.integers(0, 5)), st.booleans())
def test_any_order_gives_an_error_or_the_same_result(orders, moved, as_anndata):
    parts = [X, AGE, OTHER, TYPE, X["c"], WEIGHT]
    parts = [one.iloc[orders[i]] if i in moved else one for i, one in enumerate(parts)]
    table, age, other, kind, reference, weight = parts
    table = annotated(table) if as_anndata else table
    given_ = (table, [age, Modality(other, weight=1.0), kind], reference)
    same = all(one.index.equals(parts[0].index) for one in parts)
    if not same:
        with pytest.raises(InvalidInput, match=r"row \d+ is .*the same names in another order: give fit align=True"):
            clone(MODEL).fit(*given_, sample_weight=weight)
    else:
        assert_close(clone(MODEL).fit(*given_, sample_weight=weight).weights_, PLAIN.weights_)
    aligned = clone(MODEL).fit(*given_, sample_weight=weight, align=True)
    assert_close(aligned.weights_, PLAIN.weights_)
    np.testing.assert_allclose(aligned.objective_, PLAIN.objective_, rtol=1e-9)


def test_weights_of_rows_are_compared_by_every_way_in():
    for fit in (Moments.from_arrays, sampled_covariances):
        with pytest.raises(InvalidInput, match="row 0 is 'cell0' in X and 'cell39' in sample_weight"):
            fit(X, [AGE], None, WEIGHT[::-1])


def test_rows_are_picked_but_never_made_up():
    some = X.iloc[5:30][::-1]
    expected = clone(MODEL).fit(some, [AGE.reindex(some.index)]).weights_
    np.testing.assert_array_equal(clone(MODEL).fit(some, [AGE], align=True).weights_, expected)
    with pytest.raises(InvalidInput, match=r"row 25 of X, 'cell0', is not in modalities\[0\]; drop it, or .*reindex"):
        clone(MODEL).fit(
            X[::-1].iloc[9:35].drop("cell30").pipe(lambda some: pd.concat([some, X.loc[["cell0"]]])),
            [AGE.iloc[1:]],
            align=True,
        )


@pytest.mark.parametrize("where", ["X", "modality"])
def test_names_that_stand_twice_cannot_be_aligned(where):
    twice = NAMES.where(NAMES != "cell3", "cell2")
    table = X.set_axis(twice) if where == "X" else X
    age = AGE.set_axis(twice)[::-1] if where == "modality" else AGE[::-1]
    with pytest.raises(InvalidInput, match=r"has the row 'cell2' more than once, so rows cannot be aligned"):
        clone(MODEL).fit(table, [age], align=True)
    both = clone(MODEL).fit(X.set_axis(twice), [AGE.set_axis(twice)], align=True)  # in one order they need not be
    assert_close(both.weights_, clone(MODEL).fit(X, [AGE]).weights_)


@pytest.mark.parametrize("table", [X.to_numpy(), X.reset_index(drop=True)], ids=["array", "default index"])
def test_what_has_no_names_goes_by_position(table):
    expected = clone(MODEL).fit(X.to_numpy(), [AGE.to_numpy()]).weights_
    for align in (False, True):
        assert_close(clone(MODEL).fit(table, [AGE], align=align).weights_, expected)
        assert_close(clone(MODEL).fit(X, [AGE.to_numpy()], align=align).weights_, expected)
    by_the_first = clone(MODEL).fit(table, [AGE, OTHER.iloc[::-1]], align=True).weights_
    assert_close(by_the_first, clone(MODEL).fit(table, [AGE, OTHER]).weights_)


def test_a_data_frame_has_the_names_of_cells_and_of_components():
    model = clone(MODEL).set_output(transform="pandas").fit(annotated(X), AGE)
    out = model.transform(annotated(X[::-1]))
    assert out.index.equals(NAMES[::-1])
    assert out.columns.tolist() == list("abc")
    pd.testing.assert_frame_equal(out, model.transform(X[::-1]), check_names=False)
    for basis, name in (("nmf", "nmf"), ("pca", "pca"), ("svd", "truncatedsvd")):
        model = Schema(basis=basis, n_components=2).set_output(transform="pandas").fit(annotated(X.abs()), AGE)
        out = model.transform(annotated(X.abs()))
        assert out.columns.tolist() == [f"{name}0", f"{name}1"]
        assert out.index.equals(NAMES)
