"""own through Snakemake: by jobs and by one, the planted truth, the same bits again, one line of error."""

import json

import anndata
import numpy as np
import pandas as pd
import pytest
from conftest import config_of, snakemake

from benchmarks.own_one_pass import one_pass
from own.simulate import PLANTED, recovered, write

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
    (folder / "mine.yaml").write_text(
        f"simulate: {{own: {sizes}}}\nown: {{rows_per_chunk: 1500, rows_in_memory: 1000}}\n"
    )
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
    assert len(list((generated / "groups").glob("*-of-4"))) == 4
    control = pd.read_csv(generated / "control.tsv", sep="\t")
    assert control["p_value"].iloc[0] == pytest.approx(1 / 21)
    assert control["gain"].iloc[0] > 5 * control["gain"][1:].max()
    assert (pd.read_csv(generated / "stability.tsv", sep="\t")["weight_se"] > 0).all()
    weighted = anndata.read_h5ad(generated / "schema.h5ad")
    assert weighted.obsm["X_schema"].shape == (ROWS, FEATURES)
    assert "These cells are simulated." in (generated / "index.html").read_text()
    assert not list(generated.parent.glob("*.h5ad"))
    used = generated.parents[1] / "usage" / "own" / generated.name
    assert len(list(used.rglob("*.json"))) == 4 + len(["simulate", "plan", "merged", "weighted", "page"])


MINE = {
    "file": "mine.h5ad",
    "modalities": {"age": "obs/age", "type": "obs/cell_type", "protein": "obsm/protein"},
    "jobs": 2,
    "rows_per_chunk": 3000,
    "rows_in_memory": 1000,
}


def test_a_file_of_ones_own_in_other_jobs_gives_the_same_and_again_the_same_bits(generated, tmp_path):
    write(tmp_path / "mine.h5ad", ROWS, FEATURES, seed=0)
    (tmp_path / "mine.yaml").write_text(json.dumps({"own": MINE}))  # JSON is YAML
    arguments = ["--configfile", config_of("demo"), "mine.yaml"]
    snakemake(*arguments, "--", "own", folder=tmp_path)
    out = tmp_path / "results" / "demo" / "own" / "mine"
    weights = pd.read_csv(out / "weights.tsv", sep="\t")["weight"]
    before = pd.read_csv(generated / "weights.tsv", sep="\t")["weight"]
    np.testing.assert_allclose(weights, before, atol=1e-8)
    np.testing.assert_allclose(
        weights, one_pass(tmp_path / "mine.h5ad", "X", MODALITIES, 0.99, 1000)[0].weights_, atol=1e-8
    )
    names = ("weights.tsv", "fit.json", "moments.npz")
    bits = [(out / name).read_bytes() for name in names]
    snakemake(*arguments, "--forcerun", "own_split", "--", "own", folder=tmp_path)
    assert [(out / name).read_bytes() for name in names] == bits
    assert (tmp_path / "mine.h5ad").exists()
    doubled = {name: {"values": place, "weight": 2} for name, place in MINE["modalities"].items()}
    (tmp_path / "mine.yaml").write_text(json.dumps({"own": MINE | {"modalities": doubled}}))
    planned = snakemake(*arguments, "--dry-run", "--", "own", folder=tmp_path).stdout
    assert "own_merged" in planned
    assert "own_split" not in planned  # a weight asks for no row again


def test_a_file_that_fits_is_read_by_one_job_and_compared_by_its_labels(tmp_path):
    write(tmp_path / "mine.h5ad", 400, 12, seed=0)
    asked = {
        "file": "mine.h5ad",
        "modalities": {"age": "obs/age", "protein": "obsm/protein"},
        "labels": "obs/cell_type",
        "shuffles": 19,
        "methods": ["primary", "schema", "cca"],
    }
    (tmp_path / "mine.yaml").write_text(json.dumps({"own": asked}))
    snakemake("--configfile", config_of("demo"), "mine.yaml", "--", "own", folder=tmp_path)
    out = tmp_path / "results" / "demo" / "own" / "mine"
    weights = pd.read_csv(out / "weights.tsv", sep="\t").set_index("feature")["weight"]
    planted = {f"feature_{i}" for name in ("age", "protein") for i in PLANTED[name]}
    assert set(weights.nlargest(len(planted)).index) == planted
    compared = pd.read_csv(out / "comparison.tsv", sep="\t")
    assert compared["method"].tolist() == asked["methods"]
    assert set(compared["state"]) == {"done"}
    assert anndata.read_h5ad(out / "schema.h5ad").obsm["X_schema"].shape == (400, 12)
    assert "feature_0" in (out / "index.html").read_text()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            "file: not_here.h5ad, modalities: {age: obs/age}",
            ["not_here.h5ad: no such file; give the path of an .h5ad, .h5mu or zarr store in own.file"],
        ),
        ("modalities: {age: age}", ["at own.modalities.age", "obs"]),
        ("modalities: {age: {values: obs/age, kind: number}}", ["at own.modalities.age.kind", "'numeric'"]),
        ("modalities: {age: {values: obs/age, wieght: 1}}", ["unknown key 'wieght'", "'weight'"]),
        ("file: mine.h5ad", ["own.modalities: none is named for mine.h5ad"]),
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
