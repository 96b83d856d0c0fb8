"""The figure of speed and memory: three methods on each case, and the exact fit as observations or features grow."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS, house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step

# colours and markers as in Figure 5
METHODS = {
    "schema_learn": ('schema_learn 0.2, mode "scale"', COLOURS["green"], "^"),
    "grid": ("paper's grid on all pairs", COLOURS["vermilion"], "o"),
    "exact": ("exact optimum on all pairs", COLOURS["blue"], "s"),
}
MODES = {
    "in memory": ("data in memory", COLOURS["blue"], "s", "-"),
    "streamed": ("streamed in chunks", COLOURS["sky"], "D", "--"),
}


def comparison_data(compare: pd.DataFrame) -> pd.DataFrame:
    """What panels a and b show: seconds of each method, and its objective above that of schema_learn."""
    base = compare[compare["method"] == "schema_learn"].set_index(["case", "s"])
    place = pd.MultiIndex.from_frame(compare[["case", "s"]])
    return compare[["case", "s", "method", "threads", "meets_constraints", "seconds", "failure"]].assign(
        faster=base["seconds"].reindex(place).to_numpy() / compare["seconds"],
        gain=compare["objective"] - base["objective"].reindex(place).to_numpy(),
        # 0 for the first case, drawn at the top
        row=-compare.groupby(["case", "s"], sort=False).ngroup(),
    )


def draw_times(axes: plt.Axes, data: pd.DataFrame) -> None:
    """Panel a: seconds on a log scale, the rows joined, and how many times faster the exact solver is."""
    for row, group in data.groupby("row"):
        axes.hlines(row, group["seconds"].min(), group["seconds"].max(), color=COLOURS["pale"], zorder=0)
    draw_methods(axes, data, "seconds")
    for _, exact in data.query("method == 'exact' and faster.notna()").iterrows():
        label(axes, f"{exact['faster']:,.0f} × faster", exact["seconds"], exact["row"])
    for _, failed in data[data["failure"].notna()].iterrows():
        words = f"{METHODS[failed['method']][0]} failed"
        axes.text(1, failed["row"] - 0.3, words, transform=axes.get_yaxis_transform(), ha="right", fontsize=6.5)
    rows = data.drop_duplicates("row")
    axes.set_yticks(rows["row"], [f"{case}\ns = {s:g}" for case, s in zip(rows["case"], rows["s"], strict=True)])
    axes.set(
        xscale="log", xlabel=f"seconds per fit, {threads(data)}", ylim=(rows["row"].min() - 0.5, 0.6), title="time"
    )
    axes.margins(x=0.15)


def draw_gains(axes: plt.Axes, data: pd.DataFrame) -> None:
    """Panel b: what our two solvers gain in the objective over all pairs."""
    axes.axvline(0, color=COLOURS["green"], linewidth=0.8)
    ours = data[data["method"] != "schema_learn"]
    draw_methods(axes, ours, "gain")
    for _, exact in ours.query("method == 'exact' and gain.notna()").iterrows():
        label(axes, f"{exact['gain']:+.4f}", exact["gain"], exact["row"])
    axes.tick_params(labelleft=False)
    axes.set(xlabel="objective on all pairs,\nabove schema_learn's", title="gain in agreement")
    low, high = min(data["gain"].min(), 0), data["gain"].max()
    axes.set_xlim(low - 0.1 * (high - low), high + 0.5 * (high - low))  # room for the last label


def draw_methods(axes: plt.Axes, data: pd.DataFrame, column: str) -> None:
    """A marker per method and row; hollow where the weights miss a constraint."""
    for method, (_, colour, marker) in METHODS.items():
        for meets, group in data[data["method"] == method].dropna(subset=[column]).groupby("meets_constraints"):
            face = colour if meets else "white"
            axes.plot(group[column], group["row"], marker, color=colour, markerfacecolor=face, linestyle="none")


def label(axes: plt.Axes, words: str, x: float, y: float) -> None:
    """Words above the exact solver's marker, to the right of its left edge."""
    place = {"xytext": (-2.5, 5), "textcoords": "offset points", "ha": "left"}
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # a line behind must not cross the words
    axes.annotate(words, (x, y), fontsize=7, color=COLOURS["blue"], bbox=paper, **place)


