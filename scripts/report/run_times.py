"""Time and memory of every job, from Snakemake's benchmark files."""

from pathlib import Path

import pandas as pd

from running import step, whole_file


def run_times(folder: Path) -> pd.DataFrame:
    """Rows (job, seconds, cpu_seconds, peak_mb), the slowest first; the last row adds up the times."""
    rows = []
    for path in sorted(folder.rglob("*.tsv")):
        measured = pd.read_csv(path, sep="\t", na_values="-").iloc[-1]
        job = str(path.relative_to(folder).with_suffix(""))
        rows.append((job, measured["s"], measured["cpu_time"], measured["max_rss"]))
    table = pd.DataFrame(rows, columns=["job", "seconds", "cpu_seconds", "peak_mb"])
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
    with step(snakemake), whole_file(snakemake.output[0]) as part:  # noqa: F821
        run_times(Path(snakemake.params.benchmarks)).to_csv(part, sep="\t", index=False, float_format="%.1f")  # noqa: F821
