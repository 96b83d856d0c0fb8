"""What each rule of a run took, as a table and a figure: time and memory."""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from plotting import COLOURS, save_figure
from plotting.style import FULL_WIDTH
from running.usage import Usage, read_input_mb, read_usage

ROW = 0.17  # inches, of a rule
SHOWN = 40  # rules, the longest; the table has all


def by_job(jobs: list[dict], folder: Path) -> pd.DataFrame:
    """Rows (rule, wildcards, threads, input_mb, seconds, cpu_seconds, peak_mb): each job that left its usage.

    jobs : as the reporter snakemake_report_plugin_jobs writes them; folder : results/<run>; wildcards : as JSON
    """
    rows = [
        (job["rule"], json.dumps(job["wildcards"]), job["threads"], read_input_mb(used), *read_usage(used))
        for job in jobs
        if job["usage"] and (used := folder / job["usage"])
    ]
    columns = ["rule", "wildcards", "threads", "input_mb", *Usage._fields]
    return pd.DataFrame(rows, columns=columns).round({"input_mb": 3, "seconds": 1, "cpu_seconds": 1, "peak_mb": 0})


def by_rule(each: pd.DataFrame) -> pd.DataFrame:
    """Rows (rule, jobs, seconds, longest, cpu_seconds, peak_mb, threads), the most processor time first; then all.

    each : as ``by_job`` gives it. ``seconds`` are of all jobs, ``longest`` and ``peak_mb`` of the largest.
    """
    table = each.groupby("rule", as_index=False).agg(
        jobs=("rule", "size"),
        seconds=("seconds", "sum"),
        longest=("seconds", "max"),
        cpu_seconds=("cpu_seconds", "sum"),
        peak_mb=("peak_mb", "max"),
        threads=("threads", "max"),
    )
    table = table.sort_values(["cpu_seconds", "rule"], ascending=[False, True])
    whole = {name: table[name].sum() for name in ("jobs", "seconds", "cpu_seconds")}
    whole |= {name: table[name].max() for name in ("longest", "peak_mb", "threads")} | {"rule": "all rules"}
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True).round(1)


def draw(table: pd.DataFrame, folder: Path, fraction: float) -> None:
    """Draw ``table`` to ``folder``/costs.{svg,png,tsv}; fraction : of the published sizes."""
    shown = table[table["rule"] != "all rules"].head(SHOWN).iloc[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(FULL_WIDTH, 1.1 + ROW * len(shown)), sharey=True, layout="constrained")
    names = [f"{rule} ({jobs} job{'s'[: jobs > 1]})" for rule, jobs in zip(shown["rule"], shown["jobs"], strict=True)]
    for axis, values, label in (
        (axes[0], shown["cpu_seconds"], "Processor time of all jobs (s)"),
        (axes[1], shown["peak_mb"] / 1000, "Most memory of one job (GB)"),
    ):
        axis.barh(names, values, color=COLOURS["sky"])
        axis.margins(y=0.01)
        axis.set_xlabel(label)
        axis.grid(axis="x", linewidth=0.3)
    axes[0].set_xscale("log")
    whole, size = table.iloc[-1], "the" if fraction == 1 else f"{fraction:g} of the"
    figure.suptitle(
        f"Full run at {size} published sizes: {whole['cpu_seconds'] / 60:.0f} minutes of a processor, "
        f"{whole['peak_mb'] / 1000:.1f} GB"
    )
    files = {suffix: folder / f"costs.{suffix}" for suffix in ("svg", "png", "tsv")}
    save_figure(figure, table, **files, simulated=True)
