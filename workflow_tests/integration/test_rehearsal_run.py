"""A rehearsal of the full run as a whole, small, and what is planted at the published sizes."""

import os
import subprocess
import sys

import pytest
import yaml
from conftest import REPOSITORY, config_of

from running import read_table

REHEARSAL = REPOSITORY / "results/reference/rehearsal"
SMALL = """
run: small
data: published
parts: [slide_seq]
slide_seq: {methods: [schema_learn, morans_i]}
fetch: {attempts: 1}
"""
# The whole sizes, and of the methods those that what is planted is held against.
PLANTED = """
run: planted
data: published
parts: [sci_car, slide_seq, fly_brain, dentate_gyrus, gastrulation, a549]
sci_car: {methods: [rna, atac, schema, schema_shuffled], bootstraps: 20}
slide_seq: {methods: [morans_i], factors: {numbers: [100]}}
gastrulation: {methods: [schema]}
dentate_gyrus: {bootstraps: 20}
a549: {shuffles: 5, random_sets: 200}
"""


def rehearsed(folder, overlay, fraction, *arguments):
    """Make the rehearsal with this overlay on the demo's settings, or at the whole size on those of ``quick``."""
    (folder / "overlay.yaml").write_text(overlay)
    command = [sys.executable, str(REPOSITORY / "scripts/rehearsal/rehearse.py"), str(folder / "run")]
    command += ["--fraction", str(fraction), "--run", yaml.safe_load(overlay)["run"], "--", "--cores", "2"]
    command += ["--configfile", config_of("quick" if fraction == 1 else "demo"), "overlay.yaml", *arguments]
    here = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(REPOSITORY / "scripts")}
    done = subprocess.run(command, cwd=folder, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "run"


@pytest.mark.slow
def test_a_small_rehearsal_finds_what_was_planted(tmp_path):
    run = rehearsed(tmp_path, SMALL, 0.02)
    planted = read_table(run / "planted.tsv", text=True)
    missed = planted.loc[planted["recovered"] != "yes", "effect"]  # with so few beads one of 8 is (p = 0.04)
    assert all("wherever they lie" in effect for effect in missed), planted.to_string()
    assert "simulated data" in (run / "results/small/figures/figure4.svg").read_text()  # the figure itself says so
    ledger = read_table(run / "results/small/claims.tsv", text=True)
    assert set(ledger["verdict"]) <= {"undecided", "not run"}  # the files stand in for the published ones
    receipt = yaml.safe_load((run / "results/sources/gene_ontology/go-basic.obo.receipt.yaml").read_text())
    assert receipt["origin"].endswith("/2020-06-01/ontology/go-basic.obo")
    assert {"slide_seq_read", "slide_seq_factors", "all rules"} <= set(read_table(run / "costs.tsv")["rule"])


@pytest.mark.slow
def test_at_the_published_sizes_what_was_found_is_found_again(tmp_path):
    reference = read_table(REHEARSAL / "planted.tsv", text=True)
    parts = reference["part"].unique()
    assert set(parts) == set(yaml.safe_load(PLANTED)["parts"])
    run = rehearsed(tmp_path, PLANTED, 1, "--", *(f"results/planted/planted/{part}.tsv" for part in parts))
    for part, rows in reference.groupby("part"):
        found = read_table(run / f"results/planted/planted/{part}.tsv", text=True).set_index("effect")["recovered"]
        expected = rows.set_index("effect")["recovered"]
        assert found.index.tolist() == expected.index.tolist()
        assert (found[expected == "yes"] == "yes").all(), found.to_string()
