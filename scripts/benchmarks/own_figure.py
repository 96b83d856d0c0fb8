"""The figure of scaling out: time, cost per row, memory per job and rounding, against one pass in memory."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import NullFormatter

from plotting import COLOURS, house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step

SCATTERED = {"color": COLOURS["blue"], "marker": "s", "label": "jobs over chunks of rows"}
LINES = ((COLOURS["blue"], "s", "-"), (COLOURS["vermilion"], "o", "--"), (COLOURS["green"], "^", "-."))
IN_MEMORY = {"color": COLOURS["vermilion"], "marker": "o", "linestyle": "--", "label": "one pass, all rows in memory"}


def draw(growth: pd.DataFrame, accuracy: pd.DataFrame) -> plt.Figure:
    """Four panels: seconds, seconds per million rows, GB, and error, all against the number of rows."""
    figure, axes = plt.subplots(2, 2, figsize=(FULL_WIDTH, 4.6), layout="constrained")
    (time, cost), (memory, error) = axes
    n, million = growth["rows"], growth["rows"] / 1e6
    time.plot(n, growth["elapsed_fit_seconds"], **SCATTERED)
    time.plot(n, growth["one_pass_seconds"], **IN_MEMORY)
    steady = growth["elapsed_fit_seconds"].iloc[-1] * n / n.iloc[-1]
    (linear,) = time.plot(n, steady, color=COLOURS["grey"], linestyle=":", label="proportional to rows")
    time.legend(handles=[linear], loc="lower right")
    time.set(ylabel="seconds", title="a  time of a fit, by the wall clock")

    cost.plot(n, growth["job_cpu_seconds"] / million, **SCATTERED | {"label": "processor time of all jobs"})
    cost.plot(n, growth["job_seconds"] / million, color=COLOURS["purple"], marker="^", label="the same by the clock")
    reading = growth["job_read_seconds"] / million
    cost.plot(n, reading, color=COLOURS["sky"], marker="D", linestyle="-", label="of that, reading")
    started = growth["job_seconds_with_start"] / million
    cost.plot(
        n, started, color=COLOURS["grey"], marker="v", linestyle="-.", label="by the clock, with the start of jobs"
    )
    cost.legend(loc="upper right")
    cost.set(ylabel="seconds per million rows", title="b  cost per row")

    memory.plot(n, growth["job_peak_gb"], **SCATTERED)
    memory.plot(n, growth["one_pass_peak_gb"], **IN_MEMORY)
    memory.set(xlabel="rows", ylabel="peak memory of a job, GB", title="c  memory")

    for (offset, rows), (colour, marker, line) in zip(accuracy.groupby("offset"), LINES, strict=True):
        label = f"means {offset:g} sd from 0"
        error.plot(rows["rows"], rows["covariance_error"], color=colour, marker=marker, linestyle=line, label=label)
    error.set(xlabel="rows", ylabel="largest error of a correlation", ylim=(1e-16, 1e-14), title="d  rounding")
    error.legend(loc="upper left")
    for one in axes.flat:
        one.set(xscale="log", yscale="log")
    memory.set_ylim(0.1, 2 * growth["one_pass_peak_gb"].max())
    memory.yaxis.set_minor_formatter(NullFormatter())
    low, high = cost.get_ylim()
    cost.set_ylim(low, high * 20)  # room for the legend
    figure.legend(handles=memory.get_lines(), loc="outside upper left", ncols=2)
    return figure


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, out = snakemake.input, snakemake.output
        growth, accuracy = (read_table(inputs[name]) for name in ("growth", "accuracy"))
        data = pd.concat([growth.assign(panel="a, b, c"), accuracy.assign(panel="d")], ignore_index=True)
        save_figure(draw(growth, accuracy), data, out.svg, out.png, out.tsv, simulated=True)
