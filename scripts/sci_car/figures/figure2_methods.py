"""Every method beside every other: agreement with the labels, time and memory."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, NullFormatter

from evaluation.ledger import read_claims
from plotting import COLOURS, house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from sci_car.agreement import AGREEMENT
from sci_car.gains import RANDOM, ranges
from sci_car.methods.table import METHODS, Method

GROUPS = {
    "alone": ("one modality", COLOURS["black"], "o"),
    "schema": ("Schema", COLOURS["vermilion"], "s"),
    "rival": ("other methods", COLOURS["blue"], "^"),
    "deep": ("deep models", COLOURS["green"], "v"),
    "control": ("controls", COLOURS["grey"], "X"),
}
CONTROL = Method("", "random clusters", "control")


def method_data(scores: pd.DataFrame, statuses: pd.DataFrame, costs: pd.DataFrame, claims: dict) -> pd.DataFrame:
    """Rows (panel, series, value, low, high, note), series being a method, and "paper:method" for the paper's value."""
    rows = []
    names = list(dict.fromkeys(statuses["method"]))
    for metric in ("ari", "nmi"):
        found = ranges(scores, metric=metric)
        for name in [*names, RANDOM]:
            if name in found.index:
                of = found.loc[name]
                rows.append(
                    {
                        "panel": "a",
                        "series": name,
                        "metric": metric,
                        "value": of["median"],
                        "low": of["low"],
                        "high": of["high"],
                    }
                )
            else:
                rows.append({"panel": "a", "series": name, "metric": metric, "note": "failed"})
    of_igraph = ranges(scores, metric="ari of igraph")["median"]
    rows += [
        {"panel": "a", "series": name, "metric": "ari of igraph", "value": of_igraph[name]} for name in of_igraph.index
    ]
    # the paper's run is on SVD, and its k is 300
    for name in names:
        claim, variant = AGREEMENT.get(name, ("", {}))
        if claim in claims and variant.get("basis", "SVD") == "SVD" and variant.get("k", 300) == 300:
            rows.append({"panel": "a", "series": f"paper:{name}", "metric": "ari", "value": claims[claim]["paper"]})
    of_costs = costs.groupby("method")[["cpu_seconds", "peak_mb"]].max()
    for name, (busy, peak) in of_costs.iterrows():
        rows.append({"panel": "b", "series": name, "metric": "cpu_seconds", "value": busy})
        rows.append({"panel": "c", "series": name, "metric": "peak_gb", "value": peak / 1e3})
    return pd.DataFrame(rows)


def draw(rows: pd.DataFrame) -> plt.Figure:
    """Three panels that share their rows of methods."""
    methods = [
        name for name in dict.fromkeys(rows.loc[rows["panel"] == "a", "series"]) if not name.startswith("paper:")
    ]
    about = {name: METHODS.get(name, CONTROL) for name in methods}
    methods.sort(key=lambda name: list(GROUPS).index(about[name].group))
    figure = plt.figure(figsize=(FULL_WIDTH, 0.24 * len(methods) + 1.5), layout="constrained")
    a, b, c = figure.subplots(1, 3, sharey=True, width_ratios=[2, 1, 1])
    for y, name in enumerate(methods):
        _, colour, marker = GROUPS[about[name].group]
        of = rows[rows["series"] == name].set_index("metric")
        for metric, filled, shift in (("ari", True, -0.12), ("nmi", False, 0.18)):
            value = of.loc[metric, "value"]
            if np.isnan(value):
                if metric == "ari":
                    a.text(0.02, y, "failed", va="center", color=COLOURS["vermilion"])
                continue
            a.plot(of.loc[metric, ["low", "high"]], [y + shift] * 2, color=colour, linewidth=1)
            a.plot(
                value,
                y + shift,
                marker=marker,
                color=colour,
                markerfacecolor=colour if filled else "white",
                linestyle="",
            )
        if "ari of igraph" in of.index:
            a.plot(of.loc["ari of igraph", "value"], y - 0.12, "|", color=COLOURS["purple"], markersize=9)
        paper = rows.loc[rows["series"] == f"paper:{name}", "value"]
        a.plot(paper, [y - 0.12] * len(paper), "D", color=COLOURS["yellow"], markeredgecolor="black", markersize=5)
        for axes, metric in ((b, "cpu_seconds"), (c, "peak_gb")):
            if metric in of.index:
                axes.barh(y, of.loc[metric, "value"], color=colour, height=0.65)
    a.set_yticks(range(len(methods)), [about[name].label for name in methods])
    a.invert_yaxis()
    a.set(
        xlabel="ARI (filled), NMI (open)", xlim=(min(-0.05, rows.loc[rows["panel"] == "a", "low"].min() - 0.03), None)
    )
    b.set(xlabel="processor time, s", xscale="log")
    b.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    b.xaxis.set_major_formatter("{x:g}")
    b.xaxis.set_minor_formatter(NullFormatter())
    c.set(xlabel="peak memory, GB")
    handles = [
        plt.Line2D([], [], color=colour, marker=marker, linestyle="", label=label)
        for label, colour, marker in GROUPS.values()
    ]
    more = {"the paper's ARI": ("yellow", "D", "black"), "ARI by igraph's Leiden": ("purple", "|", None)}
    handles += [
        plt.Line2D([], [], color=COLOURS[colour], marker=marker, linestyle="", markeredgecolor=edge, label=label)
        for label, (colour, marker, edge) in more.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    for axes, name in ((a, "a"), (b, "b"), (c, "c")):
        letter(axes, name, x=-0.06, y=1.0)
        axes.axvline(0, color=COLOURS["pale"], linewidth=0.7, zorder=0)
        axes.grid(axis="y", color=COLOURS["pale"], linewidth=0.5)
        axes.set_axisbelow(True)
    return figure


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = {} if params.simulated else read_claims()["sci_car"]
        tables = [read_table(inputs[name]) for name in ("scores", "statuses", "costs")]
        data = method_data(*tables, claims)
        save_figure(draw(data), data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