def draw_growth(times: plt.Axes, memory: plt.Axes, grow: pd.DataFrame) -> None:
    """Panels c and d: seconds of moments and solve, and peak memory, against N."""
    for mode, (name, colour, marker, line) in MODES.items():
        rows = grow[grow["mode"] == mode].sort_values("n")
        seconds = rows["seconds_moments"] + rows["seconds_solve"]
        times.plot(rows["n"], seconds, color=colour, marker=marker, linestyle=line)
        memory.plot(rows["n"], rows["peak_gb"], color=colour, marker=marker, linestyle=line, label=name)
    last = grow[grow["mode"] == "in memory"].sort_values("n").iloc[-1]
    sizes = np.array([grow["n"].min(), grow["n"].max()])
    at_last = last["seconds_moments"] + last["seconds_solve"]
    (linear,) = times.plot(
        sizes, at_last * sizes / last["n"], color=COLOURS["grey"], linestyle=":", label="proportional to N"
    )
    times.set(xscale="log", yscale="log", ylabel=f"seconds, {threads(grow)}")
    times.set_title(f"{last['k']:.0f} features, {last['width']:.0f}-d modality")
    times.tick_params(labelbottom=False)
    times.legend(handles=[linear], loc="lower right")
    memory.set(xscale="log", xlabel="observations N", ylabel="peak memory, GB", ylim=(0, None))
    memory.legend(loc="upper left", handlelength=2.5)


def draw_widths(times: plt.Axes, memory: plt.Axes, wide: pd.DataFrame) -> None:
    """Panels e and f: seconds and peak memory of each method against k."""
    for method, (_, colour, marker) in METHODS.items():
        rows = wide[(wide["method"] == method) & wide["seconds"].notna()].sort_values("k")
        times.plot(rows["k"], rows["seconds"], color=colour, marker=marker)
        memory.plot(rows["k"], rows["peak_gb"], color=colour, marker=marker)
    times.set(xscale="log", yscale="log", xlabel="features k", ylabel=f"seconds, {threads(wide)}")
    times.set_title(f"{wide['n'].iloc[0]:,.0f} observations, s = {wide['s'].iloc[0]:g}")
    memory.set(xscale="log", xlabel="features k", ylabel="peak memory, GB", ylim=(0, None))


def threads(table: pd.DataFrame) -> str:
    """How many threads the measurements had."""
    n = int(table["threads"].iloc[0])
    return f"{n} thread{'s' if n > 1 else ''}"


def draw(compare: pd.DataFrame, grow: pd.DataFrame, wide: pd.DataFrame) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it."""
    data = comparison_data(compare)
    figure = plt.figure(figsize=(FULL_WIDTH, 6.0), layout="constrained")
    grid = figure.add_gridspec(3, 3, width_ratios=[1.15, 0.8, 1.1], height_ratios=[1.15, 1, 1])
    left = figure.add_subplot(grid[:2, 0])
    middle = figure.add_subplot(grid[:2, 1], sharey=left)
    upper = figure.add_subplot(grid[0, 2])
    lower = figure.add_subplot(grid[1, 2], sharex=upper)
    draw_times(left, data)
    draw_gains(middle, data)
    draw_growth(upper, lower, grow)
    widths = figure.add_subplot(grid[2, 0]), figure.add_subplot(grid[2, 1:])
    draw_widths(*widths, wide)
    for letter, axes in zip("abcdef", (left, middle, upper, lower, *widths), strict=True):
        axes.text(0, 1.02, letter, transform=axes.transAxes, weight="bold", fontsize=11, ha="right", va="bottom")
        axes.set_title(f"  {axes.get_title(loc='left')}")
    handles = [plt.Line2D([], [], color=c, marker=m, linestyle="none", label=name) for name, c, m in METHODS.values()]
    if not data["meets_constraints"].dropna().all():
        handles.append(
            plt.Line2D([], [], color="#444444", marker="o", markerfacecolor="white", linestyle="none", label="misses s")
        )
    figure.legend(handles=handles, loc="outside upper left", ncols=2)
    drawn = [data.assign(panel="a, b"), grow.assign(panel="c, d"), wide.assign(panel="e, f")]
    return figure, pd.concat(drawn, ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, outputs = snakemake.input, snakemake.output
        figure, data = draw(*(read_table(inputs[name]) for name in ("compare", "grow", "wide")))
        simulated = snakemake.params.simulated
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=simulated)
