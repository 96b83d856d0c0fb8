"""A file between two steps that was damaged: the step that reads it names it; once it is gone the run ends right."""

import os

import pytest
import yaml
from conftest import config_of, snakemake
from faults import QUICK_TAIL, RUN, assert_finished, run, unfinished

from tcr.simulate.sources import simulate

TCR, SCI_CAR, SLIDE = RUN / "tcr", RUN / "sci_car", RUN / "slide_seq"


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def zeros(path):
    """What is left of the end of a file after a loss of power on some file systems."""
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + bytes(len(content) - half))


def damage(how, path):
    """As a disk does it: the time of the file stays."""
    times = path.stat()
    how(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


# by the output that is to be made again: the input of its step, and what happens to it
DAMAGED = {
    TCR / "residue_stability.tsv": (cut, TCR / "chains.parquet"),
    TCR / "location_stability.tsv": (cut, TCR / "location_profiles.tsv"),
    SCI_CAR / "sensitivity/kidney_log.tsv": (cut, SCI_CAR / "cells.h5mu"),
    SCI_CAR / "places.tsv": (zeros, SCI_CAR / "reduced.h5ad"),
    SCI_CAR / "clusters.parquet": (empty, SCI_CAR / "embeddings/cca/0.parquet"),
    SLIDE / "180430_1/loadings/cca.parquet": (cut, SLIDE / "180430_1/beads.h5ad"),
    SLIDE / "180430_5/loadings/schema.parquet": (flip, SLIDE / "180430_5/factors_20.npz"),
}


def test_each_format_is_found_damaged_by_the_step_that_reads_it(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, tuple(DAMAGED))
    for how, path in DAMAGED.values():
        damage(how, folder / path)
    done = run(folder, "--keep-going", check=False, targets=map(str, DAMAGED))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for output, (_, path) in DAMAGED.items():
        said = [line for line in done.stderr.splitlines() if f"{path}: it is damaged" in line]
        assert said, path
        assert all(line.endswith("delete it and run again: it is made anew") for line in said)
        assert not (folder / output).exists(), "made from a damaged file"


def test_once_the_damaged_files_are_gone_the_run_ends_right(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, QUICK_TAIL)
    scores = folder / TCR / "residue_scores.tsv"
    damage(lambda path: path.write_text(path.read_text().rstrip().rsplit("\t", 1)[0] + "\n"), scores)
    said = run(folder, "--config", "verify_inputs=True", check=False).stderr
    assert "residue_scores.tsv: it is damaged (row" in said
    assert "delete it and run again" in said
    scores.unlink()
    run(folder)
    assert_finished(folder)


@pytest.mark.slow
def test_a_whole_demo_with_damaged_files_ends_right_once_they_are_gone(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, (*DAMAGED, RUN / "report.html"))
    for how, path in DAMAGED.values():
        damage(how, folder / path)
    wanted = [*map(str, DAMAGED), "all"]
    assert "it is damaged" in run(folder, "--keep-going", check=False, targets=wanted).stderr
    for _, path in DAMAGED.values():
        (folder / path).unlink()
    run(folder, targets=wanted)
    assert all((folder / path).exists() for _, path in DAMAGED.values())
    assert_finished(folder)


def test_a_published_file_is_held_against_its_receipt_by_the_steps_that_read_it(tmp_path):
    # A release, since a build has a known hash, which a simulated one does not have.
    mirror, release = tmp_path / "mirror", "vdjdb-2020-05-20.zip"
    simulate(mirror, 0, cells_per_donor=(), motif_files=[release])
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"mirror": str(mirror), "fetch": {"attempts": 1}}))
    arguments = ["--configfile", config_of("real"), "mine.yaml"]
    target = tmp_path / "results/real/tcr/vdjdb/release-2020-05-20/locations.tsv"
    source = tmp_path / f"results/sources/vdjdb/{release}"
    arguments += ["--", str(target.relative_to(tmp_path))]
    snakemake(*arguments, folder=tmp_path)
    right = target.read_bytes()
    target.unlink()
    damage(flip, source)
    done = snakemake(*arguments, folder=tmp_path, check=False)
    assert done.returncode != 0
    assert f"{source.relative_to(tmp_path)}: it is no longer the file that came" in done.stderr
    assert f"delete it and {source.name}.receipt.yaml, and run again: it is fetched anew" in done.stderr
    assert not target.exists()
    source.unlink()
    source.with_name(f"{source.name}.receipt.yaml").unlink()
    snakemake(*arguments, folder=tmp_path)
    assert target.read_bytes() == right
    assert source.read_bytes() == (mirror / "vdjdb" / source.name).read_bytes()
