"""Verdicts, the ledger, captions from it, rank agreement."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

from evaluation.ledger import ledger, read_claims
from evaluation.scores import partial_rank_agreement, rank_agreement
from evaluation.verdict import Range, above_control, elements, held_against, verdict
from report.caption import caption, least_rho
from running import InputError

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
    assert above_control(VALUE | {"direction": "below x"}, lower, higher) == "yes"
    assert above_control(POSITIVE, None, lower) == above_control(POSITIVE, lower, None) == ""


def test_sets_read_ranges_and_names():
    assert elements("3-5, 9") == {"3", "4", "5", "9"}
    assert elements(["RpL22", "HLA-A"]) == {"RpL22", "HLA-A"}


COUNT = {"figure": "2", "quantity": "q", "paper": 2, "kind": "count"}
CLAIMS = {
    "absent": {"x.y": COUNT},
    "here": {
        "a.b": COUNT | {"primary": {"way": "one"}, "note": "n"},
        "a.c": COUNT,
        "a.d": COUNT | {"kind": "value", "tolerance": 0.5, "tolerance_reason": "r", "direction": "above a.e",
                        "primary": {"way": "one", "k": 3}, "control": "control.x"},
        "a.e": COUNT | {"kind": "value", "tolerance": 1, "tolerance_reason": "r", "primary": {"way": "one"}},
    },
}  # fmt: skip
VALUES = pd.DataFrame(
    [
        ("a.b", "one", "", "2", "", "", ""), ("a.b", "two", "", "5", "", "", "because"),
        ("a.d", "one", "3.0", "2.25", "2", "2.4", ""), ("a.d", "two", "3.0", "2.25", "2", "2.4", ""),
        ("a.e", "one", "", "1.5", "1.4", "1.6", ""), ("a.e", "two", "", "2", "1", "3", ""),
        ("control.x", "", "3", "2.1", "2", "2.2", ""),
    ],
    columns=["id", "way", "k", "ours", "low", "high", "reason"],
)  # fmt: skip


def judged(values=VALUES, scope="complete"):
    return ledger(CLAIMS, {"here": values}, lambda part, claim: scope)


def test_one_row_a_claim_and_all_variants_beside():
    variants, claims = judged()
    assert claims["id"].tolist() == ["a.b", "a.c", "a.d", "a.e", "x.y"]
    by_id = claims.set_index("id")
    assert by_id.loc["a.b", ["variant", "verdict", "reason"]].tolist() == ["way: one", "reproduced", "n"]
    assert by_id.loc["a.d", "variant"] == "way: one, k: 3"
    assert "no value" in by_id.loc["a.c", "reason"]
    assert "not among the parts" in by_id.loc["x.y", "reason"]
    assert set(by_id.loc[["a.c", "x.y"], "verdict"]) == {"not run"}
    two = variants.query("id == 'a.b' and way == 'two'").iloc[0]
    assert two[["ours", "verdict", "reason"]].tolist() == ["5", "differs", "because"]
    assert variants.query("id == 'control.x'")[["k", "ours", "verdict"]].values.tolist() == [["3", "2.1", ""]]


def test_orders_and_controls_are_those_of_the_same_variant():
    variants, _ = judged()
    one, two = (variants.query("id == 'a.d' and way == @way").iloc[0] for way in ("one", "two"))
    assert (one["verdict"], two["verdict"]) == ("reproduced", "not distinguishable")
    assert "a.e is 1.5 (1.4 to 1.6)" in one["reason"]
    assert one[["control_id", "control", "control_low", "control_high"]].tolist() == ["control.x", "2.1", "2", "2.2"]
    assert one["above_control"] == "not distinguishable"
    without = VALUES.assign(way=VALUES["way"].where(VALUES["id"] != "a.d", "three"))
    (three, _) = judged(without)[0].query("id == 'a.d'")["verdict"]
    assert three == "not distinguishable"  # no row of a.e agrees


def test_a_primary_variant_that_was_not_run_is_no_other_one():
    claims = judged(VALUES[VALUES["way"] != "one"])[1].set_index("id")
    assert claims.loc["a.b", ["ours", "verdict"]].tolist() == ["", "not run"]
    assert "as the paper's text has it (way: one)" in claims.loc["a.b", "reason"]


def test_two_rows_of_one_primary_variant_are_an_error():
    again = VALUES.iloc[[0]].assign(k="7")
    with pytest.raises(InputError, match=r"2 rows are the primary variant of a\.b, apart in k"):
        judged(pd.concat([VALUES, again]))


@pytest.mark.parametrize(
    ("scope", "words"),
    [("subset", "on a subset"), ("stand-in", "on a stand-in"), ("simulated", "on simulated data")],
)
def test_other_data_decide_nothing_and_say_what_they_would(scope, words):
    variants, claims = judged(scope=scope)
    assert set(claims["verdict"]) == {"undecided", "not run"}
    assert claims.set_index("id").loc["a.b", "reason"] == f"{words}: reproduced; n"
    assert variants.query("way == 'two'")["reason"].iloc[0] == f"{words}: differs; because"


def test_what_was_not_run_keeps_its_reason_on_any_data():
    failed = VALUES.assign(ours="", reason="failed: out of memory")
    assert set(judged(failed, "simulated")[1]["reason"]) > {"failed: out of memory"}


def test_a_value_without_a_claim_is_an_error():
    with pytest.raises(InputError, match="nobody"):
        judged(VALUES.assign(id="nobody"))


def test_captions_take_values_by_factors():
    variants, claims = judged()
    primary = {name: claim.get("primary", {}) for part in CLAIMS.values() for name, claim in part.items()}

    def filled(text):
        return caption(text, variants, claims, primary, {"more": "m"})

    assert (
        filled("{{ ours('a.b') }} {{ ours('a.b', way='two') }} {{ verdict('a.b') }} {{ more }}") == "2 5 reproduced m"
    )
    assert filled("{{ ours('control.x') }} {{ ours('a.c') }}|") == "2.1 |"
    assert filled("{{ n_claims }}: {{ verdicts_in_words }}") == "5: 3 reproduced, 2 not run"
    for wrong in ("ours('a.x')", "ours('a.b', way='three')", "ours('a.b', wya='one')"):
        with pytest.raises(InputError, match="caption"):
            filled("{{ " + wrong + " }}")


def test_the_least_rho_of_a_level_by_hand():
    """Tables of Pearson's r: 0.632 for 10 pairs, 0.444 for 20."""
    assert [least_rho(10), least_rho(20), least_rho(10, 0.01)] == ["0.63", "0.44", "0.76"]


