"""How long files of the published sample's size take to read, and how much memory: the two matrices, and all of it.

Each measurement is one run in a fresh process; the interpreter and its libraries are in the memory.
"""

import time
from collections.abc import Mapping

import pandas as pd

from formats.matrix_market import read_counts
from running import step, write_table
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes
from sci_car.preprocess import FILES, preprocess

MEASURED = {"read both matrices": "benchmarks.sci_car:read_both", "preprocess": "benchmarks.sci_car:preprocess_all"}
SIDES = {"cells": 0, "features": 1}


def read_both(files: Mapping[str, str]) -> dict:
    """Read both matrices and hold them together: the size of each, seconds, GB at the peak."""
    start = time.perf_counter()
    rna, atac = read_counts(files["rna_counts"]), read_counts(files["atac_counts"])
    seconds = time.perf_counter() - start
    return {**_sizes(rna, atac), "seconds": seconds, "peak_gb": peak_gigabytes()}


def preprocess_all(files: Mapping[str, str], settings: Mapping) -> dict:
    """Read all six files, join and filter; the sizes are of what is kept."""
    start = time.perf_counter()
    cells, _ = preprocess(files, settings)
    seconds = time.perf_counter() - start
    return {**_sizes(cells["rna"].X, cells["atac"].X), "seconds": seconds, "peak_gb": peak_gigabytes()}


def _sizes(rna, atac) -> dict:
    named = {"rna": rna, "atac": atac}
    shapes = {f"{name}_{side}": matrix.shape[axis] for name, matrix in named.items() for side, axis in SIDES.items()}
    return shapes | {f"{name}_entries": int(matrix.nnz) for name, matrix in named.items()}


if __name__ == "__main__":
    with step(snakemake) as log:
        files = {name: snakemake.input[name] for name in FILES}
        rows = []
        for name, function in MEASURED.items():
            extra = {"settings": dict(snakemake.params)} if name == "preprocess" else {}
            measured = in_fresh_process(function, threads=snakemake.threads, files=files, **extra)
            rows.append({"step": name} | measured)
            log.info("%s", rows[-1])
        write_table(pd.DataFrame(rows), snakemake.output[0])
