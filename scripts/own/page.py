"""The figure on one's own cells, and the page that shows it with the summary and the tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined

from plotting import COLOURS, house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step, whole_file

TEMPLATE = Path(__file__).with_name("page.html.j2")
MOST = 15  # features that are shown
STYLES = [
    (COLOURS[name], marker) for name, marker in zip(("blue", "vermilion", "green", "purple"), "os^D", strict=True)
]


def draw(tables: Mapping[str, pd.DataFrame], s: float) -> plt.Figure:
    """a: weights with standard errors; b: the path over s; c: gain against shuffled cells; d: methods, if compared."""
    figure, axes = plt.subplots(2, 2, figsize=(FULL_WIDTH, 5.6), layout="constrained")
    (weights, path), (control, methods) = axes
    best = tables["stability"].nlargest(MOST, "weight")[::-1]
    weights.errorbar(best["weight"], range(len(best)), xerr=best["weight_se"], fmt="o", color=COLOURS["blue"], lw=1)
    weights.set_yticks(range(len(best)), best["feature"])
    weights.axvline(1, color=COLOURS["grey"], linewidth=0.8)
    left = len(tables["stability"]) - len(best)
    weights.set(
        xlabel="weight (mean 1) ± standard error", title=f"largest weights{f' ({left} smaller)' if left else ''}"
    )
    for j, name in enumerate(tables["correlations"]["modality"]):
        colour, marker = STYLES[j % len(STYLES)]
        path.plot(tables["path"]["s"], tables["path"][f"after: {name}"], color=colour, marker=marker, label=name)
        path.axhline(tables["path"][f"before: {name}"].iloc[0], color=colour, linestyle=":", linewidth=0.8)
    path.axvline(s, color=COLOURS["grey"], linewidth=0.8)
    path.set(
        xlabel="s, least correlation kept", ylabel="correlation of distances", title="path (dotted: equal weights)"
    )
    path.legend()
    gains = tables["control"]
    shuffled = gains.loc[gains["cells"] == "shuffled", "gain"]
    control.hist(shuffled, bins=min(15, len(shuffled)), color=COLOURS["grey"], label="shuffled cells")
    p = gains["p_value"].iloc[0]
    control.axvline(gains["gain"].iloc[0], color=COLOURS["vermilion"], label=f"as they are (p = {p:.2g})")
    control.set(xlabel="gain of correlation", ylabel="shuffles", title="control")
    control.legend()
    if "comparison" in tables:
        done = tables["comparison"].query("state == 'done'")[::-1]
        rows = np.arange(len(done))
        spread = [done["ari"] - done["ari_low"], done["ari_high"] - done["ari"]]
        methods.errorbar(done["ari"], rows + 0.12, xerr=spread, fmt="o", color=COLOURS["blue"], label="ARI")
        methods.plot(done["nmi"], rows - 0.12, "s", color=COLOURS["vermilion"], label="NMI")
        methods.set_yticks(rows, done["label"])
        methods.set(xlabel="agreement with the labels", title="comparison (range over Leiden seeds)")
        methods.legend()
    else:
        methods.set_axis_off()
        methods.text(0.5, 0.5, "no labels were named,\nso methods are not compared", ha="center", va="center")
    for one, text in zip(axes.flat, "abcd", strict=True):
        one.set_title(f"{text}  {one.get_title(loc='left')}".rstrip())
    return figure


WORDS = {
    "comparison": "How well clusters of each method's places of the cells match the labels. ARI and NMI: mean, and "
    "range over seeds of the clustering. Seconds are those of the placing alone.",
    "correlations": "Correlation of distances with each modality, over pairs of cells, before and after weighting.",
    "path": "The same for other values of s, the least correlation with the trusted distance; what was kept is beside.",
    "largest weights": "Each with its standard error from samples of cells; rank 1 is the largest.",
    "genes": "Those behind the weighted components, best first: loadings averaged over components, the weighted ones "
    "counting for more. genes.tsv has all.",
}


def shown(table: pd.DataFrame) -> tuple[list[tuple[str, bool]], list[list[str]]]:
    """(heading, whether of numbers) of each column that has values, and rows of text."""
    table = table.dropna(axis=1, how="all")
    columns = [(name.replace("_", " "), pd.api.types.is_numeric_dtype(table[name])) for name in table]
    return columns, [[_text(name, one) for name, one in zip(table, row, strict=True)] for row in table.to_numpy(object)]


def listed_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What the page lists of each table: what a reader asks for first."""
    listed = {}
    if "comparison" in tables:
        table = tables["comparison"].rename(columns={"label": "method of places"})
        for score in ("ari", "nmi"):
            if score in table:
                low, high = table[f"{score}_low"], table[f"{score}_high"]
                ends = [f" ({a:.3f} to {b:.3f})" for a, b in zip(low, high, strict=True)]
                table[score.upper()] = [
                    "" if np.isnan(mean) else f"{mean:.3f}{end}" for mean, end in zip(table[score], ends, strict=True)
                ]
        order = ["method of places", "ARI", "NMI", "silhouette", "clusters", "seconds", "cells", "reason"]
        listed["comparison"] = table[[name for name in order if name in table]]
    listed["correlations"] = tables["correlations"]
    path = tables["path"]
    listed["path"] = path[["s", "kept", *(name for name in path if name.startswith(("before: ", "after: ")))]]
    first = tables["stability"].nlargest(MOST, "weight")
    listed["largest weights"] = first[["feature", *(name for name in first if name != "feature")]]
    if len(tables["genes"]):
        listed["genes"] = tables["genes"].head(MOST)
    return listed


