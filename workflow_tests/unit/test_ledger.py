"""The ledger: one row a claim, all variants beside, of what data they speak, and captions filled from it."""

import pandas as pd
import pytest

from evaluation.ledger import Scopes, ledger
from report.captions import caption, least_rho
from running import InputError

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
    return ledger(CLAIMS, {"here": values}, lambda part, claim, row: scope)


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


def test_what_is_off_says_which_variant_is_nearest():
    off = VALUES.assign(ours=VALUES["ours"].mask((VALUES["id"] == "a.b") & (VALUES["way"] == "one"), "9"))
    assert judged(off)[1].set_index("id").loc["a.b", "reason"] == "n; the nearest of 2 variants gives 5 (way: two)"
    assert "nearest" not in judged(off)[0].query("id == 'a.b'")["reason"].str.cat()


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


READ = pd.DataFrame(
    [("a/cells", "complete"), ("a/genes", "subset"), ("b/motifs", "complete"), ("c/puck", "stand-in")],
    columns=["file", "scope"],
)


@pytest.mark.parametrize(
    ("claim", "row", "expected"),
    [
        ({}, {}, "stand-in"),  # all that the part read
        ({"data": ["b"]}, {}, "complete"),
        ({"data": ["a", "b"]}, {}, "subset"),
        ({"data": ["b"], "library": "go"}, {}, "unknown"),
        ({"data": ["b"]}, {"dataset": "c"}, "stand-in"),
        ({"data": ["b"]}, {"dataset": "another"}, "stand-in"),  # nothing of it is known
    ],
)
def test_a_claim_speaks_of_the_data_that_it_rests_on(claim, row, expected):
    assert Scopes({"here": READ}, {"go": "unknown"})("here", claim, row) == expected


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
    assert filled("{{ ours('a.b', way='two', pucks='') }}") == "5"  # a factor that no row has
    assert filled("{{ ours('control.x') }} {{ ours('a.c') }}|{{ paper('a.c') }}") == "2.1 |2"
    assert filled("{{ n_claims }}: {{ verdicts_in_words }}") == "5: 3 reproduced, 2 not run"
    for wrong in ("ours('a.x')", "ours('a.b', way='three')", "ours('a.b', wya='one')"):
        with pytest.raises(InputError, match="caption"):
            filled("{{ " + wrong + " }}")


def test_the_least_rho_of_a_level_by_hand():
    """Tables of Pearson's r: 0.632 for 10 pairs, 0.444 for 20."""
    assert [least_rho(10), least_rho(20), least_rho(10, 0.01)] == ["0.63", "0.44", "0.76"]
