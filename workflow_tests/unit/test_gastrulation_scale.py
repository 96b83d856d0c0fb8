"""The archive of the published size: what is written is what was asked for, and reading keeps within its memory."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks.gastrulation_files import BLOCK, random_block, write_files
from formats.matrix_market import read_counts, write_blocks
from running import InputError
from running.fresh_process import in_fresh_process

SAMPLES = {"E6.5": [1, 5], "E7.0": [10, 14], "E7.25": [26, 27]}
PUBLISHED = {"genes": 29_452, "cells": 139_331, "entries_per_cell": 3_500}
WHOLE = "no doublets or stripped nuclei"


def test_a_small_archive_is_measured(tmp_path):
    sizes = {"genes": 300, "cells": BLOCK + 500, "entries_per_cell": 30}
    write_files(tmp_path / "a.tar.gz", sizes, SAMPLES, 600, 0)
    given = {"archive": str(tmp_path / "a.tar.gz"), "samples": SAMPLES, "filter": WHOLE, "min_cells": 1}
    found = in_fresh_process("benchmarks.gastrulation:read", threads=1, **given)
    assert found["cells"] == 600
    assert found["entries"] == pytest.approx(600 * 30, rel=0.1)
    assert found["gigabytes"] < 1


def test_random_counts_have_as_many_entries_as_asked():
    block = random_block(200, 2000, 240, np.random.default_rng(0))
    assert block.getnnz(axis=1).mean() == pytest.approx(240, rel=0.1)
    assert block.data.min() == 1


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
def test_an_archive_of_the_published_size_is_read_in_less_than_six_gigabytes(tmp_path):
    write_files(tmp_path / "atlas_data.tar.gz", PUBLISHED, SAMPLES, 16_152, 0)
    given = {"archive": str(tmp_path / "atlas_data.tar.gz"), "samples": SAMPLES, "filter": WHOLE, "min_cells": 10}
    found = in_fresh_process("benchmarks.gastrulation:read", threads=1, **given)
    (tmp_path / "atlas_data.tar.gz").unlink()
    assert found["cells"] == 16_152
    assert found["entries"] > 5e7
    assert found["gigabytes"] < 6, found
