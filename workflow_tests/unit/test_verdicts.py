"""Verdicts: what a value with its range says of a claim, and of its control."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.verdict import Range, above_control, elements, held_against, verdict

VALUE = {"kind": "value", "paper": 0.46, "tolerance": 0.05, "null": 0, "direction": "above ari.rna"}
POSITIVE = {"kind": "value", "paper": 0.92, "tolerance": 0.05, "null": 0, "direction": "positive"}
PVALUE = {"kind": "pvalue", "paper": 2e-4, "tolerance": 1, "null": 0.05}
ABOVE, NOT_ABOVE = ({"kind": "order", "paper": "", "direction": f"{word} other"} for word in ("above", "not above"))
BOUND = {"kind": "upper_bound", "paper": 0.01, "null": 0.05}
LEAST = {"kind": "lower_bound", "paper": 0.99}


def spans(*ends):
    """A range: its middle, or a single value."""
    return Range.of(sum(ends) / len(ends), min(ends), max(ends))


@pytest.mark.parametrize(
    ("claim", "ours", "other", "expected"),
    [
        ({"kind": "count", "paper": 44}, (44,), None, "reproduced"),
        ({"kind": "count", "paper": 44}, (43,), None, "differs"),
        (VALUE, (0.44, 0.46), (0.40, 0.42), "reproduced"),
        (VALUE, (0.35, 0.40), (0.30,), "direction only"),  # 0.46 is farther than the tolerance from the range
        (VALUE, (0.35, 0.42), (0.30,), "reproduced"),
        (VALUE, (0.44, 0.46), (0.40, 0.45), "not distinguishable"),  # the value is near, the ranges meet
        (VALUE, (0.44, 0.46), (0.47, 0.5), "differs"),  # near, but the other way round
        (VALUE, (0.60,), (0.65,), "differs"),
        (VALUE, (0.45,), None, "not distinguishable"),  # what the paper holds it against was not run
        (VALUE | {"paper": 0.04, "tolerance": 0.02, "direction": "below ari.rna"}, (0.0009,), (0.5,), "direction only"),
        (
            VALUE | {"paper": 0.04, "tolerance": 0.02, "direction": "below ari.rna"},
            (-0.01, 0.03),
            (0.5,),
            "direction only",
        ),
        (POSITIVE, (-0.84,), None, "differs"),
        (POSITIVE, (0.5, 0.6), None, "direction only"),
        (POSITIVE, (-0.1, 0.9), None, "not distinguishable"),
        ({"kind": "value", "paper": -0.002, "tolerance": 0.001, "null": 0}, (0.083,), None, "differs"),
        ({"kind": "value", "paper": -0.002, "tolerance": 0.001, "null": 0}, (-0.01, 0.01), None, "not distinguishable"),
        (BOUND, (0.001, 0.005), None, "reproduced"),
        (BOUND, (0.001, 0.02), None, "direction only"),
        (BOUND, (0.001, 0.2), None, "not distinguishable"),
        (BOUND, (0.1, 0.2), None, "differs"),
        (LEAST, (0.99, 1), None, "reproduced"),
        (LEAST, (0.98, 1), None, "not distinguishable"),
        (LEAST, (0.98,), None, "differs"),
        (PVALUE, (1.8e-4,), None, "reproduced"),
        (PVALUE, (1e-9,), None, "direction only"),
        (PVALUE, (1e-9, 1e-5), None, "direction only"),
        (PVALUE, (1e-9, 1e-4), None, "reproduced"),
        (PVALUE, (0,), None, "direction only"),
        (PVALUE, (1e-4, 0.3), None, "not distinguishable"),
        (PVALUE, (0.06, 0.3), None, "differs"),
        (ABOVE, (2, 3), (0, 1), "reproduced"),
        (ABOVE, (2, 3), (0, 2), "not distinguishable"),
        (ABOVE, (0, 1), (2, 3), "differs"),
        (NOT_ABOVE, (0, 3), (2, 4), "reproduced"),
        (NOT_ABOVE, (5, 6), (2, 4), "differs"),
        (ABOVE | {"direction": ["above other", "positive"]}, (-1, 3), (-4, -2), "not distinguishable"),
        (ABOVE | {"direction": ["above other", "positive"]}, (-3, -1), (-5, -4), "differs"),
    ],
)
def test_verdicts_of_numbers(claim, ours, other, expected):
    others = dict.fromkeys(held_against(claim), spans(*other)) if other else {}
    found = spans(*ours)
    assert verdict(claim, found.ours, found, others) == expected


@pytest.mark.parametrize(
    ("claim", "ours", "expected"),
    [
        ({"kind": "set", "paper": "3-9"}, "3-9", "reproduced"),
        ({"kind": "set", "paper": "3-9"}, "3-11", "direction only"),
        ({"kind": "set", "paper": ["a", "b", "c"]}, "d, e", "differs"),
        ({"kind": "contains", "paper": ["a", "b"]}, "a, b, c, d, e, f", "reproduced"),
        ({"kind": "contains", "paper": ["a", "b"]}, "a, c", "direction only"),
        ({"kind": "contains", "paper": ["a", "b", "c"]}, "a, d", "differs"),
        ({"kind": "qualitative", "paper": "similar"}, "holds: 0.4 for 0.4", "reproduced"),
        ({"kind": "qualitative", "paper": "similar"}, "does not hold", "differs"),
        (VALUE, "", ""),
        (VALUE, "none", "differs"),  # it ran, and found nothing
        ({"kind": "contains", "paper": ["a"]}, "none", "differs"),
    ],
)
def test_verdicts_of_sets_and_words(claim, ours, expected):
    assert verdict(claim, ours, Range.of(ours)) == expected


NUMBERS = st.floats(-1, 1, allow_nan=False)


@given(
    ours=NUMBERS, low=NUMBERS, high=NUMBERS, paper=NUMBERS.filter(lambda x: abs(x) > 1e-3), share=st.floats(0.01, 0.5)
)
def test_what_is_compatible_with_nothing_is_never_reproduced(ours, low, high, paper, share):
    claim = {"kind": "value", "paper": paper, "null": 0, "tolerance": abs(paper) * share}
    found = Range.of(ours, low, high)
    assert found.low <= found.ours <= found.high
    if verdict(claim, ours, found) == "reproduced":
        assert found.side(0) != 0
        assert max(found.low - paper, paper - found.high) <= claim["tolerance"] + 1e-12


@given(one=st.tuples(NUMBERS, NUMBERS), other=st.tuples(NUMBERS, NUMBERS))
def test_orders_hold_one_way_or_not_at_all(one, other):
    here, there = spans(*one), spans(*other)
    assert here.side(there) == -there.side(here)
    said = verdict(ABOVE, here.ours, here, {"other": there}), verdict(ABOVE, there.ours, there, {"other": here})
    assert said in {("reproduced", "differs"), ("differs", "reproduced"), ("not distinguishable",) * 2}


def test_above_its_control():
    higher, lower, both = spans(2, 3), spans(0, 1), spans(0.5, 2.5)
    assert above_control(POSITIVE, higher, lower) == "yes"
    assert above_control(POSITIVE, lower, higher) == "no"
    assert above_control(POSITIVE, both, lower) == "not distinguishable"
    assert above_control(PVALUE, lower, higher) == "yes"  # a smaller p is more of an effect
    assert above_control(ABOVE | {"direction": "below x"}, lower, higher) == "yes"
    assert above_control(VALUE | {"direction": "below x"}, lower, higher) == "no"  # a correlation below another one
    assert above_control(POSITIVE, None, lower) == above_control(POSITIVE, lower, None) == ""


def test_sets_read_ranges_and_names():
    assert elements("3-5, 9") == {"3", "4", "5", "9"}
    assert elements(["RpL22", "HLA-A"]) == {"RpL22", "HLA-A"}
