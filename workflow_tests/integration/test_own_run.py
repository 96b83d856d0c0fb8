"""own through Snakemake: the planted truth, the answer of one pass, the same bits again, one line of error."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import config_of, snakemake

from benchmarks.own_one_pass import one_pass
from own.simulate import recovered, write

ROWS, FEATURES = 20_000, 30
MODALITIES = [
    {"values": "obs/age", "kind": "numeric"},
    {"values": "obs/cell_type", "kind": "categorical"},
    {"values": "obsm/protein", "kind": "vector"},
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A run on simulated rows, with the defaults: four jobs of several chunks each."""
    folder = tmp_path_factory.mktemp("generated")
    sizes = f"{{rows: {ROWS}, features: {FEATURES}}}"
    (folder / "mine.yaml").write_text(f"simulate: {{own: {sizes}}}\nown: {{rows_per_chunk: 1500}}\n")
    snakemake("--configfile", config_of("demo"), "mine.yaml", "--", "own", folder=folder)
    return folder / "results" / "demo" / "own" / f"generated_{ROWS}"


def test_the_planted_truth_is_found_and_the_data_are_gone(generated):
    weights = pd.read_csv(generated / "weights.tsv", sep="\t")
    fit = json.loads((generated / "fit.json").read_text())
    assert weights["feature"].tolist() == [f"feature_{i}" for i in range(FEATURES)]
    assert recovered(weights["weight"]) == 1.0
    assert fit["rows"] == ROWS
    assert fit["certificate"]["kind"] == "global"
    assert fit["certificate"]["gap"] < 1e-6
    assert fit["reference_correlation"] > 0.99 - 1e-6
    assert len(list((generated / "moments").glob("*-of-4.npz"))) == 4
    assert not list(generated.parent.glob("*.h5ad"))
    used = generated.parents[1] / "usage" / "own" / generated.name
    assert len(list(used.rglob("*.json"))) == 4 + len(["simulate", "plan", "gather", "solve"])


def test_a_file_of_ones_own_in_other_jobs_gives_the_same_and_again_the_same_bits(generated, tmp_path):
    write(tmp_path / "mine.h5ad", ROWS, FEATURES, seed=0)
    (tmp_path / "mine.yaml").write_text("own: {h5ad: mine.h5ad, jobs: 2, rows_per_chunk: 3000}\n")
    arguments = ["--configfile", config_of("demo"), "mine.yaml"]
    snakemake(*arguments, "--", "own", folder=tmp_path)
    out = tmp_path / "results" / "demo" / "own" / "own"
    weights = pd.read_csv(out / "weights.tsv", sep="\t")["weight"]
    before = pd.read_csv(generated / "weights.tsv", sep="\t")["weight"]
    np.testing.assert_allclose(weights, before, atol=1e-8)
    np.testing.assert_allclose(
        weights, one_pass(tmp_path / "mine.h5ad", "X", MODALITIES, 0.99, 1000)[0].weights_, atol=1e-8
    )
    names = ("weights.tsv", "fit.json", "moments.npz")
    bits = [(out / name).read_bytes() for name in names]
    snakemake(*arguments, "--forcerun", "own_moments", "--", "own", folder=tmp_path)
    assert [(out / name).read_bytes() for name in names] == bits
    assert (tmp_path / "mine.h5ad").exists()
    settings = {
        "h5ad": "mine.h5ad",
        "jobs": 2,
        "rows_per_chunk": 3000,
        "modalities": [{**one, "weight": 2} for one in MODALITIES],
    }
    (tmp_path / "mine.yaml").write_text(json.dumps({"own": settings}))  # JSON is YAML
    planned = snakemake(*arguments, "--dry-run", "--", "own", folder=tmp_path).stdout
    assert "own_solve" in planned
    assert "own_moments" not in planned  # a weight asks for no row again


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("h5ad: not_here.h5ad", ["not_here.h5ad: no such file; give the path of an .h5ad in own.file"]),
        ("modalities: [{values: age, kind: numeric}]", ["at own.modalities.0.values", "obs/<column>"]),
        ("modalities: [{values: obs/age, kind: number}]", ["at own.modalities.0.kind", "'numeric'"]),
        ("modalities: [{values: obs/age, kind: numeric, wieght: 1}]", ["unknown key 'wieght'", "'weight'"]),
    ],
)
def test_bad_settings_end_with_one_line(tmp_path, settings, words):
    (tmp_path / "mine.yaml").write_text(f"own: {{{settings}}}\n")
    arguments = ["--configfile", config_of("demo"), "mine.yaml"]
    done = snakemake(*arguments, "--", "own", folder=tmp_path, check=False)
    said = done.stderr + done.stdout
    assert done.returncode != 0
    assert any(all(word in line for word in words) for line in said.splitlines()), said[-2000:]
    assert "Traceback" not in said
