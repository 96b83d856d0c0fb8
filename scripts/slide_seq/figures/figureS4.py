"""Figure S4: beads of high and low loading by two-step CCA (as Fig 4d), and what the loading is made of."""

import anndata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from evaluation.scores import rank_agreement
from plotting import COLOURS, house_style, save_figure
from plotting.cells import letter
from plotting.style import FULL_WIDTH
from running import step
from slide_seq.figures.tissue import bead_table, draw_groups, loading_of, summary_rows


def target(table: pd.DataFrame) -> np.ndarray:
    """What CCA was asked to follow: the standardised density plus the standardised granule indicator."""
    return sum((values - values.mean()) / values.std() for values in (table["density"], table["granule"].astype(float)))


def agreement_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Panel b in numbers: correlation of loading and target, over all beads and in each of the two kinds of cells."""
    kinds = {"all beads": table, "granule": table[table["granule"]], "other cells": table[~table["granule"]]}
    rows = [
        {"panel": "b", "series": f"{name}: {word}", "value": one["target"].corr(one["value"], method), "n": len(one)}
        for name, one in kinds.items()
        for word, method in (("Pearson", "pearson"), ("Spearman", "spearman"))
    ]
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame) -> plt.Figure:
    """Four maps, and the loading of each bead against the target."""
    figure = plt.figure(figsize=(FULL_WIDTH, 4.8), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.95))
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1.25])
    maps = above.subplots(1, 4)
    draw_groups(maps, table)
    letter(maps[0], "a", y=1.1)
    axes = below.subplots(1, 1)
    for granule, marker, colour, name in (
        (True, "o", COLOURS["blue"], "granule"),
        (False, "^", COLOURS["vermilion"], "other cells"),
    ):
        of_kind = table[table["granule"] == granule]
        axes.scatter(
            of_kind["target"], of_kind["value"], s=4, marker=marker, color=colour, linewidths=0, rasterized=True
        )
        axes.scatter([], [], s=16, marker=marker, color=colour, label=name)
    rho = rank_agreement(table["target"], table["value"]).rho
    axes.set(xlabel="density + granule indicator (each standardised)", ylabel="CCA loading")
    axes.set_title(f"the loading against what was asked for: Spearman ρ = {rho:.3f}")
    axes.legend(loc="upper left", markerscale=1.2)
    letter(axes, "b", x=-0.06)
    return figure


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        table = bead_table(anndata.read_h5ad(inputs.beads), loading_of(inputs.loadings, "cca"), params.names)
        table = table.assign(target=target(table), value=table["loading"])
        data = pd.concat([summary_rows(table, {"groups": "a"}), agreement_rows(table)], ignore_index=True)
        save_figure(draw(table), data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
