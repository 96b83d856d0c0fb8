"""Maps of a puck: beads by type, by density, and by whether they are of high loading (paper: Fig 4a to d, S4)."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import anndata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS
from plotting.cells import draw_points
from slide_seq.dense import is_high

COLOURS_OF_TYPES = tuple(COLOURS[name] for name in ("blue", "vermilion", "green", "orange", "purple", "sky"))
OTHER = "other"
TITLE_ROOM = (0, 0, 1, 0.975)  # of a figure: what is left below the words "simulated data"
GROUPS = ("granule, high", "granule, low", "other cells, high", "other cells, low")


def bead_table(beads: anndata.AnnData, loading: pd.Series, names: Mapping[str, str]) -> pd.DataFrame:
    """One row per bead: barcode, x, y, cluster, type, granule, density (0..20), loading, group (one of GROUPS).

    loading : by barcode; names : of the clusters that are shown, by number; the type is one of them, or OTHER
    """
    obs = beads.obs
    table = pd.DataFrame({"barcode": obs.index, "x": obs["x_observed"].to_numpy(), "y": obs["y_observed"].to_numpy()})
    table["cluster"] = obs["cluster"].to_numpy()
    types = [names.get(str(number), OTHER) for number in table["cluster"]]
    table["type"] = pd.Categorical(types, [*dict.fromkeys(names.values()), OTHER])
    table["granule"], table["density"] = obs["granule"].to_numpy(), obs["density_observed"].to_numpy()
    table["loading"] = loading.reindex(table["barcode"]).to_numpy()
    high = is_high(table["loading"])
    place = np.where(table["granule"], 0, 2) + np.where(high, 0, 1)
    return table.assign(group=np.array(GROUPS)[place])


def summary_rows(table: pd.DataFrame, panels: dict[str, str]) -> pd.DataFrame:
    """What the maps show in numbers: panel, series, value, n. Places of beads stay in the tables of the puck.

    panels : the panel of "types" (value: number of beads), "density" (quantiles) and "groups" (mean density), as drawn
    """
    rows = []
    if "types" in panels:
        counts = table["type"].value_counts()
        rows += [{"panel": panels["types"], "series": name, "value": n, "n": n} for name, n in counts.items()]
    if "density" in panels:
        for q in (0.05, 0.25, 0.5, 0.75, 0.95):
            value = table["density"].quantile(q)
            rows.append({"panel": panels["density"], "series": f"quantile {q:g}", "value": value, "n": len(table)})
    for group in GROUPS:
        density = table.loc[table["group"] == group, "density"]
        value = density.mean() if len(density) else np.nan
        rows.append({"panel": panels["groups"], "series": group, "value": value, "n": len(density)})
    return pd.DataFrame(rows)


def loading_of(path: str, method: str) -> pd.Series:
    """The beads' loadings of one method on observed positions, by barcode."""
    table = pd.read_parquet(path).query("method == @method and positions == 'observed'")
    return table.set_index("barcode")["loading"]


def type_colours(table: pd.DataFrame) -> dict[str, str]:
    """The colour of each type of a table of beads, in their order."""
    *names, _ = table["type"].cat.categories
    return dict(zip(names, cycle(COLOURS_OF_TYPES), strict=False)) | {OTHER: COLOURS["pale"]}


def draw_types(axes: plt.Axes, table: pd.DataFrame) -> None:
    """All beads, coloured by type; the rest below, the first type above it, the rarer types on top."""
    colours = type_colours(table)
    for name, colour in reversed(colours.items()):
        of_type = table["type"] == name
        order = {OTHER: 1, next(iter(colours)): 2}.get(name, 3)
        draw_points(axes, table.loc[of_type, ["x", "y"]], [colour] * of_type.sum(), size=_size(table), zorder=order)
    handles = [
        plt.Line2D([], [], linestyle="", marker="o", color=colour, label=f"{name} ({(table['type'] == name).sum():,})")
        for name, colour in colours.items()
    ]
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5), handletextpad=0.1)


def draw_some(axes: plt.Axes, table: pd.DataFrame, chosen: np.ndarray, colour: str, title: str) -> None:
    """The chosen beads over the outline of all the others."""
    size = _size(table)
    draw_points(axes, table.loc[~chosen, ["x", "y"]], ["#EEEEEE"] * (~chosen).sum(), size=size, zorder=1)
    draw_points(axes, table.loc[chosen, ["x", "y"]], [colour] * chosen.sum(), size=size, zorder=2)
    axes.set_title(f"{title}\nn = {chosen.sum():,}", fontsize=7.5, loc="center")


def draw_density(axes: plt.Axes, table: pd.DataFrame) -> None:
    """All beads by density, with a colour bar."""
    order = table.sort_values("density")
    drawn = draw_points(axes, order[["x", "y"]], order["density"], size=_size(table), cmap="viridis")
    axes.figure.colorbar(drawn, ax=axes, shrink=0.7, label="density (0 to 20)", pad=0.02)


def draw_groups(all_axes: Sequence[plt.Axes], table: pd.DataFrame) -> None:
    """Four disjoint sets of beads: granule or not, of high loading or not, each with its mean density."""
    for axes, group in zip(all_axes, GROUPS, strict=True):
        chosen = (table["group"] == group).to_numpy()
        colour = COLOURS["blue"] if group.startswith("granule") else COLOURS["vermilion"]
        draw_some(axes, table, chosen, colour, group)
        words = f"mean density {table.loc[chosen, 'density'].mean():.1f}" if chosen.any() else "no bead"
        axes.set_xlabel(words, fontsize=7.5)


def _size(table: pd.DataFrame) -> float:
    return float(np.clip(6_000 / max(len(table), 1), 0.3, 5))
