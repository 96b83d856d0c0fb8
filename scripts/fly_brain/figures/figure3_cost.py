"""What is gained and what is paid, against s: pseudotime and age, neighbours, cell types, genes; with controls."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from evaluation.ledger import read_claims
from fly_brain.figures.panels import summary
from fly_brain.methods.table import METHODS
from plotting import COLOURS, house_style, save_figure
from plotting.cells import letter
from plotting.style import FULL_WIDTH
from running import read_table, step

LINES = {
    "text": ("neurons, 50 components (text)", COLOURS["blue"], "o", "-"),
    "released": ("all cells, counts, 20 components (released)", COLOURS["vermilion"], "s", "--"),
}
PLACES = {"rna": "RNA", "cca": METHODS["cca"].label}  # beside Schema's, by s
PAPER = {"dpt.original": "RNA", "dpt.schema_0.999": "0.999", "dpt.schema_0.99": "0.99"}
BANDS = {
    "shuffled ages": {"facecolor": COLOURS["pale"], "edgecolor": COLOURS["pale"]},
    "true age, shuffled weights": {"facecolor": "none", "edgecolor": COLOURS["grey"], "hatch": "////"},
}
METRICS = {
    "neighbours kept": ("b", COLOURS["blue"], "o", "-"),
    "ARI": ("c", COLOURS["green"], "^", "-"),
    "silhouette": ("c", COLOURS["purple"], "v", "--"),
}


def places_of(correlations: pd.Series) -> list[str]:
    """The labels of the common axis: RNA alone, then s from the largest down, then CCA."""
    return [PLACES["rna"], *(f"{s:g}" for s in sorted(set(correlations.dropna()), reverse=True)), PLACES["cca"]]


def placed(table: pd.DataFrame) -> pd.Series:
    """Where each row stands on that axis; None for what has no place on it."""
    by_method = table["method"].map(PLACES)
    return by_method.where(table["method"] != "schema", table["min_correlation"].map("{:g}".format))


def gain_rows(cases: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Panel a: series, place, medians over roots (value, given depth, all components scaled), low, high.

    Baselines have no place. A control's band is the range over shuffles of the median over roots: of "shuffled ages"
    all through the analysis, and of "true age, shuffled weights".
    """
    rows = []
    for case, table in cases.items():
        scores = summary(table).reset_index()
        names = {"rho": "value", "partial_rho": "given depth", "scaled_rho": "all components scaled"}
        scores = scores.assign(place=placed(scores)).rename(columns=names)
        true = scores[(scores["ages"] == "age") & (scores["target"] == "age")].assign(series=case)
        true.loc[true["place"].isna(), "series"] = case + ", " + true["method"]
        rows.append(true)
        own = scores[scores["target"] != "age"]
        crossed = scores[(scores["target"] == "age") & (scores["ages"] != "age")]
        for name, control in (("shuffled ages", own), ("true age, shuffled weights", crossed)):
            band = control.groupby("place")["value"].agg(value="median", low="min", high="max")
            rows.append(band.reset_index().assign(series=f"{case}, {name}"))
    columns = ["series", "place", "value", "low", "high", "given depth", "all components scaled"]
    return pd.concat(rows)[columns].assign(panel="a")


def draw_gain(axes: plt.Axes, rows: pd.DataFrame, places: list[str], paper: dict[str, float]) -> None:
    """Panel a."""
    at = {place: i for i, place in enumerate(places)}
    for i, (case, (_, colour, marker, line)) in enumerate(LINES.items()):
        true = rows[rows["series"] == case].set_index("place").reindex(places)
        ladder, x = true.iloc[:-1], np.arange(len(places)) + (i - 0.5) * 0.14
        axes.plot(x[:-1], ladder["value"], color=colour, marker=marker, linestyle=line, zorder=3)
        axes.plot(x[-1], true["value"].iloc[-1], color=colour, marker=marker, linestyle="none", zorder=3)
        axes.vlines(x, true["low"], true["high"], color=colour, linewidth=0.8, zorder=2)
        scaled = true["all components scaled"].iloc[-1]
        axes.plot(x[-1], scaled, color=colour, marker=marker, markerfacecolor="white", linestyle="none", zorder=3)
        if case == "text":
            axes.plot(x[:-1], ladder["given depth"], color=colour, linestyle=":", linewidth=1)
            for name, look in BANDS.items():
                band = (
                    rows[rows["series"] == f"{case}, {name}"]
                    .set_index("place")
                    .reindex(places[:-1])
                    .dropna(subset=["low"])
                )
                axes.fill_between([at[place] for place in band.index], band["low"], band["high"], zorder=0, **look)
            for name, style in (("depth", "--"), ("linear fit", "-.")):
                value = rows.loc[rows["series"] == f"{case}, {name}", "value"].iloc[0]
                axes.axhline(value, color=COLOURS["grey"], linewidth=0.8, linestyle=style, zorder=1)
                words = {"depth": "few molecules (depth alone)", "linear fit": "linear fit of age, cross-validated"}
                axes.text(-0.47, value, words[name], ha="left", va="bottom", fontsize=6.5, color="#555555")
    for name, value in paper.items():
        axes.plot(at[name], value, marker="*", markersize=9, color=COLOURS["orange"], linestyle="none", zorder=4)
    axes.axhline(0, color=COLOURS["black"], linewidth=0.5)
    axes.set(xticks=range(len(places)), xlim=(-0.5, len(places) - 0.5), ylabel="Spearman ρ, pseudotime with age")
    axes.set_xticklabels(places)


