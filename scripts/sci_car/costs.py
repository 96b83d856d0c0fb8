"""Time and memory of every method, from Snakemake's benchmarks of their jobs (reading the cells included)."""

from pathlib import Path

import pandas as pd

from running import step, whole_file


def costs(benchmarks: list[str]) -> pd.DataFrame:
    """Rows (method, seed, seconds, cpu_seconds, peak_mb) from files named method_seed.tsv."""
    rows = []
    for path in map(Path, benchmarks):
        method, _, seed = path.stem.rpartition("_")
        measured = pd.read_csv(path, sep="\t", na_values="-").iloc[-1]
        times = {"seconds": measured["s"], "cpu_seconds": measured["cpu_time"], "peak_mb": measured["max_rss"]}
        rows.append({"method": method, "seed": int(seed)} | times)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake), whole_file(snakemake.output[0]) as part:  # noqa: F821
        costs(snakemake.params.benchmarks).to_csv(part, sep="\t", index=False, float_format="%.2f")  # noqa: F821
