"""The page on one's own cells in Chromium: on a desk and on a phone, light and dark, and by axe."""

from importlib.resources import files

import pandas as pd
import pytest
import selenium_axe_python

from own.page import draw, leading, listed_of, page
from plotting import house_style

AXE = (files(selenium_axe_python) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"


@pytest.fixture(scope="module")
def tables():
    comparison = {"method": ["schema", "mofa"], "label": ["Schema", "MOFA+"], "state": ["done", "failed"]}
    comparison |= {"reason": [None, "out of memory"], "cells": [90, None], "seconds": [0.01, None]}
    comparison |= {f"{score}{end}": [0.5, None] for score in ("ari", "nmi") for end in ("", "_low", "_high")}
    return {
        "control": pd.DataFrame({"cells": ["as they are", *["shuffled"] * 3], "gain": [0.3, 0.01, 0.02, 0.015]}).assign(
            p_value=[0.25, None, None, None]
        ),
        "correlations": pd.DataFrame({"modality": ["age"], "before": [0.1], "after": [0.4], "pairs": [4005]}),
        "path": pd.DataFrame(
            {"s": [0.5, 0.9], "kept": [0.5, 0.9], "before: age": [0.1, 0.1], "after: age": [0.5, 0.4]}
        ),
        "stability": pd.DataFrame({"weight": [1.5, 0.5], "weight_se": 0.1, "rank": [1, 2], "rank_se": 0.0}).assign(
            feature=["<a>", "b"]
        ),
        "genes": pd.DataFrame({"gene": ["g1"], "score": [0.2]}),
        "comparison": pd.DataFrame(comparison),
    }


def test_what_is_led_with(tables):
    said = " ".join(leading(tables, 0.9, False))
    assert "rose by 0.3; with shuffled cells it rose by 0.015 on average, 0.02 at most in 3 shuffles" in said
    assert "p cannot be below 0.25" in said
    assert "Not done: MOFA+" in said
    none = tables | {"control": tables["control"].assign(gain=[0.012, 0.01, 0.02, 0.015])}
    assert "not beyond what chance gives" in leading(none, 0.9, True)[1]
    listed = listed_of(tables)["comparison"]
    assert listed["ARI"].tolist() == ["0.500 (0.500 to 0.500)", ""]
    assert listed["reason"].tolist() == [None, "out of memory"]


def test_axe_finds_nothing_and_nothing_sticks_out(browser, tables, tmp_path):
    with house_style():
        draw(tables, 0.9).savefig(tmp_path / "figure.svg")
    svg = (tmp_path / "figure.svg").read_text()
    text = page("Schema on a.h5ad", leading(tables, 0.9, False), "asked", svg[svg.index("<svg") :], listed_of(tables))
    assert "&lt;a&gt;" in text
    (tmp_path / "index.html").write_text(text)
    for scheme in ("light", "dark"):
        for width in (1400, 400):
            size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            browser.get((tmp_path / "index.html").as_uri())
            browser.set_script_timeout(120)
            browser.execute_script(AXE)
            found = browser.execute_async_script(RUN_AXE)["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
