"""Evidence for a planted effect: closed forms, brute force, and what must not count as found."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.planted import COLUMNS, SURE, apart, effect, higher, same_order, spread

SCORES = st.lists(st.integers(0, 5), min_size=4, max_size=12)


@given(SCORES, st.integers(1, 3))
def test_higher_is_the_share_of_pairs(values, planted):
    scores = pd.Series(values, index=[f"g{i}" for i in range(len(values))], dtype=float)
    chosen, rest = scores.iloc[:planted], scores.iloc[planted:]
    pairs = [float(a > b) + 0.5 * float(a == b) for a, b in product(chosen, rest)]
    assert higher(scores, list(chosen.index)).size == pytest.approx(np.mean(pairs))


def test_higher_compares_with_named_others_and_leaves_out_what_has_no_score():
    scores = pd.Series({"a": 3.0, "b": 9.0, "c": 1.0, "d": np.nan})
    assert higher(scores, ["a", "d"], ["c"]).size == 1
    assert higher(scores, ["a"], ["b"]).size == 0
    assert higher(scores, ["d"]) == (0.5, 1.0, "none of these genes was scored")
    assert higher(scores, list(scores.index)).p == 1


def test_the_opposite_of_what_was_planted_is_never_sure():
    rng = np.random.default_rng(0)
    names = [f"g{i}" for i in range(100)]
    scores = pd.Series(np.r_[rng.normal(3, 1, 20), rng.normal(0, 1, 80)], index=names)
    assert higher(scores, names[:20]).sure
    assert not higher(-scores, names[:20]).sure
    order = pd.Series(range(10), dtype=float)
    assert same_order(order, order**3).sure
    assert same_order(order, order**3).size == pytest.approx(1)
    assert not same_order(order, -order).sure
    assert same_order(order, pd.Series(1.0, index=order.index)).p == 1


def test_chance_is_sure_as_seldom_as_it_should_be():
    rng = np.random.default_rng(1)
    names = [f"g{i}" for i in range(60)]
    sure = [higher(pd.Series(rng.normal(size=60), index=names), names[:20]).sure for _ in range(400)]
    assert np.mean(sure) < 3 * SURE


def test_apart_needs_every_value_above_every_other():
    assert apart(pd.Series([2.0, 3.0]), pd.Series([1.0]), "chance") == (True, "2.50 (2.00 to 3.00); chance 1.00")
    assert not apart(pd.Series([2.0, 3.0]), pd.Series([2.0]), "chance")[0]
    assert apart(pd.Series(dtype=float), pd.Series([1.0]), "chance") == (False, "no value was computed")
    assert spread(pd.Series([-0.001, 0.001])) == "0.00"


def test_a_row_says_what_was_not_found_and_why():
    words = ("Fig 1", "statement", "planted", "Schema finds it", "p = 1")
    found, missed = (effect(*words, recovered, "why") for recovered in (True, False))
    assert list(found) == list(missed) == COLUMNS
    assert (found["found"], found["recovered"], found["reason"]) == ("Schema finds it", "yes", "")
    assert (missed["found"], missed["recovered"], missed["reason"]) == ("not so: Schema finds it", "no", "why")
    assert effect(*words, False, "why", measured=True)["found"] == "Schema finds it"