def draw_cost(axes: plt.Axes, rows: pd.DataFrame, places: list[str], ylabel: str) -> None:
    """Panels b and c: metrics against s, and CCA apart."""
    for metric, of_metric in rows.groupby("series", sort=False):
        _, colour, marker, line = METRICS[metric]
        values = of_metric.set_index("place").reindex(places)
        axes.plot(range(len(places) - 1), values["value"].iloc[:-1], color=colour, marker=marker, linestyle=line,
                  label=metric)  # fmt: skip
        axes.plot(len(places) - 1, values["value"].iloc[-1], color=colour, marker=marker, linestyle="none")
        axes.vlines(range(len(places)), values["low"], values["high"], color=colour, linewidth=0.8)
    axes.set(xticks=range(len(places)), ylabel=ylabel, xlim=(-0.5, len(places) - 0.5), xlabel="s")
    axes.set_xticklabels(places, fontsize=6.5, rotation=45)
    if len(set(rows["series"])) > 1:
        axes.legend(loc="best")


def cost_summary(costs: pd.DataFrame) -> pd.DataFrame:
    """Panels b and c: panel, series (metric), place, value (median over seeds), low, high."""
    table = costs.assign(place=placed(costs))
    found = table.groupby(["metric", "place"], sort=False)["value"].agg(value="median", low="min", high="max")
    found = found.reset_index().rename(columns={"metric": "series"})
    return found.assign(panel=found["series"].map(lambda name: METRICS[name][0]))


def overlap_rows(overlap: pd.DataFrame) -> pd.DataFrame:
    """Panel d: how many times more differential genes than by chance are among the first; per age and ranking."""
    table = overlap.assign(
        value=overlap["shared"] / (overlap["top"] * overlap["share"]), place=overlap["age"].astype(str)
    )
    shuffled = table["ages"].str.startswith("shuffle_")
    band = table[shuffled].groupby("place")["value"].agg(value="median", low="min", high="max").reset_index()
    plain = table[~shuffled].rename(columns={"ages": "series"})[["series", "place", "value"]]
    return pd.concat([plain, band.assign(series="shuffled ages")]).assign(panel="d")


def draw_overlap(axes: plt.Axes, rows: pd.DataFrame) -> None:
    """Panel d."""
    days = sorted(rows["place"].unique(), key=int)
    looks = {"age": ("Schema", COLOURS["blue"], "o"), "equal weights": ("equal weights", COLOURS["orange"], "D")}
    for series, (name, colour, marker) in looks.items():
        values = rows[rows["series"] == series].set_index("place").reindex(days)["value"]
        axes.plot(range(len(days)), values, color=colour, marker=marker, linestyle="none", label=name)
    band = rows[rows["series"] == "shuffled ages"].set_index("place").reindex(days)
    axes.bar(range(len(days)), band["high"] - band["low"], bottom=band["low"], color=COLOURS["pale"], width=0.7,
             zorder=0, label="shuffled ages (range)")  # fmt: skip
    axes.axhline(1, color=COLOURS["black"], linewidth=0.6)
    axes.set(xticks=range(len(days)), xlabel="age in days", ylabel="differential genes among\nthe first (× chance)")
    axes.set_xticklabels(days)
    axes.set_ylim(0, 1.45 * rows[["value", "high"]].max().max())  # room for the legend
    axes.legend(loc="upper right", fontsize=6.5)


def draw(
    cases: dict[str, pd.DataFrame], costs: pd.DataFrame, overlap: pd.DataFrame, paper: dict[str, float]
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it."""
    figure = plt.figure(figsize=(FULL_WIDTH, 6.6), layout="constrained")
    grid = figure.add_gridspec(2, 3, height_ratios=[1.35, 1])
    places = places_of(costs["min_correlation"])
    gains, paid, shared = gain_rows(cases), cost_summary(costs), overlap_rows(overlap)
    top = figure.add_subplot(grid[0, :])
    draw_gain(
        top, gains, places, {place: paper[name] for name, place in PAPER.items() if name in paper and place in places}
    )
    top.set_xlabel("s, the least correlation with RNA's distances (less to the right)")
    letter(top, "a", x=-0.06)
    handles = [plt.Line2D([], [], color=c, marker=m, linestyle=ls, label=name) for name, c, m, ls in LINES.values()]
    handles += [plt.Line2D([], [], color=COLOURS["blue"], linestyle=":", label="text, given depth")]
    handles += [plt.Rectangle((0, 0), 1, 1, label=name, **look) for name, look in BANDS.items()]
    hollow = {"color": COLOURS["black"], "marker": "o", "markerfacecolor": "white", "linestyle": "none"}
    handles += [plt.Line2D([], [], label="CCA, all diffusion components scaled", **hollow)]
    if paper:
        handles += [plt.Line2D([], [], color=COLOURS["orange"], marker="*", linestyle="none", label="paper")]
    figure.legend(handles=handles, loc="outside upper left", ncols=3)
    for i, (panel, ylabel) in enumerate((("b", "neighbours kept (share)"), ("c", "agreement with cell types"))):
        axes = figure.add_subplot(grid[1, i])
        draw_cost(axes, paid[paid["panel"] == panel], places, ylabel)
        letter(axes, panel, x=-0.28)
    axes = figure.add_subplot(grid[1, 2])
    draw_overlap(axes, shared)
    letter(axes, "d", x=-0.28)
    return figure, pd.concat([gains, paid, shared], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = {name: claim["paper"] for name, claim in read_claims()["fly_brain"].items()}
        claims = {} if params.simulated else claims  # the paper's values are of real cells
        cases = {case: read_table(path) for case, path in zip(params.cases, inputs.pseudotime, strict=True)}
        costs, overlap = (read_table(inputs[name]) for name in ("costs", "overlap"))
        figure, data = draw(cases, costs, overlap, claims)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
