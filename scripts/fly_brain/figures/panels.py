"""What the figures of the fly brain share: how well pseudotime follows age, in words, and how ages are coloured."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting.cells import draw_points


def summary(pseudotime: pd.DataFrame) -> pd.DataFrame:
    """Median and range of ρ over roots: rho, low, high, partial_rho, scaled_rho (medians).

    index (method, ages, target, min_correlation or -1).
    """
    keyed = pseudotime.assign(min_correlation=pseudotime["min_correlation"].fillna(-1.0))
    of = keyed.groupby(["method", "ages", "target", "min_correlation"])
    found = of["rho"].agg(rho="median", low="min", high="max")
    return found.assign(partial_rho=of["partial_rho"].median(), scaled_rho=of["scaled_rho"].median())


def in_words(rows: pd.DataFrame, method: str, min_correlation: float) -> str:
    """ρ and its range as a panel's title gives them."""
    s = -1.0 if np.isnan(min_correlation) else min_correlation
    row = rows.loc[(method, "age", "age", s)]
    rho, low, high = (f"{round(row[name], 2) + 0.0:+.2f}".replace("-", "−") for name in ("rho", "low", "high"))
    return f"ρ = {rho} ({low} to {high})"


def age_colours(ages: np.ndarray) -> tuple[dict[int, int], mpl.colors.ListedColormap]:
    """A rank for each age and as many colours, dark (young) to bright (old), steps that any colour vision can order.

    Ages are not evenly spread (0, 1, 3 ... 50 days), so that colours go by rank.
    """
    days = sorted(set(map(int, ages)))
    colours = mpl.colormaps["plasma"](np.linspace(0.0, 0.92, len(days)))
    return {day: rank for rank, day in enumerate(days)}, mpl.colors.ListedColormap(colours)


def draw_embedding(axes: plt.Axes, cells: pd.DataFrame, title: str) -> None:
    """One panel of cells (x, y, age), the oldest not always on top: they are drawn in a fixed random order."""
    shuffled = cells.sample(frac=1.0, random_state=0)
    ranks, colours = age_colours(cells["age"])
    values = shuffled["age"].map(ranks).to_numpy()
    limits = {"cmap": colours, "vmin": -0.5, "vmax": len(ranks) - 0.5}
    draw_points(axes, shuffled[["x", "y"]].to_numpy(), values, **limits)
    axes.set_adjustable("datalim")  # all panels square, whatever the shape of the cloud
    axes.set_box_aspect(1)
    axes.set_title(title, fontsize=7)


def draw_age_key(figure: plt.Figure, axes: list[plt.Axes], ages: np.ndarray, **options) -> None:
    """The key of the colours, one block per age."""
    ranks, colours = age_colours(ages)
    norm = mpl.colors.BoundaryNorm(np.arange(len(ranks) + 1) - 0.5, len(ranks))
    bar = figure.colorbar(mpl.cm.ScalarMappable(norm, colours), ax=axes, ticks=range(len(ranks)), **options)
    bar.set_ticklabels([str(day) for day in ranks])
    bar.set_label("age in days")
    bar.ax.minorticks_off()
