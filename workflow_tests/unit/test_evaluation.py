"""Verdicts, the ledger, rank agreement, and the comparison with a golden ledger."""

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY

from evaluation.ledger import ledger, read_claims
from evaluation.scores import partial_rank_agreement, rank_agreement
from evaluation.verdict import elements, verdict
from maintenance.golden import differences, main, with_class
from running import InputError

VALUE = {"kind": "value", "paper": 0.46, "tolerance": 0.05, "direction": "above ari.rna"}


@pytest.mark.parametrize(
    ("claim", "ours", "others", "expected"),
    [
        ({"kind": "count", "paper": 44}, 44, {}, "reproduced"),
        ({"kind": "count", "paper": 44}, 43, {}, "differs"),
        (VALUE, 0.45, {"ari.rna": 0.40}, "reproduced"),
        (VALUE, 0.45, {"ari.rna": 0.47}, "differs"),  # the value is near, the paper's point does not hold
        (VALUE, 0.60, {"ari.rna": 0.54}, "direction only"),
        (VALUE, 0.60, {"ari.rna": 0.65}, "differs"),
        (VALUE, 0.45, {}, "reproduced"),
        ({"kind": "value", "paper": 0.92, "tolerance": 0.05, "direction": "positive"}, -0.84, {}, "differs"),
        ({"kind": "value", "paper": 0.92, "tolerance": 0.05, "direction": "positive"}, 0.5, {}, "direction only"),
        ({"kind": "upper_bound", "paper": 0.002}, 0.001, {}, "reproduced"),
        ({"kind": "upper_bound", "paper": 0.002}, 0.003, {}, "differs"),
        ({"kind": "pvalue", "paper": 2e-4}, 1.8e-4, {}, "reproduced"),
        ({"kind": "pvalue", "paper": 2e-4}, 1e-9, {}, "direction only"),
        ({"kind": "pvalue", "paper": 2e-4}, 0.3, {}, "differs"),
        ({"kind": "set", "paper": "3-9"}, "3-9", {}, "reproduced"),
        ({"kind": "set", "paper": "3-9"}, "3-11", {}, "direction only"),
        ({"kind": "set", "paper": ["a", "b", "c"]}, "d, e", {}, "differs"),
        ({"kind": "qualitative", "paper": "similar"}, "holds: 0.4 for 0.4", {}, "reproduced"),
        ({"kind": "qualitative", "paper": "similar"}, "does not hold", {}, "differs"),
        (VALUE, float("nan"), {}, "not run"),
        (VALUE, "", {}, "not run"),
    ],
)
def test_verdicts(claim, ours, others, expected):
    assert verdict(claim, ours, others) == expected


def test_sets_read_ranges_and_names():
    assert elements("3-5, 9") == {"3", "4", "5", "9"}
    assert elements(["RpL22", "HLA-A"]) == {"RpL22", "HLA-A"}


CLAIMS = {
    "absent": {"x.y": {"figure": "1", "quantity": "q", "paper": 1, "kind": "count"}},
    "here": {
        "a.b": {"figure": "2", "quantity": "q", "paper": 2, "kind": "count", "note": "n"},
        "a.c": {"figure": "2", "quantity": "q", "paper": 3, "kind": "count"},
    },
}
VALUES = pd.DataFrame({"id": ["a.b", "a.b"], "variant": ["one", "two"], "ours": ["2", "5"], "reason": ["", "because"]})


def test_ledger_has_a_verdict_or_a_reason_for_every_claim():
    table = ledger(CLAIMS, {"here": VALUES}, simulated=False).set_index(["id", "variant"])
    assert table.loc[("a.b", "one"), "verdict"] == "reproduced"
    assert table.loc[("a.b", "one"), "reason"] == "n"
    assert table.loc[("a.b", "two"), ["verdict", "reason", "data"]].tolist() == ["differs", "because", "real"]
    assert table.loc[("a.c", ""), "verdict"] == "not run"
    assert "no value" in table.loc[("a.c", ""), "reason"]
    assert "not among the parts" in table.loc[("x.y", ""), "reason"]


def test_simulated_data_get_no_verdict():
    table = ledger(CLAIMS, {"here": VALUES}, simulated=True)
    assert set(table["verdict"]) == {"not run"}


def test_a_value_without_a_claim_is_an_error():
    with pytest.raises(InputError, match="nobody"):
        ledger(CLAIMS, {"here": VALUES.assign(id="nobody")}, simulated=False)


def test_shipped_claims_are_valid_and_directions_name_claims():
    claims = read_claims(REPOSITORY / "config" / "claims.yaml")
    names = {name for part in claims.values() for name in part}
    assert len(names) == 58
    for part in claims.values():
        for name, claim in part.items():
            if claim.get("direction", "positive") != "positive":
                assert claim["direction"].split()[1] in names, name
            assert (claim["kind"] == "value") == ("tolerance" in claim), name


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


