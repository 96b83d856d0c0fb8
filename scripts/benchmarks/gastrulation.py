"""How long the archive of the atlas of gastrulation takes to read, and how much memory, in a fresh process.

The interpreter and its libraries are in the memory, and so is the normalising of what was read.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from gastrulation.load import normalise, read_archive
from running import step, write_table
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes


def read(archive: str, samples: Mapping, filter: str, min_cells: int) -> dict:
    """Read and normalise: the size of what is kept, seconds by the clock and of the processor, GB at the peak."""
    start = time.perf_counter()
    cells, _ = read_archive(archive, samples, filter)
    cells = normalise(cells, min_cells)
    took = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time(), "gigabytes": peak_gigabytes()}
    return {"cells": cells.n_obs, "genes": cells.n_vars, "entries": int(cells.X.nnz)} | took


if __name__ == "__main__":
    with step(snakemake) as log:
        archive = snakemake.input.archive
        params = dict(snakemake.params)
        given = {key: params[key] for key in ("samples", "filter", "min_cells")}
        found = in_fresh_process("benchmarks.gastrulation:read", threads=snakemake.threads, archive=archive, **given)
        row = {"archive_gigabytes": Path(archive).stat().st_size / 1e9} | found
        log.info("%s", row)
        write_table(pd.DataFrame([row]), snakemake.output[0])
