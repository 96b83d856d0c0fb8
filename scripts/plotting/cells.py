"""Panels of points: the cells of an embedding, or the beads of a tissue."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.patheffects import withStroke
from scipy.linalg import orthogonal_procrustes

from plotting.style import COLOURS


def draw_points(
    axes: plt.Axes, places: np.ndarray, colours: Sequence, *, size: float | None = None, **options
) -> PathCollection:
    """Points at ``places`` (n, 2), on equal axes without ticks; drawn as pixels, so that an SVG stays small.

    colours : one per point, a colour or a number (then with cmap, vmin, vmax among the options)
    """
    size = size or float(np.clip(9_000 / max(len(places), 1), 0.8, 14))
    drawn = axes.scatter(*np.asarray(places).T, c=colours, s=size, linewidths=0, rasterized=True, **options)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    return drawn


def write_at_centres(axes: plt.Axes, places: np.ndarray, groups: pd.Series, words: Mapping) -> None:
    """Write the word of each group on its point nearest to its median place, so that colour is not the only key."""
    outline = [withStroke(linewidth=2, foreground="white")]
    for group, rows in pd.DataFrame(np.asarray(places)).groupby(np.asarray(groups)):
        if group in words:
            middle = rows.loc[((rows - rows.median()) ** 2).sum(axis=1).idxmin()]
            style = {"fontsize": 7, "weight": "bold", "ha": "center", "va": "center"}
            axes.text(*middle, words[group], path_effects=outline, **style)


def letter(axes: plt.Axes, text: str, *, x: float = -0.08, y: float = 1.04) -> None:
    """The panel's letter, above its upper left corner."""
    axes.text(x, y, text, transform=axes.transAxes, weight="bold", fontsize=12, color=COLOURS["black"])


def oriented(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """``points`` (n, 2) turned, mirrored, shifted and scaled as a whole to lie nearest to ``reference`` (n, 2).

    The least sum of squared differences over such moves (Procrustes). Distances keep their proportions, so that
    nothing but the view changes. Points that all coincide are put at the reference's centre.
    """
    centred, target = points - points.mean(axis=0), reference - reference.mean(axis=0)
    size = (centred**2).sum()
    if size == 0:
        return centred + reference.mean(axis=0)
    turn, fit = orthogonal_procrustes(centred, target)
    return centred @ turn * (fit / size) + reference.mean(axis=0)