def _text(column: str, value: Any) -> str:
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        if column == "seconds":
            return f"{value:.1f}" if value >= 0.05 else "< 0.1"
        return f"{value:,.0f}" if value == round(value) and abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def page(title: str, lead: Sequence[str], summary: str, svg: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """HTML that needs no network."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    given = {name: (WORDS[name], *shown(table)) for name, table in tables.items()}
    return template.render(title=title, lead=lead, summary=summary, svg=svg, tables=given)


def leading(tables: Mapping[str, pd.DataFrame], s: float, simulated: bool) -> list[str]:
    """What was found, in words."""
    control, names = tables["control"], ", ".join(tables["correlations"]["modality"])
    gain, p_value = control[["gain", "p_value"]].iloc[0]
    others = control.loc[control["cells"] == "shuffled", "gain"]
    beyond = gain > others.max()
    words = [
        f"Schema weighted the columns so that distances between cells agree more with {names}, and stay correlated "
        f"with the unweighted distance (s = {s:g}). The correlation rose by {gain:.3g}; with shuffled cells it rose by "
        f"{others.mean():.3g} on average, {others.max():.3g} at most in {len(others)} shuffles. "
        + ("The gain is beyond what chance gives." if beyond else "So the gain is not beyond what chance gives.")
    ]
    if beyond and p_value > 0.04:
        words.append(f"With {len(others)} shuffles, p cannot be below {p_value:.2g}: own.shuffles asks for more.")
    if "comparison" in tables and (failed := tables["comparison"].query("state != 'done'")["label"].tolist()):
        words.append(f"Not done: {', '.join(failed)}; the table of the comparison has the reasons.")
    return ["These cells are simulated.", *words] if simulated else words


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, out, params = snakemake.input, snakemake.output, snakemake.params
        asked = ["weights", "path", "correlations", "control", "stability", "genes"]
        asked += ["comparison"] if inputs.comparison else []
        tables = {name: read_table(str(inputs[name])) for name in asked}
        drawn = [table.assign(table=name) for name, table in tables.items() if name not in ("weights", "genes")]
        save_figure(draw(tables, params.s), pd.concat(drawn), out.svg, out.png, out.tsv, simulated=params.simulated)
        svg = Path(out.svg).read_text(encoding="utf-8")
        svg = svg[svg.index("<svg") :]
        listed = listed_of(tables)
        title = f"Schema on {Path(params.file).name}: {params.features}"
        summary = Path(inputs.summary).read_text(encoding="utf-8").rstrip()
        text = page(title, leading(tables, params.s, params.simulated), summary, svg, listed)
        with whole_file(out.page) as part:
            part.write_text(text, encoding="utf-8")
