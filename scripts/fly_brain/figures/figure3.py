"""Figure 3: UMAP of RNA alone and of Schema for some s, coloured by age; genes that are weighted up, by age."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from fly_brain.figures.panels import draw_age_key, draw_embedding, in_words, summary
from fly_brain.methods.table import label_of
from plotting import COLOURS, house_style, save_figure
from plotting.cells import letter
from plotting.style import FULL_WIDTH
from running import read_table, step


def panels_of(embeddings: pd.DataFrame, shown: Sequence[float]) -> list[tuple[str, float, pd.DataFrame]]:
    """Method, s and cells of panels a, b, ...: UMAP of RNA alone, then of Schema by falling s."""
    umaps = embeddings[embeddings["embedding"] == "umap"]
    found = [("rna", np.nan, umaps[umaps["method"] == "rna"])]
    for s in sorted(shown, reverse=True):
        found.append(("schema", s, umaps[(umaps["method"] == "schema") & np.isclose(umaps["min_correlation"], s)]))
    return found


def heat_rows(profile: pd.DataFrame) -> pd.DataFrame:
    """Panel e as tidy rows, in its order: symbol, series (age in days), value (standard score)."""
    tidy = profile.drop(columns="late_minus_early").melt("symbol", var_name="series", value_name="value")
    return tidy.assign(panel="e", series=tidy["series"] + " d")


def draw_heat(figure: plt.Figure, axes: plt.Axes, profile: pd.DataFrame) -> None:
    """Panel e: genes × ages, from genes of the young to genes of the old."""
    values = profile.drop(columns=["symbol", "late_minus_early"])
    limit = float(np.abs(values.to_numpy()).max())
    image = axes.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(values.shape[1]), values.columns)
    axes.set_yticks(range(len(profile)), profile["symbol"], fontsize=7)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    late = int((profile["late_minus_early"] > 0).sum())
    if 0 < late < len(profile):
        axes.axhline(len(profile) - late - 0.5, color=COLOURS["black"], linewidth=1)
    axes.set_xlabel("age in days")
    axes.set_title(
        f"{len(profile)} genes weighted up most, by late − early expression\n"
        f"({len(profile) - late} higher in the young, {late} in the old)",
        fontsize=7.5,
    )
    bar = figure.colorbar(image, ax=axes, shrink=0.7, aspect=18, pad=0.02)
    bar.set_label("mean expression (standard score over ages)", fontsize=7)


def draw(
    embeddings: pd.DataFrame, pseudotime: pd.DataFrame, profile: pd.DataFrame, shown: Sequence[float], chosen: str
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it. ``chosen`` says which cells are drawn."""
    figure = plt.figure(figsize=(FULL_WIDTH, 5.6), layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1, 1.5])
    panels, scores = panels_of(embeddings, shown), summary(pseudotime)
    axes = upper.subplots(1, len(panels))
    rows = []
    for name, place, (method, s, cells) in zip("abcd", axes, panels, strict=False):
        draw_embedding(place, cells, f"{label_of(method, s)}\n{in_words(scores, method, s)}")
        letter(place, name, x=-0.02, y=1.27)
        rows.append(cells[["x", "y", "age"]].assign(panel=name, series=label_of(method, s)))
    draw_age_key(upper, list(axes), embeddings["age"].to_numpy(), shrink=0.9, aspect=12)
    count = len(panels[0][2])
    upper.suptitle(f"UMAP of {count:,} {chosen}; ρ: pseudotime with age, median (range) over roots", fontsize=8, x=0.4)
    place = lower.subplots(1, 1)
    draw_heat(lower, place, profile)
    letter(place, "e", x=-0.13)
    cells = pd.concat(rows).melt(["panel", "series", "age"], ["x", "y"], "coordinate", "value")
    return figure, pd.concat([cells, heat_rows(profile)], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        pseudotime = read_table(inputs.pseudotime)
        profile = read_table(inputs.profile)
        embeddings = pd.read_parquet(inputs.embeddings)
        figure, data = draw(embeddings, pseudotime, profile, params.shown, params.chosen)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
