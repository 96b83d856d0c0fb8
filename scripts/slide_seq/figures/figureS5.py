"""Figure S5: how alike are the pucks' top genes and the gene sets in them; and all methods on the same genes."""

from pathlib import Path
from string import ascii_lowercase

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from evaluation.ledger import read_claims
from plotting import COLOURS, house_style, save_figure
from plotting.cells import letter
from plotting.style import FULL_WIDTH
from running import read_table, step
from slide_seq.figures.tissue import TITLE_ROOM
from slide_seq.robustness import (
    CONTROLS,
    draw_robustness,
    label,
    legend_handles,
    method_order,
    name_methods,
    robustness_rows,
)
from slide_seq.scores import TOPS

STYLES = (
    (COLOURS["blue"], "o", "-"),
    (COLOURS["vermilion"], "s", "--"),
    (COLOURS["black"], "x", ":"),
    (COLOURS["green"], "^", "-."),
    (COLOURS["purple"], "D", "-"),
    (COLOURS["orange"], "v", "--"),
)
BARS = (COLOURS["blue"], COLOURS["orange"], COLOURS["sky"])
LETTERS = ascii_lowercase[4:]  # of panels for further sets of replicates
PAPER_CLAIMS = {("schema", "3of3"): "go.schema_3of3", ("cca", "3of3"): "go.cca_3of3"}


def overlap_rows(pairs: pd.DataFrame) -> pd.DataFrame:
    """Median share of the top genes that two pucks have in common: method, series (top<k>), value, chance."""
    final = pairs.query("positions == 'observed' and kind == 'final' and genes == 'all'")
    medians = final.groupby("method", sort=False)[["n", *(f"top{k}" for k in TOPS)]].median()
    rows = [
        {"method": method, "series": f"top{k}", "value": row[f"top{k}"], "chance": k / row["n"]}
        for method, row in medians.iterrows()
        for k in TOPS
    ]
    return pd.DataFrame(rows).dropna(subset=["value"])


def draw_overlaps(axes: plt.Axes, rows: pd.DataFrame, order: list[str]) -> None:
    """Grouped bars of overlap; a black line in each is what chance gives."""
    width = 0.8 / len(TOPS)
    for i, (k, colour, hatch) in enumerate(zip(TOPS, BARS, ("", "///", "..."), strict=True)):
        of_top = rows[rows["series"] == f"top{k}"].set_index("method").reindex(order)
        x = np.arange(len(order)) + (i - 1) * width
        axes.bar(
            x, of_top["value"], width, color=colour, hatch=hatch, edgecolor="white", label=f"top {k}", linewidth=0.3
        )
        axes.hlines(of_top["chance"], x - width / 2, x + width / 2, color=COLOURS["black"], linewidth=1)
    axes.plot([], [], color=COLOURS["black"], linewidth=1, label="chance")
    axes.set(ylim=(0, 1), ylabel="share of top genes in both pucks")
    name_methods(axes, order)
    axes.legend(ncols=4, loc="upper left")


def draw_shares(axes: plt.Axes, rows: pd.DataFrame, library: str, q: float, paper: dict[str, float]) -> None:
    """Share of enriched terms in three of three pucks against the number of top genes, with the number of terms."""
    chosen = rows[(rows["library"] == library) & (rows["q_below"] == q)]
    tops = sorted(chosen["top"].unique())
    methods = list(dict.fromkeys(chosen["method"]))
    nothing: list[str] = []
    for i, (method, (colour, marker, line)) in enumerate(zip(methods, STYLES, strict=False)):
        of_method = chosen[chosen["method"] == method].set_index("top").reindex(tops)
        name = label(method).replace("\n", " ")
        if not of_method["any"].sum():
            nothing.append(name)
        x = np.arange(len(tops)) + (i - (len(methods) - 1) / 2) * 0.06
        axes.plot(x, of_method["share_3of3"], color=colour, marker=marker, linestyle=line, label=name)
        for place, (_, row) in zip(x, of_method.iterrows(), strict=True):
            if row["any"] > 0:
                axes.annotate(f"{row['any']:.0f}", (place, row["share_3of3"]), fontsize=5.5, xytext=(0, 4),
                              textcoords="offset points", ha="center", color=colour)  # fmt: skip
        claim = paper.get(PAPER_CLAIMS.get((method, "3of3")))
        if claim is not None and library == "go":
            axes.axhline(claim, color=colour, linewidth=0.8, linestyle=(0, (1, 2)))
    words = {"go": "Gene Ontology", "reactome": "Reactome"}
    axes.set(xticks=range(len(tops)), xticklabels=tops, ylim=(-0.05, 1.08), xlabel="top genes of each puck")
    axes.set(ylabel="share of terms in 3 of 3 pucks")
    absent = f"\nno term in any puck: {', '.join(nothing)}" if nothing else ""
    axes.set_title(f"{words[library]}, q < {q:g}{absent}", fontsize=7.5)


def draw(
    pairs: pd.DataFrame, shares: pd.DataFrame, claims: dict[str, float], variants: dict[str, pd.DataFrame]
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it; ``variants``: pairs of further sets of replicates, by name."""
    below = 2 + len(variants)
    figure = plt.figure(figsize=(FULL_WIDTH, 6 + 1.9 * below), layout="constrained")
    figure.get_layout_engine().set(rect=TITLE_ROOM)
    top, middle, bottom = figure.subfigures(3, 1, height_ratios=[2.8, 3.0, 1.9 * below])
    order = method_order(pairs, {})
    overlaps = overlap_rows(pairs)
    axes = top.subplots(1, 1)
    draw_overlaps(axes, overlaps, order)
    letter(axes, "a")
    q = shares["q_below"].min()
    panels = middle.subplots(1, 2, sharey=True)
    for axes, library, text in zip(panels, ("go", "reactome"), "bc", strict=True):
        draw_shares(axes, shares, library, q, claims)
        letter(axes, text, x=-0.1)
    middle.legend(handles=panels[0].get_legend_handles_labels()[0], loc="outside lower center", ncols=4)
    rows = robustness_rows(pairs, {})
    common = rows[rows["genes"] == "common"]
    data = [overlaps.assign(panel="a"), shares.assign(panel="b, c", series="share_3of3", value=shares["share_3of3"])]
    upper, lower, *others = bottom.subplots(below, 1, sharey=True)
    draw_robustness(upper, common, order, "value", {})
    draw_robustness(lower, common, order, "partial", {})
    upper.set_ylabel("Spearman ρ,\nsame genes")
    lower.set_ylabel("the same, given\nmean expression")
    data.append(common.assign(panel="d"))
    letter(upper, "d")
    for axes, (name, pairs_there), text in zip(others, variants.items(), LETTERS, strict=False):
        there = robustness_rows(pairs_there, {}).query("genes == 'all'")
        draw_robustness(axes, there, order, "value", {})
        axes.set_ylabel(f"Spearman ρ,\n{name.replace('_', ' ')}")
        data.append(there.assign(panel=text))
        letter(axes, text)
    name_methods([lower, *others][-1], order)
    bottom.legend(handles=legend_handles(with_paper=False), loc="outside upper center", ncols=4)
    assert all(method in order for method in CONTROLS)
    return figure, pd.concat(data, ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = read_claims()["slide_seq"]
        known = {} if params.simulated else {name: claims[name]["paper"] for name in PAPER_CLAIMS.values()}
        variants = {
            Path(name).name: read_table(path)
            for name, path in zip(params.variants, inputs.get("variants", []), strict=True)
        }
        figure, data = draw(read_table(inputs.pairs), read_table(inputs.shares), known, variants)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
