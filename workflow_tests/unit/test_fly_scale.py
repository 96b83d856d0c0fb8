"""The measurement at full size, on a small simulated brain: every step runs, and its time and memory are its own."""

from conftest import REPOSITORY
from fly_files import SETTINGS

from benchmarks.fly_brain import measure
from configuration.strict_yaml import read_yaml
from fly_brain.simulate.sources import simulate


def test_every_step_is_measured(tmp_path):
    tarball, metadata = tmp_path / "mex.tar.gz", tmp_path / "metadata.tsv.gz"
    simulate(tarball, metadata, 0, SETTINGS)
    settings = read_yaml(REPOSITORY / "config" / "config.yaml")["fly_brain"]
    settings |= {"nmf": settings["nmf"] | {"max_iterations": 20}}
    settings["cases"]["text"]["components"] = 5
    table = measure(str(tarball), str(metadata), settings, 0, tmp_path, 1).set_index("step")
    assert table.index.tolist() == ["load", "preprocess", "factors", "weights"]
    assert table.loc["load", "cells"] == 600  # of one line
    assert table.loc["preprocess", "entries"] <= table.loc["load", "entries"]
    assert table.loc[["factors", "weights"], "columns"].tolist() == [5, 5]
    assert (table["cpu_seconds"] > 0).all()
    assert (table["cpu_seconds"] <= table["seconds"] * 1.5).all()  # one thread
    assert table["gigabytes"].between(0.05, 2).all()
    assert table.loc["weights", "solving_seconds"] < table.loc["weights", "seconds"]
