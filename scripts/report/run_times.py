"""Time and memory of every job of a run, from what each left of itself (running/usage.py)."""

import json
from pathlib import Path

import pandas as pd

from running import step, write_table
from running.usage import Usage, read_usage


def run_times(jobs: list[dict], folder: Path) -> pd.DataFrame:
    """Rows (job, seconds, cpu_seconds, peak_mb), the slowest first; the last row adds up the times.

    jobs : as the reporter snakemake_report_plugin_jobs writes them; folder : results/<run>
    """
    files = sorted({job["usage"] for job in jobs if job["usage"]})
    rows = [(name.removeprefix("usage/").removesuffix(".json"), *read_usage(folder / name)) for name in files]
    table = pd.DataFrame(rows, columns=["job", *Usage._fields])
    table = table.sort_values(["seconds", "job"], ascending=[False, True])
    total = pd.DataFrame(
        [
            (
                "all jobs (memory: the largest)",
                table["seconds"].sum(),
                table["cpu_seconds"].sum(),
                table["peak_mb"].max(),
            )
        ],
        columns=table.columns,
    )
    return pd.concat([table, total], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake):
        listed = Path(snakemake.input.jobs)
        jobs = json.loads(listed.read_text(encoding="utf-8"))
        write_table(run_times(jobs, listed.parent).round(1), snakemake.output[0])