# config/claims.yaml
SHIPPED = {name: claim for part in read_claims().values() for name, claim in part.items()}


def test_ids_are_of_one_part_and_what_they_name_is_there():
    claims = read_claims(REPOSITORY / "config" / "claims.yaml")
    assert sum(map(len, claims.values())) == len(SHIPPED) >= 70
    for part in claims.values():
        for name, claim in part.items():
            for other in [*held_against(claim), *filter(None, [claim.get("control")])]:
                assert other.startswith("control.") or other in part, name


@pytest.mark.parametrize("name", [name for name, claim in SHIPPED.items() if "tolerance" in claim])
def test_no_tolerance_reaches_half_way_to_nothing(name):
    claim = SHIPPED[name]
    far = math.log10 if claim["kind"] == "pvalue" else float
    assert claim["tolerance"] <= abs(far(claim["paper"]) - far(claim["null"])) / 2
    assert claim["tolerance_reason"]


def test_rank_agreement_by_hand():
    assert rank_agreement([1, 2, 3, 4], [10, 20, 30, 25]).rho == pytest.approx(0.8)
    assert rank_agreement([1, 2, np.nan, 4, 3], [1, 2, 9, 4, 3]) == (pytest.approx(1), pytest.approx(0, abs=1e-6), 4)
    assert np.isnan(rank_agreement([1, 1, 1], [1, 2, 3]).rho)
    assert np.isnan(rank_agreement([1, 2], [1, 2]).rho)


def test_partial_rank_agreement_removes_a_common_cause():
    rng = np.random.default_rng(0)
    cause = rng.normal(size=2000)
    one, other = cause + rng.normal(size=2000), cause + rng.normal(size=2000)
    assert rank_agreement(one, other).rho > 0.4
    assert abs(partial_rank_agreement(one, other, cause)) < 0.05
