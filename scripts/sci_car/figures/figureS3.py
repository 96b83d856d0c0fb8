"""Figure S3: Leiden clusters of ATAC alone (A) and of totalVI (B) on the map of Figure 2b."""

import matplotlib.pyplot as plt
import pandas as pd

from plotting import house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from sci_car.gains import ranges, why_absent
from sci_car.maps import draw_clusters

PANELS = {"A": ("atac", "clusters of ATAC alone"), "B": ("totalvi", "clusters of totalVI, RNA and ATAC")}


def draw(maps: pd.DataFrame, scores: pd.DataFrame, statuses: pd.DataFrame) -> tuple[plt.Figure, pd.DataFrame]:
    """The figure and the table behind it; a method without clusters leaves its reason."""
    figure, both = plt.subplots(1, 2, figsize=(FULL_WIDTH, 4.2), layout="constrained")
    found, rows = ranges(scores), []
    for axes, (name, (method, title)) in zip(both, PANELS.items(), strict=True):
        letter(axes, name, x=-0.06)
        if method in found.index:
            clusters = maps[f"{method}:cluster"]
            draw_clusters(axes, maps[["x", "y"]], clusters)
            axes.set_title(f"{title}:\n{clusters.nunique()} clusters, median ARI {found.loc[method, 'median']:.3f}")
            rows.append(maps[["cell", "x", "y"]].assign(panel=name, series=method, value=clusters + 1))
        else:
            reason = why_absent(statuses, method)
            axes.set_axis_off()
            axes.set_title(title)
            axes.text(0.5, 0.5, reason, ha="center", va="center", wrap=True, transform=axes.transAxes)
            rows.append(pd.DataFrame({"panel": [name], "series": [method], "value": [reason]}))
    return figure, pd.concat(rows, ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        places = read_table(inputs.places).set_index("cell")
        maps = read_table(inputs.maps).join(places, on="cell").dropna(subset=["x", "y"])
        figure, data = draw(maps, read_table(inputs.scores), read_table(inputs.statuses))
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
