"""A549: weights of kernels against distance, what they gain on shuffled expression, and genes that share domains."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from a549.kernels import CROSSING
from a549.names import ALL, ANY, EXPRESSIONS, OBSERVED, OVER_GENES, SAME_CHROMOSOMES, WITHIN_CHROMOSOMES, at_shown
from plotting import COLOURS, house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step

SHUFFLED = {
    OVER_GENES: ("orange", "expression shuffled\nover genes (a, b, c)"),
    WITHIN_CHROMOSOMES: ("sky", "peaks shuffled within\nchromosomes (a, b, c)"),
}
RANDOM = {
    ANY: ("purple", "random sets (d)"),
    SAME_CHROMOSOMES: ("green", "random sets of the\nsame chromosomes (d)"),
}


def in_words(kernel: str) -> str:
    """The name of a kernel on an axis: the side is said below it."""
    short = kernel.replace("radial ", "").replace(" upstream", "").replace(" downstream", "")
    return "TSS" if kernel == CROSSING else short


def draw_weights(axes: plt.Axes, weights: pd.DataFrame, shown: Mapping, kind: str) -> pd.DataFrame:
    """Weights of the kernels of one kind in their order, for all genes and sorted expression; the rows drawn."""
    rows = weights[(weights["kind"] == kind) & (weights["set"] == ALL) & (weights["expression"] == EXPRESSIONS[0])]
    order = rows.drop_duplicates("kernel")
    names = order["kernel"].tolist()
    place = {name: i for i, name in enumerate(names)}
    for _, others in rows[rows["order"] == OBSERVED].groupby(["s", "q"]):
        axes.plot(others["kernel"].map(place), others["weight"], color=COLOURS["pale"], lw=0.8, zorder=1)
    chosen = at_shown(rows, shown)
    for (order_name, (colour, _)), width in zip(SHUFFLED.items(), (0.34, 0.16), strict=True):
        ends = chosen[chosen["order"] == order_name].groupby("kernel")["weight"].agg(["min", "max"]).reindex(names)
        axes.vlines(range(len(names)), ends["min"], ends["max"], color=COLOURS[colour], lw=10 * width + 1, alpha=0.6)
    own = chosen[chosen["order"] == OBSERVED]
    axes.plot(own["kernel"].map(place), own["weight"], "o-", color=COLOURS["black"], zorder=3)
    axes.axhline(1, color=COLOURS["grey"], lw=0.7, ls=":")
    sides = order["side"].to_numpy()
    for border in np.flatnonzero(np.diff(sides)):
        axes.axvline(border + 0.5, color=COLOURS["pale"], lw=0.8, zorder=0)
    for side, word in ((-1, "upstream"), (1, "downstream")):
        if (sides == side).any():
            middle = np.flatnonzero(sides == side).mean()
            axes.text(middle, 1.0, word, transform=axes.get_xaxis_transform(), ha="center", va="bottom", fontsize=7.5)
    axes.set_xticks(range(len(names)), map(in_words, names), rotation=60, ha="right", rotation_mode="anchor")
    axes.set_xlabel("window of distance from the TSS" if kind == "window" else "scale of the radial kernel")
    axes.set_ylabel("weight (mean 1)")
    return pd.concat([rows[rows["order"] == OBSERVED], chosen[chosen["order"] != OBSERVED]])


def draw_gains(axes: plt.Axes, correlations: pd.DataFrame, shown: Mapping) -> pd.DataFrame:
    """Correlation with distances of expression: equal weights, Schema, and Schema on shuffled expression."""
    rows = at_shown(correlations, shown)
    labels = rows.drop_duplicates(["set", "expression"])[["set", "expression"]].itertuples(index=False)
    places = {tuple(one): -i for i, one in enumerate(labels)}
    for (name, how), y in places.items():
        own = rows[(rows["set"] == name) & (rows["expression"] == how)]
        for shift, (order, (colour, _)) in zip((0.18, -0.18), SHUFFLED.items(), strict=True):
            values = own.loc[own["order"] == order, "after"]
            if len(values):
                axes.hlines(y + shift, values.min(), values.max(), color=COLOURS[colour], lw=4, alpha=0.6)
        observed = own[own["order"] == OBSERVED]
        axes.plot(observed["before"], [y], "D", mfc="white", color=COLOURS["black"])
        axes.plot(observed["after"], [y], "o", color=COLOURS["black"])
    words = [f"{name}, {how}" for name, how in places]
    axes.set_yticks(list(places.values()), words)
    axes.set_ylim(min(places.values()) - 0.5, 0.5)
    axes.set_xlabel("correlation with distances\nof expression")
    axes.axvline(0, color=COLOURS["grey"], lw=0.7, ls=":")
    return rows


def draw_domains(axes: plt.Axes, tads: pd.DataFrame) -> None:
    """The share of pairs in one domain, beside the range of random sets of both kinds."""
    names = tads.drop_duplicates("set")
    places = {name: -i for i, name in enumerate(names["set"])}
    for row in tads.to_dict("records"):
        y = places[row["set"]] + (0.15 if row["random"] == ANY else -0.15)
        colour = COLOURS[RANDOM[row["random"]][0]]
        axes.hlines(y, 100 * row["low"], 100 * row["high"], color=colour, lw=4, alpha=0.6)
        axes.plot(100 * row["median"], y, "|", color=colour, ms=8)
        axes.plot(100 * row["share"], places[row["set"]], "o", color=COLOURS["black"], zorder=3)
    axes.set_yticks(list(places.values()), [f"{one.set}\n(n = {one.genes})" for one in names.itertuples()])
    axes.set_ylim(min(places.values()) - 0.5, 0.5)
    axes.set_xlabel("pairs of genes in one domain (%)")
    axes.set_xlim(left=0)


def draw(weights: pd.DataFrame, correlations: pd.DataFrame, tads: pd.DataFrame, shown: Mapping):
    """The whole figure and the table behind it."""
    sets = correlations["set"].nunique()
    figure = plt.figure(figsize=(FULL_WIDTH, 5.4 + 0.3 * sets), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=[2.9, 1.5 + 0.3 * sets])
    a, b = top.subplots(1, 2, width_ratios=[15, 10], sharey=True)
    rows = [draw_weights(axes, weights, shown, kind) for axes, kind in ((a, "window"), (b, "radial"))]
    b.set_ylabel("")
    c, d = bottom.subplots(1, 2)
    gains = draw_gains(c, correlations, shown)
    draw_domains(d, tads)
    for axes, text in zip((a, b, c, d), "abcd", strict=True):
        letter(axes, text, x=-0.04, y=1.06)
    keys = [
        plt.Line2D([], [], marker="o", ls="", color=COLOURS["black"], label="Schema (a, b, c)\nthese genes (d)"),
        plt.Line2D([], [], marker="D", ls="", mfc="white", color=COLOURS["black"], label="equal weights (c)"),
        plt.Line2D([], [], color=COLOURS["pale"], label="Schema, other s and caps (a, b)"),
        *(plt.Line2D([], [], lw=4, alpha=0.6, color=COLOURS[one], label=word) for one, word in SHUFFLED.values()),
        *(plt.Line2D([], [], lw=4, alpha=0.6, color=COLOURS[one], label=word) for one, word in RANDOM.values()),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=3)
    columns = ["set", "expression", "order", "draw", "s", "q", "kernel", "quantity", "value"]
    tall = [
        one.assign(quantity="weight").rename(columns={"weight": "value"}).assign(panel=panel)
        for one, panel in zip(rows, "ab", strict=True)
    ]
    tall.append(gains.melt(columns[:6], ["before", "after"], "quantity", "value").assign(panel="c"))
    tall.append(
        tads.melt(["set", "background", "random"], ["share", "median", "low", "high"], "quantity").assign(panel="d")
    )
    table = pd.concat(tall)[["panel", *columns, "background", "random"]]
    return figure, table.rename(columns={"set": "series"})


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        tables = [read_table(inputs[name]) for name in ("weights", "correlations", "tads")]
        figure, data = draw(*tables, params.shown)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
