"""Figures of sci-CAR on tables by hand: a method that failed, or was not run, is seen to have no value."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from plotting import house_style
from running.usage import leave_usage
from sci_car.costs import costs
from sci_car.figures.agreement_panel import SHOWN, agreement_data, draw_agreement
from sci_car.figures.figure2_methods import draw as draw_methods
from sci_car.figures.figure2_methods import method_data
from sci_car.figures.figure2_sensitivity import draw as draw_sensitivity
from sci_car.figures.figureS3 import draw as draw_s3
from sci_car.gains import BASE

CLAIMS = {"ari.rna": {"paper": 0.40}, "ari.totalvi": {"paper": 0.0043}, "ari.schema": {"paper": 0.46}}
STATUSES = pd.DataFrame(
    [("rna", "done", ""), ("atac", "done", ""), ("schema", "done", ""), ("totalvi", "failed", "ValueError: NaN")],
    columns=["method", "state", "reason"],
).assign(seed=0)


@pytest.fixture
def scores():
    """ARI and NMI of three methods and the random control, two seeds each."""
    rows = []
    for method, value in (("rna", 0.5), ("atac", 0.1), ("schema", 0.6), ("random", 0.0)):
        for group in ("all", "proximal tubule"):
            for metric in ("ari", "nmi"):
                for seed in (0, 1):
                    key = {"method": method, "seed": 0, "leiden_seed": seed, "group": group, "metric": metric}
                    rows.append(key | {"value": value + seed / 100})
    return pd.DataFrame(rows)


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_failed_method_is_written_on_the_figure_of_all_methods(scores):
    spent = pd.DataFrame({"method": ["rna", "schema"], "seed": 0, "cpu_seconds": [1.0, 2.0], "peak_mb": [100.0, 200.0]})
    data = method_data(scores, STATUSES, spent, CLAIMS)
    with house_style():
        assert words(draw_methods(data)).count("failed") == 1
    papers = data[data["series"].str.startswith("paper:")].set_index("series")["value"]
    assert papers.to_dict() == {"paper:rna": 0.40, "paper:schema": 0.46, "paper:totalvi": 0.0043}
    assert data.query("series == 'schema' and panel == 'c'")["value"].item() == pytest.approx(0.2)


def test_panel_f_tells_failed_from_not_run(scores):
    rows = agreement_data(scores, STATUSES, CLAIMS)
    notes = rows.dropna(subset=["note"]).set_index("series")["note"]
    assert notes["totalvi"] == "failed"
    assert notes["cca"] == "not run"
    assert set(notes.index) == set(SHOWN) - {"rna", "atac", "schema", "random"}
    with house_style():
        figure, axes = plt.subplots()
        draw_agreement(axes, rows)
        assert {"failed", "not run"} <= set(words(figure))


def test_figure_s3_gives_the_reason_in_place_of_a_map(scores):
    maps = pd.DataFrame({"cell": list("abcd"), "x": [0, 1, 0, 1.0], "y": [0, 0, 1, 1.0], "atac:cluster": [0, 0, 1, 1]})
    with house_style():
        figure, data = draw_s3(maps, scores, STATUSES)
        assert "failed: ValueError: NaN" in words(figure)
    assert data.query("panel == 'B'")["value"].tolist() == ["failed: ValueError: NaN"]
    assert len(data.query("panel == 'A'")) == 4


def test_every_setting_is_a_point_of_the_sensitivity_figure_of_its_data():
    settings = {"cells": "all", "rna": ["log", "counts"], "components": 50, "scaling": "none", "neighbours": 15}
    base = pd.DataFrame(settings | {"resolution": 1.0, "s": 0.99, "ari_rna": [0.5, 0.2]})
    kidney = pd.concat([base.assign(atac=atac, gain=gain) for atac, gain in (("counts", 0.1), ("shuffled", -0.1))])
    kidney["over_control"] = np.where(kidney["atac"] == "shuffled", np.nan, 0.2)
    gains = pd.concat([kidney.assign(data="kidney"), kidney.head(3).assign(data="cortex")], ignore_index=True)
    assert set(BASE) <= set(gains)
    with house_style():
        figure = draw_sensitivity(gains)
    points = [sum(len(drawn.get_offsets()) for drawn in axes.collections) for axes in figure.axes[:2]]
    assert points == [4, 3]
    assert [axes.get_title(loc="left") for axes in figure.axes[:2]] == ["kidney", "cortex"]


def test_costs_are_what_the_jobs_used(tmp_path):
    path = tmp_path / "schema_nmf_3.json"
    leave_usage(path)
    (row,) = costs([str(path)]).to_dict("records")
    assert (row["method"], row["seed"]) == ("schema_nmf", 3)
    assert row["seconds"] > 0
    assert row["peak_mb"] > 50
