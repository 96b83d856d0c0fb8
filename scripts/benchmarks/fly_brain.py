"""What loading, preprocessing, NMF and Schema at every s take at the size of the published matrix: one row per step.

Each step runs in a fresh process, so that its time and peak memory are its own, start of Python and writing included.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from anndata import read_h5ad

from fly_brain.factors import factorise
from fly_brain.load import load
from fly_brain.preprocess import preprocess
from fly_brain.weights import age_sets, ladder
from running import scratch_folder, step, write_table
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes

logger = logging.getLogger(__name__)


def spent() -> dict:
    """Processor time and peak memory of this process so far; the time says more than a clock on a busy machine."""
    return {"cpu_seconds": time.process_time(), "gigabytes": peak_gigabytes()}


def load_step(tarball: str, metadata: str, out: str, line: str, not_neurons: list[str]) -> dict:
    """Read the files and write the cells of one line."""
    cells = load(tarball, metadata, line, not_neurons)
    cells.write_h5ad(out, compression="lzf")
    return {"cells": cells.n_obs, "columns": cells.n_vars, "entries": int(cells.X.nnz)} | spent()


def preprocess_step(cells: str, out: str, options: Mapping) -> dict:
    """Choose cells and genes, and normalise."""
    found = preprocess(read_h5ad(cells), **options)
    found.write_h5ad(out, compression="lzf")
    return {"cells": found.n_obs, "columns": found.n_vars, "entries": int(found.X.nnz)} | spent()


def factors_step(cells: str, out: str, options: Mapping) -> dict:
    """NMF."""
    found = factorise(read_h5ad(cells), **options)
    found.write_h5ad(out)
    return {"cells": found.n_obs, "columns": found.n_vars} | spent()


def weights_step(factors: str, correlations: list[float], ratio: float, solver: str) -> dict:
    """Moments once, then Schema at every s, for true ages."""
    found = read_h5ad(factors)
    sets = age_sets(found.obs["age"].to_numpy(), found.obs["line"].astype(str).to_numpy(), 0, 0)
    start = time.perf_counter()
    ladder(found, sets, correlations, ratio, solver)
    alone = time.perf_counter() - start
    return {"cells": found.n_obs, "columns": found.n_vars, "solving_seconds": alone} | spent()


def measure(tarball: str, metadata: str, settings: Mapping, seed: int, folder: Path, threads: int) -> pd.DataFrame:
    """One row per step: step, seconds (wall), cpu_seconds, gigabytes (peak), and the size of what it made.

    settings : the config's fly_brain, of which the case "text" is run; intermediate files go to ``folder``
    """
    case = settings["cases"]["text"]
    cells, text, factors = (str(folder / f"{name}.h5ad") for name in ("cells", "text", "factors"))
    chosen = {"which": case["cells"], "normalise": case["normalise"], "min_cells": settings["min_cells"]}
    nmf = {"components": case["components"], "settings": settings["nmf"], "seed": seed}
    sources = {"tarball": tarball, "metadata": metadata, "line": settings["line"]}
    ladder_of = {"correlations": settings["min_correlations"], "ratio": settings["max_weight_ratio"]}
    steps = {
        "load": sources | {"not_neurons": settings["not_neurons"], "out": cells},
        "preprocess": {"cells": cells, "options": chosen, "out": text},
        "factors": {"cells": text, "options": nmf, "out": factors},
        "weights": {"factors": factors, "solver": settings["solver"]} | ladder_of,
    }
    rows = []
    for name, arguments in steps.items():
        start = time.perf_counter()
        found = in_fresh_process(f"benchmarks.fly_brain:{name}_step", threads=threads, **arguments)
        rows.append({"step": name, "seconds": time.perf_counter() - start} | found)
        logger.info("%s", rows[-1])
    whole_numbers = dict.fromkeys(("cells", "columns", "entries"), "Int64")
    return pd.DataFrame(rows).astype(whole_numbers)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params, out = snakemake.input, snakemake.params, Path(snakemake.output[0])
        with scratch_folder(out) as folder:
            options = {"folder": folder, "threads": snakemake.threads}
            table = measure(inputs.tarball, inputs.metadata, params.settings, params.seed, **options)
        write_table(table, out)
