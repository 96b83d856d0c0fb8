"""Pairs from sketches and of any cells: errors against all pairs, the bound of Text S5, rare cells and their marker."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS, house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from sketching.measure import ROWS, WITH, WITHOUT, distance

LOOKS = {  # colour, marker
    ROWS: ("pairs of any cells", COLOURS["black"], "D"),
    "uniform": ("uniform sketch", COLOURS["grey"], "v"),
    "geosketch": ("geosketch", COLOURS["vermilion"], "s"),
    "farthest_first": ("farthest-first", COLOURS["blue"], "o"),
}
LINES = {WITH: "-", WITHOUT: "--", "": "-"}
METRICS = ("correlation_error", "weight_error", "rare_share", "shuffled_share", "marker")


def summary(errors: pd.DataFrame) -> pd.DataFrame:
    """Rows (sketch, importance, size, pairs, metric, value, low, high): median and range over seeds."""
    keys = ["sketch", "importance", "size", "pairs"]
    filled = errors.fillna({"importance": "", "size": 0}).astype({"size": int})
    tall = filled.melt(keys, list(METRICS), var_name="metric")
    return tall.groupby([*keys, "metric"], sort=False)["value"].agg(value="median", low="min", high="max").reset_index()


def series(rows: pd.DataFrame, along: str) -> list[tuple[str, str, pd.DataFrame]]:
    """The lines of a panel: sketch, importance, and its rows in the order of ``along``."""
    groups = rows.sort_values(along).groupby(["sketch", "importance"], sort=False)
    found = dict(list(groups))
    order = [(sketch, importance) for sketch in LOOKS for importance in LINES]
    return [(*key, found[key]) for key in order if key in found]


def draw_lines(axes: plt.Axes, rows: pd.DataFrame, along: str) -> None:
    """Median and range of one metric along ``pairs`` or ``size``; of all cells, a band over all sizes."""
    wide = 1.0
    for sketch, importance, line in series(rows, along):
        _, colour, marker = LOOKS[sketch]
        if along == "size" and sketch == ROWS:
            axes.axhspan(line["low"].min(), line["high"].max(), color=COLOURS["pale"], zorder=0)
            axes.axhline(line["value"].iloc[0], color=colour, linewidth=0.8, zorder=1)
            continue
        face = "white" if importance == WITHOUT else colour
        x = line[along] * wide
        wide *= 1.03  # side by side, so that ranges can be told apart
        axes.plot(x, line["value"], color=colour, marker=marker, linestyle=LINES[importance], markerfacecolor=face)
        axes.vlines(x, line["low"], line["high"], color=colour, linewidth=0.8)
    axes.set_xscale("log")
    ticks = sorted(set(rows.loc[rows[along] > 0, along]))
    words = [f"{tick // 1000}k" if tick >= 10_000 and tick % 1000 == 0 else f"{tick:,}" for tick in ticks]
    axes.set_xticks(ticks, words, fontsize=6.5)
    axes.set_xticks([], minor=True)
    axes.set_xlabel({"pairs": "number of pairs", "size": "cells in the sketch"}[along])


def draw(errors: pd.DataFrame, bounds: pd.DataFrame, weights: pd.DataFrame) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it."""
    found = summary(errors)
    size, most = found.loc[found["size"] > 0, "size"].min(), found["pairs"].max()
    of_size = found[found["size"].isin([0, size])]
    equal = distance(np.ones(len(weights)), weights["weight"].to_numpy())
    figure, grid = plt.subplots(2, 3, figsize=(FULL_WIDTH, 4.9), layout="constrained")
    panels = {
        "a": (of_size[of_size["metric"] == "correlation_error"], "pairs", "largest error of a correlation"),
        "b": (of_size[of_size["metric"] == "weight_error"], "pairs", "error of Schema's weights"),
        "c": (
            found[(found["metric"] == "weight_error") & (found["pairs"] == most)],
            "size",
            "error of Schema's weights",
        ),
        "d": (found[(found["metric"] == "rare_share") & (found["pairs"] == most)], "size", "pairs with a rare cell"),
        "e": (
            found[(found["metric"] == "marker") & (found["pairs"] == most)],
            "size",
            "marker's correlation too high by",
        ),
    }
    rows = []
    for (name, (of_panel, along, words)), axes in zip(panels.items(), grid.flat, strict=False):
        draw_lines(axes, of_panel, along)
        axes.set_ylabel(words)
        letter(axes, name, x=-0.3)
        rows.append(of_panel.assign(panel=name))
    a, b, c, d, e, last = grid.flat
    a.plot(bounds["pairs"], bounds["bound"], color=COLOURS["purple"], linestyle=":")
    a.set_yscale("log")
    a.axhline(2, color=COLOURS["grey"], linewidth=0.6)
    for axes in (b, c):
        axes.axhline(equal, color=COLOURS["green"], linestyle="-.", linewidth=1)
        axes.set_ylim(0, None)
    e.axhline(0, color=COLOURS["black"], linewidth=0.5)
    dealt = found[(found["metric"] == "shuffled_share") & (found["pairs"] == most) & (found["size"] > 0)]
    d.axhspan(dealt["low"].min(), dealt["high"].max(), facecolor="none", edgecolor=COLOURS["green"], hatch="////")
    d.set_ylim(0, None)
    d.yaxis.set_major_formatter(plt.matplotlib.ticker.PercentFormatter(1, decimals=0))
    table = pd.concat([*rows, dealt.assign(panel="d")]).rename(columns={"sketch": "series"})
    bound = bounds.rename(columns={"bound": "value"}).assign(
        panel="a", series="bound of Text S5", metric="correlation_error"
    )
    level = pd.DataFrame([{"panel": "b, c", "series": "equal weights", "metric": "weight_error", "value": equal}])
    draw_key(last, set(found["sketch"]))
    return figure, pd.concat([table, bound, level], ignore_index=True)


def draw_key(axes: plt.Axes, sketches: set[str]) -> None:
    """What colours, markers and lines mean, in a place of its own."""
    handles = [
        plt.Line2D([], [], color=colour, marker=marker, label=name)
        for sketch, (name, colour, marker) in LOOKS.items()
        if sketch in sketches
    ]
    black = COLOURS["black"]
    handles += [
        plt.Line2D([], [], color=black, label="importance weights"),
        plt.Line2D([], [], color=black, linestyle="--", marker="o", markerfacecolor="white", label="each pair once"),
        plt.Line2D([], [], color=COLOURS["purple"], linestyle=":", label="a: bound of Text S5"),
        plt.Line2D([], [], color=COLOURS["grey"], linewidth=0.6, label="a: no correlation is off by more"),
        plt.Line2D([], [], color=COLOURS["green"], linestyle="-.", label="b, c: equal weights, no Schema"),
        plt.Rectangle((0, 0), 1, 1, color=COLOURS["pale"], label="c to e: pairs of any cells, range"),
        plt.Rectangle((0, 0), 1, 1, facecolor="none", edgecolor=COLOURS["green"], hatch="////",
                      label="d: labels dealt to others, range"),
    ]  # fmt: skip
    axes.set_axis_off()
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(-0.15, 0.5), fontsize=7)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, outputs = snakemake.input, snakemake.output
        figure, data = draw(*(read_table(inputs[name]) for name in ("errors", "bounds", "weights")))
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=True)  # in every run
