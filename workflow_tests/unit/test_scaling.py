"""The benchmark at tiny sizes: that it measures, judges and draws. What times it finds is not tested."""

import os

import numpy as np
import pandas as pd
import pytest

from benchmarks.cases import gaussian, load, receptors
from benchmarks.compare import COLUMNS, compare, fit_or_failure, with_chains
from benchmarks.figure import draw
from benchmarks.fits import METHODS, ours, quality
from benchmarks.grow import grow
from plotting import house_style, save_figure
from running.fresh_process import ProcessFailed
from schema_core import Modality, Moments, solve

SMALL = {"n": 300, "k": 5, "seed": 0, "s": [0.9], "q": 1000}


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    """300 made-up chains whose third residue goes with the ligand, and others of the other kind."""
    rng = np.random.default_rng(0)
    ligand = rng.choice(["flu", "ebv"], 300)
    third = np.where(rng.random(300) < 0.8, np.where(ligand == "flu", "A", "G"), "W")
    rest = ["".join(rng.choice(list("ACDE"), size)) for size in rng.integers(2, 6, 300)]
    beta = pd.DataFrame({"chain": "TRB", "cdr3": ["CA" + t + r for t, r in zip(third, rest, strict=True)]})
    path = tmp_path_factory.mktemp("tcr") / "chains.parquet"
    table = pd.concat(
        [beta.assign(ligand=ligand), pd.DataFrame({"chain": ["TRA"], "cdr3": ["CAV"], "ligand": ["flu"]})]
    )
    table.astype({"ligand": "category"}).to_parquet(path, index=False)
    return str(path)


@pytest.fixture(scope="module")
def compared(chains):
    cases = {"small": SMALL, "TCR": {"chain": "TRB", "width": 7, "s": [0.01], "q": 1000}}
    return compare(with_chains(cases, chains), pairs=20_000, threads=1)


@pytest.fixture(scope="module")
def grown():
    return grow([500, 2000], k=10, width=6, chunk=600, seed=0, threads=1)


def test_every_method_is_measured_on_every_case(compared):
    assert list(compared) == COLUMNS
    assert list(zip(compared["case"], compared["method"], strict=True)) == [
        (case, method) for case in ("small", "TCR") for method in METHODS
    ]
    assert compared["failure"].isna().all()
    assert (compared[["seconds", "peak_gb"]] > 0).all(axis=None)
    own = compared[compared["method"] != "schema_learn"]
    np.testing.assert_allclose(own["moments_seconds"] + own["solve_seconds"], own["seconds"])
    assert compared.query("method == 'schema_learn'")["solve_seconds"].isna().all()


def test_the_same_problem_is_solved_by_all_and_best_by_the_exact_solver(compared):
    for _, rows in compared.groupby("case"):
        objective = rows.set_index("method")["objective"]
        assert objective["exact"] >= objective["grid"] - 1e-9
        assert objective["schema_learn"] == pytest.approx(objective["exact"], abs=0.02)  # its pairs are a sample
    ours_only = compared[compared["method"] != "schema_learn"]
    assert ours_only["meets_constraints"].all()
    assert (ours_only["reference_correlation"] >= ours_only["s"] - 1e-6).all()
    assert (ours_only["weight_ratio"] <= ours_only["q"] + 1e-6).all()


def test_residues_are_padded_and_the_location_that_binds_is_found(chains):
    data = receptors(chains, "TRB", 7)
    assert data.features.shape == (300, 5)  # all begin with CA: two locations are left out
    assert set(bytes(data.features[:, 0])) == set(b"AGW")
    assert set(bytes(data.features[:, 4])) == set(b"ACDE-")
    weights, _ = ours(data, 0.01, 1.8, "exact")
    assert weights[0] == pytest.approx(1.8)


def test_quality_is_that_of_all_pairs():
    data = load(SMALL)
    covariances = Moments.from_arrays(data.features, Modality(data.modality, "vector")).covariances()
    weights = solve(covariances, [1.0], min_correlation=0.9).weights
    judged = quality(data, weights, 0.9, 1000)
    kept, (agreement,) = covariances.correlations(weights)
    assert (judged["objective"], judged["reference_correlation"]) == (pytest.approx(agreement), pytest.approx(kept))
    assert judged["meets_constraints"]
    assert not quality(data, np.eye(5)[0], 0.9, 1000)["meets_constraints"]
    assert gaussian(10, 7, 3).modality.shape == (10, 10)


def test_a_baseline_that_fails_is_a_row_and_the_exact_solver_an_error(tmp_path):
    fit = {"case": {"chains": str(tmp_path / "none"), "chain": "TRB", "width": 7}, "s": 0.9, "q": 2.0, "pairs": 100}
    failure = fit_or_failure(fit | {"method": "schema_learn"}, threads=1)["failure"]
    assert failure.startswith("failed: FileNotFoundError")
    with pytest.raises(ProcessFailed, match="FileNotFoundError"):
        fit_or_failure(fit | {"method": "exact"}, threads=1)


def test_without_receptors_their_case_is_left_out():
    assert list(with_chains({"small": SMALL, "TCR": {"chain": "TRB"}}, [])) == ["small"]


def test_growth_has_a_row_per_size_and_mode(grown):
    assert list(zip(grown["n"], grown["mode"], strict=True)) == [
        (n, mode) for n in (500, 2000) for mode in ("in memory", "streamed")
    ]
    assert (grown[["seconds_moments", "seconds_solve", "peak_gb"]] > 0).all(axis=None)


@pytest.mark.parametrize("failing", [False, True])
def test_the_figure_is_drawn_from_its_table(compared, grown, tmp_path, failing):
    table = compared.astype(object)
    if failing:
        table.loc[0, ["seconds", "objective", "meets_constraints"]] = None
        table.loc[0, "failure"] = "failed: no solution"
    table.to_csv(tmp_path / "compare.tsv", sep="\t", index=False)
    paths = {suffix: str(tmp_path / f"figure.{suffix}") for suffix in ("svg", "png", "tsv")}
    with house_style():
        figure, data = draw(pd.read_csv(tmp_path / "compare.tsv", sep="\t"), grown, compared.query("case == 'small'"))
        words = [text.get_text() for axes in figure.axes for text in axes.texts]
        save_figure(figure, data, **paths, simulated=True)
    assert any("failed" in word for word in words) == failing
    assert sum("faster" in word for word in words) == (1 if failing else 2)
    drawn = pd.read_csv(paths["tsv"], sep="\t")
    assert drawn["panel"].value_counts().to_dict() == {"a, b": 6, "c, d": 4, "e, f": 3}
    gains = drawn.query("method == 'exact' and case == 'TCR'")["gain"].item()
    by_method = compared[compared["case"] == "TCR"].set_index("method")["objective"]
    assert gains == pytest.approx(by_method["exact"] - by_method["schema_learn"])
    assert min(os.path.getsize(path) for path in paths.values()) > 500
