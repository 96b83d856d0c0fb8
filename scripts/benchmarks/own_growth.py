"""One table of what each size took: by the jobs' own clocks, with their start, and with all rows in memory."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from own.simulate import recovered
from running import read_table, step, write_table
from running.usage import read_usage


def growth(sizes: Sequence[int], jobs: int, results: Path, usage: Path) -> pd.DataFrame:
    """One row per number of rows.

    results : holds growth_<rows>/{moments/*.json, fit.json, weights.tsv, one_pass.json}
    usage : likewise, what the steps used

    Seconds: job_* summed over jobs (cpu: of the processor); elapsed_* by the wall clock over all of them, from the
    start of the first job's script to the end of the last's, or of the solve (fit). Peaks are of the largest job.
    """
    return pd.DataFrame([measured(n, jobs, results / f"growth_{n}", usage / f"growth_{n}") for n in sizes])


def measured(n: int, count: int, results: Path, usage: Path) -> dict:
    """The measurements of one size, of which ``count`` jobs shared the rows."""
    items = [f"{i}-of-{count}" for i in range(1, count + 1)]  # not those of a run with another number
    jobs = pd.DataFrame([read(results / "moments" / f"{item}.json") for item in items])
    files = [(results / "moments" / f"{item}.npz").stat().st_size for item in items]
    fit, whole = read(results / "fit.json"), read(results / "one_pass.json")
    weights = read_table(results / "weights.tsv")["weight"]
    started = sum(read_usage(usage / "moments" / f"{item}.json").seconds for item in items)
    return {
        "rows": n,
        "features": len(weights),
        "jobs": len(jobs),
        "job_seconds": jobs["seconds"].sum(),
        "job_cpu_seconds": jobs["cpu_seconds"].sum(),
        "job_read_seconds": jobs["read_seconds"].sum(),
        "job_seconds_with_start": started,
        "gather_seconds_with_start": read_usage(usage / "gather.json").seconds,
        "solve_seconds_with_start": read_usage(usage / "solve.json").seconds,
        "elapsed_moments_seconds": jobs["ended"].max() - jobs["began"].min(),
        "elapsed_fit_seconds": (results / "fit.json").stat().st_mtime - jobs["began"].min(),
        "job_peak_gb": jobs["peak_gb"].max(),
        "moments_file_kb": max(files) / 1e3,
        "planted_recovered": recovered(weights),
        "certified_gap": fit["certificate"]["gap"],
        "one_pass_seconds": whole["seconds"],
        "one_pass_read_seconds": whole["read_seconds"],
        "one_pass_peak_gb": whole["peak_gb"],
        "weight_difference": whole["weight_difference"],
        "objective_difference": whole["objective_difference"],
    }


def read(path: Path) -> dict:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        table = growth(params.sizes, params.jobs, Path(params.results), Path(params.usage))
        write_table(table, snakemake.output[0])
