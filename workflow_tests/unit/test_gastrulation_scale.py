"""The archive of the published size: what is written is what was asked for, and reading keeps within its memory."""

import io
import tarfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from formats.matrix_market import read_counts, write_blocks
from gastrulation.load import normalise, read_archive
from gastrulation.simulate import sources
from gastrulation.simulate.sources import simulate
from rehearsal.publish import WRITERS
from running import InputError
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes

SAMPLES = {"E6.5": [1, 5], "E7.0": [10, 14], "E7.25": [26, 27]}
SETTINGS = {"cells": 600, "genes": 300, "depth": 200}
WHOLE = "no doublets or stripped nuclei"


def read_and_measure(archive: str, min_cells: int) -> dict:
    """What a fresh process sees."""
    cells = normalise(read_archive(archive, SAMPLES, WHOLE)[0], min_cells)
    return {"cells": cells.n_obs, "entries": int(cells.X.nnz), "gigabytes": peak_gigabytes()}


@pytest.fixture
def measured(monkeypatch):
    """That, in one."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    return partial(in_fresh_process, "test_gastrulation_scale:read_and_measure", threads=1)


def members(archive) -> dict[str, bytes]:
    with tarfile.open(archive) as packed:
        return {one.name.removeprefix("atlas/"): packed.extractfile(one).read() for one in packed}


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """One of the planted cells alone, and one that others fill up to 3,500."""
    folder = tmp_path_factory.mktemp("archives")
    found = {}
    for all_cells in (0, 3_500):
        found[all_cells] = folder / f"{all_cells}.tar.gz"
        simulate(found[all_cells], folder / "truth.json", 0, SETTINGS, all_cells=all_cells)
    return found


def test_of_an_archive_that_others_fill_up_the_planted_cells_are_read(archives, measured):
    found = measured(archive=str(archives[3_500]), min_cells=1)
    assert found["cells"] == 600
    assert 600 * 30 < found["entries"] < 600 * 200
    assert found["gigabytes"] < 1


def test_the_planted_cells_come_first_and_all_others_are_of_a_later_stage(archives):
    alone, filled = (members(archive) for archive in archives.values())
    planted, cells = (pd.read_csv(io.BytesIO(one["meta.tab"]), sep="\t") for one in (alone, filled))
    n = len(planted)
    assert cells.head(n).equals(planted)
    assert cells["cell"].is_unique
    assert set(cells["stage"][n:]) == {"E8.5"}
    assert set(cells["sample"][n:]) == {37}
    counts = [read_counts(io.BytesIO(one["raw_counts.mtx"]), name="counts") for one in (alone, filled)]
    assert counts[1].shape == (3_500, 300)
    for first in range(0, 3_500, n):
        rows = counts[1][first : first + n]
        assert (rows != counts[0][: rows.shape[0]]).nnz == 0


def test_counts_are_the_same_however_few_are_drawn_at_once(archives, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "AT_ONCE", 5_000)
    simulate(tmp_path / "a.tar.gz", tmp_path / "truth.json", 0, SETTINGS)
    assert (tmp_path / "a.tar.gz").read_bytes() == archives[0].read_bytes()


def test_kinds_have_as_many_genes_as_asked(tmp_path):
    truth = simulate(tmp_path / "a.tar.gz", tmp_path / "truth.json", 0, SETTINGS, of_kind=40)
    kinds = [truth.early, truth.late, truth.both, truth.batch, *truth.markers.values()]
    assert list(map(len, kinds)) == [40, 40, 40, 80, 24, 24, 24]
    assert len({gene for kind in kinds for gene in kind}) == 272
    with pytest.raises(InputError, match="300 genes cannot hold what is planted; give 340"):
        simulate(tmp_path / "a.tar.gz", tmp_path / "truth.json", 0, SETTINGS, of_kind=50)


def test_a_matrix_that_comes_in_blocks_is_the_same_file(tmp_path):
    counts = csr_matrix(np.random.default_rng(0).poisson(0.3, (90, 40)))
    blocks = [counts[:50], counts[50:50], counts[50:]]
    write_blocks(blocks, (40, 90, counts.nnz), tmp_path / "blocks.mtx")
    whole = read_counts(tmp_path / "blocks.mtx", shape=(40, 90))
    assert (whole != counts).nnz == 0
    cells = np.arange(90) % 3 == 0
    for dtype in (np.int32, np.float32):
        found = read_counts(tmp_path / "blocks.mtx", cells=cells, dtype=dtype)
        assert found.dtype == dtype
        assert (found != whole[cells]).nnz == 0
    write_blocks(blocks, (40, 90, counts.nnz + 1), tmp_path / "blocks.mtx")
    with pytest.raises(InputError, match=rf"holds {counts.nnz} entries, where line 2 announces {counts.nnz + 1}"):
        read_counts(tmp_path / "blocks.mtx", cells=cells)


@pytest.mark.slow
def test_an_archive_of_the_published_size_is_read_in_less_than_six_gigabytes(tmp_path, measured):
    (tmp_path / "gastrulation").mkdir()
    WRITERS["gastrulation"](tmp_path, 0, 1.0, {})
    archive = tmp_path / "gastrulation/atlas_data.tar.gz"
    found = measured(archive=str(archive), min_cells=10)
    archive.unlink()
    assert found["cells"] == 16_152
    assert found["entries"] > 5e7
    assert found["gigabytes"] < 6, found
