"""When Schema helps: its gain over RNA alone under every declared setting, by data set, beside that with ATAC of other
cells.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS, house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from sci_car.gains import BASE, SHUFFLED

ATAC = {
    "counts": (COLOURS["blue"], "o"),
    "binary": (COLOURS["green"], "^"),
    "log": (COLOURS["orange"], "v"),
    "log-counts": (COLOURS["sky"], "<"),
    "tfidf": (COLOURS["vermilion"], "s"),
    SHUFFLED: (COLOURS["grey"], "x"),
}
FACTORS = {
    "atac": "ATAC", "s": "s", "rna": "RNA", "scaling": "components scaled", "components": "components",
    "neighbours": "neighbours", "resolution": "resolution", "cells": "cells",
}  # fmt: skip


def draw_gains(axes: plt.Axes, gains: pd.DataFrame) -> None:
    """Every setting: gain against the ARI of RNA alone."""
    for atac, rows in gains.groupby("atac", sort=False):
        colour, marker = ATAC[atac]
        label = "of other cells" if atac == SHUFFLED else atac
        axes.scatter(
            rows["ari_rna"], rows["gain"], s=11, color=colour, marker=marker, label=label, alpha=0.8, linewidths=0.8
        )
    axes.axhline(0, color="black", linewidth=0.7)
    axes.set(xlabel="ARI of RNA alone", ylabel="gain in ARI: Schema − RNA alone")


def draw_sorted(axes: plt.Axes, gains: pd.DataFrame) -> None:
    """All differences in order: Schema to RNA alone and to the control, and the control to RNA alone."""
    control = gains["atac"] == SHUFFLED
    lines = {
        "Schema − RNA alone": (gains.loc[~control, "gain"], COLOURS["black"], "-"),
        "Schema − control": (gains.loc[~control, "over_control"], COLOURS["vermilion"], "-."),
        "control − RNA alone": (gains.loc[control, "gain"], COLOURS["grey"], "--"),
    }
    for label, (values, colour, line) in lines.items():
        share = (np.arange(len(values)) + 0.5) / len(values)
        axes.plot(np.sort(values), share, color=colour, linestyle=line, label=label)
    axes.axvline(0, color="black", linewidth=0.7)
    axes.set(xlabel="difference in ARI", ylabel="share of settings below", ylim=(0, 1))


def draw_factors(axes: plt.Axes, gains: pd.DataFrame, every: pd.DataFrame) -> None:
    """By each choice, all settings that share it: gains over RNA alone as points, with medians of both differences.

    ``every`` : the settings of all data sets, whose choices have the same rows.
    """
    real, y, names = gains[gains["atac"] != SHUFFLED], 0.0, {}
    spread = np.random.default_rng(0)
    for factor, label in FACTORS.items():
        levels = list(dict.fromkeys(every.loc[every["atac"] != SHUFFLED, factor]))
        if len(levels) == 1:
            continue
        for level in levels:
            of = real[real[factor] == level]
            jitter = spread.uniform(-0.28, 0.28, len(of))
            axes.scatter(of["gain"], y + jitter, s=4, color=COLOURS["sky"], alpha=0.6, linewidths=0)
            for column, colour, line in (("gain", "black", "-"), ("over_control", "vermilion", "-.")):
                axes.plot(
                    [of[column].median()] * 2, [y - 0.38, y + 0.38], color=COLOURS[colour], linestyle=line, linewidth=2
                )
            names[y] = f"{label}: {level}"
            y += 1
        y += 0.4
    axes.set_yticks(list(names), list(names.values()), fontsize=7)
    axes.axvline(0, color="black", linewidth=0.7)
    axes.set(xlabel="gain in ARI over RNA alone", ylim=(y - 0.8, -0.6))


def draw(gains: pd.DataFrame) -> plt.Figure:
    """The figure: a column for each data set."""
    names = list(dict.fromkeys(gains["data"]))
    figure = plt.figure(figsize=(FULL_WIDTH * (1 + len(names)) / 3, 8.8), layout="constrained")
    panels = figure.subplots(3, len(names), squeeze=False, sharex="row", sharey="row", height_ratios=[1, 0.8, 1.7])
    for name, column in zip(names, panels.T, strict=True):
        of_data = gains[gains["data"] == name]
        draw_gains(column[0], of_data)
        draw_sorted(column[1], of_data)
        draw_factors(column[2], of_data, gains)
        for axes in column:
            axes.set_title(name)
    for axes, panel in zip(panels[:, 0], "abc", strict=True):
        letter(axes, panel, x=-0.14 if panel != "c" else -0.3)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), title="ATAC (a)", loc="outside upper center", ncols=6)
    figure.legend(*panels[1, 0].get_legend_handles_labels(), title="lines (b, c)", loc="outside lower center", ncols=3)
    return figure


if __name__ == "__main__":
    with step(snakemake), house_style():
        outputs, params = snakemake.output, snakemake.params
        gains = read_table(snakemake.input.gains)
        data = gains.assign(panel="a, b, c", series=gains["atac"], value=gains["gain"])
        data = data[["panel", "series", *BASE, "s", "ari_rna", "ari_control", "ari", "value", "over_control"]]
        save_figure(draw(gains), data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
