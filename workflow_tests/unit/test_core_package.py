"""The core as a package: what importing it costs, its version, its tutorial, and what its pages say was measured."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import schema_core

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "scripts/schema_core/README.md").read_text("utf-8")


def modules_after(statement):
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    return set(done.stdout.split())


def test_importing_brings_nothing_that_takes_long(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(schema_core.__file__).parents[1]))
    assert not modules_after("import schema_core") & {"numpy", "pandas", "scipy", "sklearn", "clarabel", "matplotlib"}
    fitted = modules_after("from schema_core import Schema, tl, pl")
    assert not {name for name in fitted if name.split(".")[0] in ("matplotlib", "torch", "scanpy")}


@pytest.mark.parametrize("name", schema_core.__all__)
def test_every_name_is_there_and_described(name):
    assert getattr(schema_core, name).__doc__
    assert name in dir(schema_core)


def test_one_version():
    citation = (REPOSITORY / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {schema_core.__version__}\n" in citation


@pytest.mark.filterwarnings("ignore")
def test_the_tutorial_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(compile(block, "README.md", "exec"), names)
    assert names["other"].obsm["X_schema"].shape == (100, 4)


def test_what_the_page_says_was_measured():
    table = pd.read_csv(REPOSITORY / "results/reference/real/figure2_sensitivity.tsv", sep="\t")
    table = table[(table["series"] != "shuffled") & (table["data"] == "mouse kidney")]
    text = " ".join(PAGE.split())
    above = table["value"].gt(0)
    by_s, median = above.groupby(table["s"]).mean(), table.groupby("s")["value"].median()
    assert f"Over {len(table)} settings" in text
    assert f"{by_s[0.99]:.0%} at s = 0.99 (median difference {median[0.99]:.3f})".replace("%", " %") in text
    assert f"in {by_s[0.9]:.0%} at s = 0.9 (median {median[0.9]:.3f})".replace("%", " %") in text
    scaled = above.groupby(table["scaling"]).mean()
    assert (
        f"in {scaled['unit']:.0%} of the kidney's settings, unscaled in {scaled['none']:.0%}".replace("%", " %") in text
    )
    share = (100 * above.groupby(table["series"]).mean()).round().astype(int)
    assert "give {}, {}, {} and {} %".format(*share[["binary", "counts", "tfidf", "log"]]) in text
