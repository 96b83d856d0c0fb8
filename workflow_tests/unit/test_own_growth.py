"""The growth curve of own: what is in its table, its figure, and what rounding does. No time is tested."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks import own_accuracy as module
from benchmarks.own_accuracy import accuracy, added_up, data, errors, in_extended_precision
from benchmarks.own_figure import draw
from benchmarks.own_growth import growth
from plotting import house_style, save_figure
from running.usage import Usage
from schema_core import Modality, Moments


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 500)
    monkeypatch.setattr(module, "K", 4)


@pytest.fixture
def measured(tmp_path):
    """What the jobs of two sizes leave behind, and a file of a run with another number of jobs."""
    for size in (100, 1000):
        results, used = (tmp_path / folder / f"growth_{size}" for folder in ("results", "usage"))
        for folder in (results, used):
            (folder / "moments").mkdir(parents=True)
        for item in ("1-of-2", "2-of-2", "1-of-3"):
            taken = {
                "seconds": size / 100,
                "read_seconds": 0.1,
                "cpu_seconds": 0.5,
                "began": 10.0,
                "ended": 20.0,
                "peak_gb": 0.2,
            }
            (results / "moments" / f"{item}.json").write_text(json.dumps(taken))
            (results / "moments" / f"{item}.npz").write_bytes(b"1234")
            (used / "moments" / f"{item}.json").write_text(json.dumps(Usage(4.0, 3.0, 100.0)._asdict()))
        for step in ("gather", "solve"):
            (used / f"{step}.json").write_text(json.dumps(Usage(3.0, 2.0, 100.0)._asdict()))
        (results / "fit.json").write_text(json.dumps({"certificate": {"gap": 1e-9}}))
        whole = ("seconds", "read_seconds", "peak_gb", "weight_difference", "objective_difference")
        (results / "one_pass.json").write_text(json.dumps(dict.fromkeys(whole, 0.5)))
        pd.DataFrame({"feature": range(12), "weight": np.arange(12, 0, -1)}).to_csv(results / "weights.tsv", sep="\t")
    return tmp_path


def test_the_table_adds_up_the_jobs_of_its_own_run(measured):
    table = growth([100, 1000], 2, measured / "results", measured / "usage")
    assert table["rows"].tolist() == [100, 1000]
    assert table["job_seconds"].tolist() == [2.0, 20.0]
    assert table["job_cpu_seconds"].tolist() == [1.0, 1.0]
    assert table["job_seconds_with_start"].tolist() == [8.0, 8.0]
    assert table["elapsed_moments_seconds"].tolist() == [10.0, 10.0]
    assert table["planted_recovered"].tolist() == [1.0, 1.0]


def test_the_figure_is_drawn_from_its_tables(measured, tmp_path, small):
    table = growth([100, 1000], 2, measured / "results", measured / "usage")
    paths = {suffix: str(tmp_path / f"figure.{suffix}") for suffix in ("svg", "png", "tsv")}
    with house_style():
        figure = draw(table, accuracy([2000, 20_000], [0, 100, 1000], jobs=3, seed=0))
        assert [len(axes.get_lines()) for axes in figure.axes] == [3, 4, 2, 3]
        save_figure(figure, table, **paths, simulated=True)
    assert pd.read_csv(paths["tsv"], sep="\t")["rows"].tolist() == [100, 1000]


def test_rounding_stays_at_that_of_doubles(small):
    table = accuracy([2000, 200_000], [0, 10_000], jobs=5, seed=0)
    assert table["chunks"].tolist() == [4, 400] * 2
    assert (table["covariance_error"] > 0).all()  # the truth is not the same computation
    assert table["covariance_error"].max() < 1e-13
    assert table["weight_error"].max() < 1e-7


def test_the_measure_sees_an_error_of_one_part_in_a_million(small):
    rng = np.random.default_rng(0)
    parts = [data(rng, 0.0) for _ in range(2)]
    chunks = [Moments.from_arrays(X, Modality(y)) for X, y in parts]
    truth = in_extended_precision(parts, chunks[0]).covariances()
    found = added_up(chunks, copies=1, jobs=1)
    found.dense[1, -2] *= 1 + 1e-6  # a column times the norm of the last feature
    found.dense[5, 5] *= 1 + 1e-6
    found.dense[-2, -2] *= 1 + 1e-6
    assert errors(found.covariances(), truth)["covariance_error"] > 1e-8
