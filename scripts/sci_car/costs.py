"""Time and memory of every method, from what their jobs used (reading the cells included)."""

from pathlib import Path

import pandas as pd

from running import step, write_table
from running.usage import read_usage


def costs(files: list[str]) -> pd.DataFrame:
    """Rows (method, seed, seconds, cpu_seconds, peak_mb) from usage files named method_seed.json."""
    rows = []
    for path in map(Path, files):
        method, _, seed = path.stem.rpartition("_")
        rows.append({"method": method, "seed": int(seed)} | read_usage(path)._asdict())
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        write_table(costs(snakemake.input), snakemake.output[0])
