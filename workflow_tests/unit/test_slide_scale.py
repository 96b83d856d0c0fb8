"""A puck of the published size is read in time and memory: 18,906 genes x 24,847 beads in 3 minutes and 3 GB."""

import time

import pytest

from rehearsal.puck import simulate
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes
from slide_seq.read_puck import read_puck

SIZES = {"beads": 24_847, "genes": 18_906, "kept_beads": 20_823, "kept_genes": 17_607, "umi": 100}


def read_and_measure(path: str) -> dict:
    """What a fresh process sees."""
    started = time.perf_counter()
    shape = read_puck(path).shape
    return {"shape": list(shape), "seconds": time.perf_counter() - started, "gigabytes": peak_gigabytes()}


@pytest.mark.slow
def test_reading_the_published_size(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(__file__.rpartition("/")[0]))
    simulate(tmp_path / "puck.tar.gz", 0, **SIZES)
    found = in_fresh_process("test_slide_scale:read_and_measure", threads=1, path=str(tmp_path / "puck.tar.gz"))
    assert found["shape"] == [24_847, 18_906]
    assert found["seconds"] < 180
    assert found["gigabytes"] < 3
