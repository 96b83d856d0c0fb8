"""The robustness plot: agreement of gene rankings between pucks, every method beside its controls (paper: Fig 4e)."""

from textwrap import wrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS
from slide_seq.methods.table import CONTROLS, METHODS, REMADE

CLAIMS = {
    "schema": "robust.schema",
    "cca": "robust.cca",
    "spatialde": "robust.spatialde",
    "trendsceek": "robust.trendsceek",
}
# series: what it is called, marker, face, edge, how far from the middle
SERIES = {
    "final": ("final ranking", "o", COLOURS["black"], COLOURS["black"], -0.18),
    "granule": ("intermediate: granule cells", "^", COLOURS["grey"], COLOURS["grey"], 0.0),
    "other": ("intermediate: other cells", "v", "none", COLOURS["grey"], 0.09),
    "shuffled": ("final, positions shuffled", "s", "none", COLOURS["vermilion"], 0.24),
}
PAPER = ("the paper's median", "D", COLOURS["yellow"])


def method_order(pairs: pd.DataFrame, failed: dict[str, str]) -> list[str]:
    """The methods of the plot from left to right, other numbers of factors beside Schema, controls last."""
    present = [*dict.fromkeys([*pairs["method"], *failed])]
    variants = [name for name in present if name.startswith("schema_") and name[7:].isdigit()]
    variants.sort(key=lambda name: -int(name[7:]))
    order = [name for name in METHODS if name in present]
    at = order.index("schema") + 1
    return [*order[:at], *variants, *order[at:]]


def label(method: str) -> str:
    """The method's name on the axis."""
    return METHODS[method].label if method in METHODS else f"Schema,\n{method.removeprefix('schema_')} factors"


def robustness_rows(pairs: pd.DataFrame, claims: dict[str, float]) -> pd.DataFrame:
    """One row per point: method, series (of SERIES, or "paper"), pair, genes, value (Spearman), partial, n.

    Methods that rank without positions have no shuffled ranking of their own.
    """
    observed = pairs[pairs["positions"] == "observed"].assign(series=lambda rows: rows["kind"])
    shuffled = pairs.query("positions == 'shuffled' and kind == 'final'")
    shuffled = shuffled[~shuffled["method"].isin(CONTROLS)]
    points = pd.concat([observed, shuffled.assign(series="shuffled")], ignore_index=True)
    points["pair"] = points["puck_a"] + " / " + points["puck_b"]
    points = points.rename(columns={"rho": "value", "partial_rho": "partial"})
    points.loc[points["method"] == "mean_expression", "partial"] = np.nan  # of nothing but itself
    paper = [
        {"method": method, "series": "paper", "genes": "all", "value": claims[name], "label": name}
        for method, name in CLAIMS.items()
        if name in claims
    ]
    table = pd.concat([points, pd.DataFrame(paper)], ignore_index=True)
    return table[["method", "series", "genes", "pair", "value", "partial", "n"]]


def draw_robustness(axes: plt.Axes, rows: pd.DataFrame, order: list[str], column: str, failed: dict[str, str]) -> None:
    """Points of every method; a bar at the median of each series; a failure in words."""
    for x, method in enumerate(order):
        of_method = rows[rows["method"] == method]
        for series, (_, marker, face, edge, offset) in SERIES.items():
            values = of_method.loc[of_method["series"] == series, column].dropna().to_numpy()
            if not len(values):
                continue
            spread = np.linspace(-0.04, 0.04, len(values)) if len(values) > 1 else np.zeros(1)
            axes.scatter(x + offset + spread, values, marker=marker, s=20, facecolors=face, edgecolors=edge, zorder=3)
            axes.hlines(np.median(values), x + offset - 0.09, x + offset + 0.09, color=edge, linewidth=1.5, zorder=2)
        paper = of_method.loc[of_method["series"] == "paper", column].dropna()
        axes.scatter(
            [x - 0.36] * len(paper), paper, marker=PAPER[1], s=30, color=PAPER[2], edgecolors="black", zorder=4
        )
        if method in failed:
            words = "\n".join(wrap(f"failed: {failed[method]}", 24)[:4])
            axes.text(x, 0.5, words, rotation=90, fontsize=6, ha="center", va="center", color=COLOURS["vermilion"],
                      transform=axes.get_xaxis_transform(), in_layout=False)  # fmt: skip
    first = min((order.index(name) for name in CONTROLS if name in order), default=len(order))
    axes.axvspan(first - 0.5, len(order) - 0.5, color="#F2F2F2", zorder=0, linewidth=0)
    axes.axhline(0, color=COLOURS["grey"], linewidth=0.7)
    axes.set(xlim=(-0.6, len(order) - 0.5), xticks=range(len(order)), xticklabels=[])


def name_methods(axes: plt.Axes, order: list[str]) -> None:
    """Names below the ticks."""
    names = [label(method) for method in order]
    axes.set_xticks(range(len(order)), names, fontsize=6.2)
    if any(name.endswith("*") for name in names):
        axes.set_xlabel(REMADE, fontsize=6.2, loc="right")


def legend_handles(*, with_paper: bool) -> list[plt.Line2D]:
    """What the markers mean."""
    given = [(words, marker, face, edge) for words, marker, face, edge, _ in SERIES.values()]
    given += [(PAPER[0], PAPER[1], PAPER[2], "black")] if with_paper else []
    return [
        plt.Line2D([], [], linestyle="", marker=marker, markerfacecolor=face, markeredgecolor=edge, label=words)
        for words, marker, face, edge in given
    ]


def failures(methods: pd.DataFrame) -> dict[str, str]:
    """The reason of each method that failed on some puck."""
    failed = methods[methods["state"] == "failed"]
    return failed.groupby("method")["reason"].first().to_dict()
