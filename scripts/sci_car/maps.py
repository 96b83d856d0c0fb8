"""Maps of cells: by published label, by cluster, and by how pure their cluster is."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection

from plotting import COLOURS, draw_points, write_at_centres
from sci_car.cells import is_proximal_tubule, short_name

FAR_APART = [COLOURS[name] for name in ("orange", "green", "vermilion", "purple", "yellow", "black", "grey")]
FAR_APART += ["#7F4F24", "#B8DE6F", "#9E2A7D", "#F4A6A6", "#4B5D16", "#C9B8E8"]
MOST_NUMBERED = 15


def type_colours(types: list[str]) -> dict[str, tuple]:
    """A colour for each type: blues for the proximal tubule, others far apart in hue and lightness."""
    proximal = [name for name in types if is_proximal_tubule(pd.Series([name]))[0]]
    blues = plt.get_cmap("Blues")(np.linspace(0.45, 0.95, max(len(proximal), 1)))
    others = [name for name in types if name not in proximal]
    return dict(zip(proximal, blues, strict=False)) | dict(zip(others, FAR_APART, strict=False))


def draw_labels(axes: plt.Axes, places: pd.DataFrame, labels: pd.Series, types: list[str]) -> None:
    """Panel b: published labels, numbered as in the legend."""
    colours = type_colours(types)
    draw_points(axes, places, [colours[name] for name in labels])
    write_at_centres(axes, places, labels, {name: i for i, name in enumerate(types, start=1)})
    handles = [
        plt.Line2D([], [], linestyle="", marker="o", color=colours[name], label=f"{i} {short_name(name)}")
        for i, name in enumerate(types, start=1)
    ]
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=6.5, handletextpad=0.1)


def draw_clusters(axes: plt.Axes, places: pd.DataFrame, clusters: pd.Series) -> None:
    """Clusters, numbered by falling size; without numbers where they would hide each other."""
    palette = [COLOURS["blue"], COLOURS["sky"], *FAR_APART]
    draw_points(axes, places, [palette[cluster % len(palette)] for cluster in clusters])
    if clusters.nunique() <= MOST_NUMBERED:
        write_at_centres(axes, places, clusters, {cluster: cluster + 1 for cluster in clusters.unique()})


def draw_accuracy(axes: plt.Axes, places: pd.DataFrame, accuracy: pd.Series) -> PathCollection:
    """Cells by the share of their cluster that has its most frequent label."""
    return draw_points(axes, places, accuracy, cmap="cividis", vmin=0.3, vmax=1)
