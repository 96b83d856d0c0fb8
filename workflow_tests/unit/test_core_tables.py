"""Types: the dtype says what values are, no arithmetic is done in small integers, what X lacks is refused."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from schema_core import InvalidInput, Modality, Moments, Schema, SchemaError, sampled_covariances
from schema_core.tables import numbers

N = 60
RNG = np.random.default_rng(4)
X = RNG.normal(size=(N, 3))
AGE = X[:, 0] + RNG.normal(size=N)
CODES = RNG.integers(0, 6, size=N)

FORMS = {
    "array": np.asarray,
    "masked, nothing is": lambda table: np.ma.masked_array(table, mask=np.zeros(table.shape, bool)),
    "list": lambda table: table.tolist(),
    "frame": pd.DataFrame,
    "objects": lambda table: table.astype(object),
    "CSR": sparse.csr_matrix,
    "COO": sparse.coo_array,
    "sparse frame": lambda table: pd.DataFrame(table).astype(pd.SparseDtype(table.dtype)),
    "nullable frame": lambda table: pd.DataFrame(table).convert_dtypes(),
}


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "bool"]),
    st.sampled_from(sorted(FORMS)),
    st.integers(0, 1000),
)
def test_any_dtype_in_any_form_is_its_numbers(dtype, form, seed):
    """As features and as a modality, in closed form and over pairs."""
    rng = np.random.default_rng(seed)
    largest = 1 if dtype == "bool" else min(np.iinfo(dtype).max, 2**40) if dtype != "float32" else 1000
    table = (rng.integers(0, largest, size=(N, 3), endpoint=True) * (rng.random((N, 3)) < 0.7)).astype(dtype)
    table[0], table[1] = 0, largest
    given = FORMS[form](table)
    for features, modality, plain in ((given, AGE, (table.astype(float), AGE)), (X, given, (X, table.astype(float)))):
        for measure in (Moments.from_arrays, lambda *both: sampled_covariances(*both, n_pairs=2000)):
            found, expected = measure(features, modality), measure(*plain)
            if isinstance(found, Moments):
                found, expected = found.covariances(), expected.covariances()
            for name, value in vars(expected).items():
                if name != "within":  # nothing is missing
                    np.testing.assert_allclose(getattr(found, name), value, rtol=1e-6, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("labels", [CODES, CODES.astype(str), CODES.astype(float), CODES > 2, [f"t{i}" for i in CODES]])
def test_a_categorical_is_of_labels_whatever_they_look_like(labels):
    """Its dtype decides, bare or in a Modality without a kind; asked for as numbers it is refused."""
    column = pd.Series(pd.Categorical(labels))
    expected = Schema(min_correlation=0.5).fit(X, Modality(np.asarray(labels), "categorical")).weights_
    for form in (column, Modality(column), [column], column.array, pd.CategoricalIndex(column), pd.DataFrame(column)):
        np.testing.assert_array_equal(Schema(min_correlation=0.5).fit(X, form).weights_, expected)
    with pytest.raises(InvalidInput, match=r"modalities\[0\].* not numeric but categorical.*categorical kind"):
        Schema().fit(X, Modality(column, "numeric"))
    with pytest.raises(InvalidInput, match=r"X, column 1 is not numeric but categorical"):
        Schema().fit(pd.DataFrame({"a": AGE, "b": column}), AGE)
    two = pd.DataFrame({"a": column, "b": pd.Categorical(CODES)})
    assert Modality(two).kind == "categories"
    with pytest.raises(InvalidInput, match="categories in some columns and numbers in others"):
        Modality(two.assign(b=CODES))


@pytest.mark.parametrize(
    "form", [np.asarray, list, pd.Series, lambda one: pd.Series(one, dtype="string"), pd.DataFrame]
)
@pytest.mark.parametrize("text", [CODES.astype(str), np.array(["a", "b"] * 30)])
def test_text_is_no_number(form, text):
    with pytest.raises(InvalidInput, match=r"modalities\[0\].* not numeric but text.*categorical kind"):
        Schema().fit(X, form(text))
    with pytest.raises(InvalidInput, match="not numeric but text"):
        Moments.from_arrays(pd.DataFrame({"a": AGE, "b": text}), AGE)


def missing(kind):
    """A column of N with a missing value at row 7, as numbers or as labels."""
    objects = AGE.astype(object)
    objects[7] = {"None": None, "NA": pd.NA, "NaT": pd.NaT}.get(kind, np.nan)
    return {
        "NaN": lambda: np.where(np.arange(N) == 7, np.nan, AGE),
        "masked": lambda: np.ma.masked_array(AGE, mask=np.arange(N) == 7),
        "masked integers": lambda: np.ma.masked_array(CODES, mask=np.arange(N) == 7),
        "None": lambda: objects,
        "NA": lambda: objects,
        "NaT": lambda: objects,
        "list": lambda: objects.tolist(),
        "series": lambda: pd.Series(objects),
        "Int64": lambda: pd.Series(CODES, dtype="Int64").mask(np.arange(N) == 7),
        "Float64": lambda: pd.Series(AGE, dtype="Float64").mask(np.arange(N) == 7),
        "boolean": lambda: pd.Series(CODES > 2, dtype="boolean").mask(np.arange(N) == 7),
        "dates": lambda: pd.Series(pd.date_range("2020", periods=N)).mask(np.arange(N) == 7),
        "dates of a zone": lambda: pd.Series(pd.date_range("2020", periods=N, tz="UTC")).mask(np.arange(N) == 7),
        "spans": lambda: pd.Series(pd.to_timedelta(CODES, "D")).mask(np.arange(N) == 7).to_numpy(),
    }[kind]()


NUMBERS = ["NaN", "masked", "masked integers", "None", "NA", "NaT", "list", "series", "Int64", "Float64", "boolean"]


@pytest.mark.parametrize("pairs", ["all", 300])
@pytest.mark.parametrize("kind", [*NUMBERS, "dates", "dates of a zone", "spans"])
def test_a_missing_number_is_refused_with_its_row(kind, pairs):
    """In X and in the reference; a modality may lack it."""
    column = missing(kind)
    with pytest.raises(InvalidInput, match=r"reference .*at row 7\b"):
        Schema(pairs=pairs).fit(X, AGE, column)
    for values in (column, Modality(column, "vector")):
        model = Schema(pairs=pairs).fit(X, values)
        assert model.modality_pairs_[0] < model.covariances_.n_pairs
    if kind not in ("list", "masked", "masked integers"):
        frame = pd.DataFrame({"a": AGE, "b": column})
        with pytest.raises(InvalidInput, match=r"X.*at row 7\b"):
            Schema(pairs=pairs).fit(frame, AGE)
        with pytest.raises(InvalidInput, match=r"X.*at row 7\b"):
            Schema().fit(X[:, :2], AGE).transform(frame.to_numpy())


@pytest.mark.parametrize("kind", [*NUMBERS, "dates"])
def test_a_missing_label_is_refused_with_its_row(kind):
    column = missing(kind)
    with pytest.raises(InvalidInput, match=r"reference.*at row 7\b"):
        Schema().fit(X, AGE, Modality(column, "categorical"))
    labels = pd.DataFrame({"a": CODES, "b": pd.Series(column)}) if kind != "list" else None
    if labels is not None and not isinstance(column, np.ma.MaskedArray):
        with pytest.raises(InvalidInput, match=r"X, column 1 .*at row 7\b"):
            Schema(features="categorical").fit(labels, CODES)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array, sparse.coo_matrix])
def test_a_missing_value_in_a_sparse_matrix_has_its_place(make):
    spoilt = np.where(np.arange(N)[:, None] == 7, [[0, np.nan, np.inf]], np.abs(X))
    with pytest.raises(InvalidInput, match="X holds nan at row 7, column 1"):
        Schema().fit(make(spoilt), AGE)


def test_times_are_seconds_in_any_unit_and_zone():
    days = pd.Series(pd.to_datetime("2020-01-01") + pd.to_timedelta(np.round(AGE * 1e6), "s"))
    seconds = (days - days.min()).dt.total_seconds().to_numpy()
    expected = Schema(min_correlation=0.5).fit(X, seconds).objective_
    zone = days.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    for form in (days, zone, days.to_numpy(), days.astype("datetime64[s]"), days - days[3], pd.DatetimeIndex(days)):
        assert Schema(min_correlation=0.5).fit(X, form).objective_ == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1, 2], [3]], "no table"),
        (X.astype(complex), "Complex data not supported"),
        (sparse.csr_matrix(X.astype(complex)), "Complex data not supported"),
        (np.array([{}] * N), "not numeric"),
        (np.zeros((N, 2, 2)), "3 dimensions"),
        (2**53 + CODES.astype(np.int64) * 2, "beyond 2.53.*subtract"),
        (np.zeros((N, 0)), "no columns"),
        ({"age": AGE}, "no table"),
        (5.0, "no table"),
        ("age", "no table"),
        (iter(AGE), "no table"),
        (pd.Series(pd.interval_range(0, N, N)), "not numeric"),
        (np.array([(1, 2.0)] * N, dtype="i4,f8"), "not numeric"),
    ],
)
def test_what_is_no_table_of_numbers_is_one_line(values, words):
    with pytest.raises(SchemaError, match=rf"modalities\[0\].*{words}") as caught:
        Schema().fit(X, values)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_other_numbers_are_numbers():
    assert numbers([Decimal("1.5"), 2, np.float32(3)], "x").ravel().tolist() == [1.5, 2, 3]
    assert numbers(pd.Series([1, 2, None], dtype="Int64").dropna(), "x").ravel().tolist() == [1, 2]
    assert numbers(pd.array([True, False]), "x").ravel().tolist() == [1, 0]
    assert numbers(X.astype(np.float16), "x").dtype == np.float64
