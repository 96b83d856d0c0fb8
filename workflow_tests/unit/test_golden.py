"""The comparison with golden values."""

import pandas as pd
import pytest

from maintenance.golden import differences, main, with_class

GOLDEN = with_class(
    pd.DataFrame(
        [
            ("a", "x", "70965", "", "", ""), ("b", "x", "0.741353", "", "", ""),
            ("c", "sampled", "0.43", "", "", "statistical"), ("d", "x", "3-9", "", "", ""),
            ("e", "sampled", "3-7", "", "", "statistical"), ("f", "x", "0.40", "0.36", "0.42", "statistical"),
            ("tcr.aa_p", "x", "2e-4", "", "", ""), ("ari.pt_gain", "x", "1e-10", "1e-12", "1e-10", "statistical"),
            ("control.frequency_p", "x", "1e-6", "", "", "statistical"),
            ("g", "x", "0.408", "0.407", "0.417", "trained"),
        ],
        columns=["id", "solver", "ours", "low", "high", "class"],
    )
)  # fmt: skip


def moved(reference, current):
    different = differences(reference, current)
    return different.loc[~different["allowed"], "id"].tolist()


def changed(name, value):
    current = GOLDEN.copy()
    current.loc[current["id"] == name, "ours"] = value
    return moved(GOLDEN, current)


def test_classes_and_their_tolerances():
    assert GOLDEN["class"].tolist()[:5] == ["exact", "numeric", "statistical", "exact", "statistical"]
    assert changed("a", "70965") == []
    assert changed("a", "70966") == ["a"]
    assert changed("b", "0.741390") == []
    assert changed("b", "0.7415") == ["b"]
    assert changed("c", "0.50") == []
    assert changed("c", "0.60") == ["c"]
    assert changed("d", "3-10") == ["d"]


def test_a_statistical_value_stays_near_its_own_range():
    assert changed("f", "0.34") == []
    assert changed("f", "0.44") == []
    assert changed("f", "0.46") == ["f"]


def test_a_trained_value_moves_as_far_as_trainings_do():
    assert changed("g", "0.433") == []  # seen on a GPU
    assert changed("g", "0.31") == []
    assert changed("g", "0.30") == ["g"]


def test_sets_are_compared_by_their_overlap():
    assert changed("e", "4-8") == []
    assert changed("e", "7-9") == ["e"]
    assert changed("e", "none") == ["e"]


def test_p_and_q_are_compared_on_a_log_scale():
    """In absolute terms any two small p would be the same."""
    assert changed("tcr.aa_p", "2.02e-4") == []
    assert changed("tcr.aa_p", "2.1e-4") == ["tcr.aa_p"]
    assert changed("ari.pt_gain", "1e-13") == []
    assert changed("ari.pt_gain", "1e-14") == ["ari.pt_gain"]
    assert changed("ari.pt_gain", "0.04") == ["ari.pt_gain"]
    assert changed("control.frequency_p", "5e-6") == []
    assert changed("control.frequency_p", "0.05") == ["control.frequency_p"]


def test_a_value_that_appears_or_vanishes_has_moved():
    assert moved(GOLDEN, GOLDEN.iloc[1:]) == ["a"]
    assert moved(GOLDEN.iloc[1:], GOLDEN) == ["a"]
    assert moved(GOLDEN, GOLDEN[GOLDEN["id"] != "c"]) == ["c"]


def test_what_moved_within_its_tolerance_is_told_too():
    current = GOLDEN.assign(ours=["70965", "0.741390", "0.60", "3-9", "4-8", *GOLDEN["ours"][5:]])
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
    assert main(["compare", run(["70965", "0.741390", *GOLDEN["ours"][2:]]), golden]) == 0
    assert "1 moved within their tolerance, 0 beyond it" in capsys.readouterr().out
    assert main(["compare", run(["70966", "0.741390", "0.60", *GOLDEN["ours"][3:]]), golden]) == 1
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