GOLDEN = with_class(
    pd.DataFrame(
        {
            "id": list("abcde"),
            "variant": ["x", "x", "x; sampled", "x", "x; sampled"],
            "ours": ["70965", "0.741353", "0.43", "3-9", "3-7"],
            "class": ["", "", "statistical", "", "statistical"],
        }
    )
)


def moved(reference, current):
    different = differences(reference, current)
    return different.loc[~different["allowed"], "id"].tolist()


def changed(name, value):
    current = GOLDEN.copy()
    current.loc[current["id"] == name, "ours"] = value
    return moved(GOLDEN, current)


def test_classes_and_their_tolerances():
    assert GOLDEN["class"].tolist() == ["exact", "numeric", "statistical", "exact", "statistical"]
    assert changed("a", "70965") == []
    assert changed("a", "70966") == ["a"]
    assert changed("b", "0.741390") == []
    assert changed("b", "0.7415") == ["b"]
    assert changed("c", "0.50") == []
    assert changed("c", "0.60") == ["c"]
    assert changed("d", "3-10") == ["d"]
    assert changed("e", "4-8") == []


def test_a_value_that_appears_or_vanishes_has_moved():
    assert moved(GOLDEN, GOLDEN.iloc[1:]) == ["a"]
    assert moved(GOLDEN.iloc[1:], GOLDEN) == ["a"]
    assert moved(GOLDEN, GOLDEN[GOLDEN["id"] != "c"]) == ["c"]


def test_what_moved_within_its_tolerance_is_told_too():
    current = GOLDEN.assign(ours=["70965", "0.741390", "0.60", "3-9", "4-8"])
    told = differences(GOLDEN, current).set_index("id")
    assert told["allowed"].to_dict() == {"b": True, "c": False, "e": True}
    assert told.loc["c", "difference"] == pytest.approx(0.17)
    assert told.loc["b", "relative"] == pytest.approx(0.000037 / 0.741353)


@pytest.fixture
def run(tmp_path):
    """A finished run whose values are those of GOLDEN, or other ones."""

    def with_values(values, name="run"):
        (tmp_path / name / "claims").mkdir(parents=True, exist_ok=True)
        GOLDEN.assign(ours=values).to_csv(tmp_path / name / "claims" / "tcr.tsv", sep="\t", index=False)
        return str(tmp_path / name)

    return with_values


def test_accept_and_compare_from_the_command_line(run, tmp_path, capsys):
    golden = str(tmp_path / "golden")
    assert main(["accept", run(GOLDEN["ours"]), golden]) == 0
    assert main(["compare", run(GOLDEN["ours"]), golden]) == 0
    assert "0 moved within their tolerance, 0 beyond it" in capsys.readouterr().out
    assert main(["compare", run(["70965", "0.741390", "0.43", "3-9", "3-7"]), golden]) == 0
    assert "1 moved within their tolerance, 0 beyond it" in capsys.readouterr().out
    assert main(["compare", run(["70966", "0.741390", "0.60", "3-9", "3-7"]), golden]) == 1
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines if line[-1] == "NO"] == ["a", "c"]
    assert [line[0] for line in lines if line[-1] == "yes"] == ["b"]


def test_another_run_may_be_the_reference(run, capsys):
    before = run(GOLDEN["ours"], "before")
    assert main(["compare", run(GOLDEN["ours"]), before]) == 0
    assert main(["compare", run(["1", *GOLDEN["ours"][1:]]), before]) == 1
    assert "70965" in capsys.readouterr().out


def test_a_part_that_was_not_run_is_named(run, tmp_path, capsys):
    golden = tmp_path / "golden"
    main(["accept", run(GOLDEN["ours"]), str(golden)])
    (golden / "sci_car.tsv").write_text((golden / "tcr.tsv").read_text())
    assert main(["compare", run(GOLDEN["ours"]), str(golden)]) == 0
    assert "not in this run, so not compared: sci_car" in capsys.readouterr().out


def test_nothing_to_compare_is_its_own_status(run, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["compare", run(GOLDEN["ours"]), str(tmp_path / "empty")]) == 2
    assert "no reference for tcr; accept the run first" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "empty"), run(GOLDEN["ours"])]) == 2
    assert "run the workflow first" in capsys.readouterr().err
    assert main(["comprae", "a", "b"]) == 2


def test_a_method_that_failed_says_so_on_simulated_data_too():
    failed = VALUES.assign(ours="", reason="failed: out of memory")
    table = ledger(CLAIMS, {"here": failed}, simulated=True)
    assert "failed: out of memory" in set(table["reason"])
