"""Cells by stage and by replicate, how much of either there is in each representation, and the rankings of genes."""

import anndata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from gastrulation.fit import CENTRED, EQUAL, NO_BATCH, SCHEMA, SHUFFLED, UNCENTRED
from plotting import COLOURS, draw_points, house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step

STYLES = {  # by variant: label, colour, marker
    EQUAL: ("RNA alone", COLOURS["black"], "D"),
    SCHEMA: ("Schema", COLOURS["blue"], "o"),
    NO_BATCH: ("no batch term", COLOURS["orange"], "s"),
    SHUFFLED: ("stages shuffled", COLOURS["grey"], "x"),
    CENTRED: ("MOFA+", COLOURS["vermilion"], "^"),
    UNCENTRED: ("MOFA+, not centred", COLOURS["purple"], "v"),
}
OTHER = (COLOURS["green"], "P")  # of a method that was added
RAMP = (COLOURS["sky"], COLOURS["green"], COLOURS["orange"], COLOURS["vermilion"], COLOURS["purple"])
PAIR = (COLOURS["blue"], COLOURS["orange"])


def styles_of(table: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Label, colour and marker of every variant in ``table``."""
    return STYLES | {one: (one, *OTHER) for one in table["variant"].unique() if one not in STYLES}


def in_plane(places: np.ndarray) -> np.ndarray:
    """The two components with the most variance, (n, 2)."""
    return places[:, np.argsort(-places.var(axis=0), kind="stable")[:2]]


def shown_places(fitted: anndata.AnnData, s: float) -> dict[str, np.ndarray]:
    """RNA alone and Schema at ``s``, in the plane."""
    fits = fitted.uns["fits"]
    whole = fits[fits["place"] != ""]
    plain = whole.loc[whole["variant"] == EQUAL, "place"].iloc[0]
    schema = whole.loc[(whole["variant"] == SCHEMA) & (whole["s"] == s), "place"].iloc[0]
    return {"RNA alone": in_plane(fitted.obsm[plain]), f"Schema, s = {s:g}": in_plane(fitted.obsm[schema])}


def draw_cells(figure: plt.Figure, grid, fitted: anndata.AnnData, s: float) -> pd.DataFrame:
    """Panels a and b: the same cells by stage and by replicate."""
    obs, rows = fitted.obs, []
    order = np.random.default_rng(0).permutation(len(obs))
    stages = sorted(obs["stage"].astype(str).unique(), key=lambda stage: float(stage[1:]))
    ramp = dict(zip(stages, RAMP * (1 + len(stages) // len(RAMP)), strict=False))
    keys = {
        "a": (obs["stage"].astype(str), ramp),
        "b": (obs["replicate"].map({0: "first", 1: "second"}), dict(zip(("first", "second"), PAIR, strict=True))),
    }
    for j, (name, (groups, colours)) in enumerate(keys.items()):
        for i, (title, places) in enumerate(shown_places(fitted, s).items()):
            axes = figure.add_subplot(grid[0, 2 * j + i])
            draw_points(
                axes, places[order], groups.map(colours).to_numpy()[order], size=float(np.clip(3000 / len(obs), 0.5, 4))
            )
            axes.set_title(title)
            axes.set_adjustable("datalim")
            rows.append(
                pd.DataFrame(places, columns=["x", "y"]).assign(panel=name, series=title, group=groups.to_numpy())
            )
            if i == 0:
                letter(axes, name, x=-0.1, y=1.12)
                handles = [plt.Line2D([], [], ls="", marker="o", color=colour) for colour in colours.values()]
                place = {"loc": "upper left", "bbox_to_anchor": (0, 0), "ncols": len(colours), "handletextpad": 0.1}
                title = "stage" if name == "a" else "replicate of its stage"
                legend = axes.legend(handles, colours, **place, columnspacing=0.8, title=title, borderaxespad=0)
                legend.get_title().set_fontsize(7.5)
    return pd.concat(rows)


def draw_explained(axes: plt.Axes, scores: pd.DataFrame) -> pd.DataFrame:
    """Panel c: stage against batch, by R2; Schema and its controls over s."""
    both = scores[scores["score"].isin(["stage R2", "batch R2"])].fillna({"s": -1.0})
    table = both.pivot(index=["variant", "s", "shuffle"], columns="score", values="value").reset_index()
    for variant, (label, colour, marker) in styles_of(scores).items():
        rows = table[table["variant"] == variant].sort_values("s")
        if rows.empty:
            continue
        line = "-" if variant in (SCHEMA, NO_BATCH) else ""
        axes.plot(rows["batch R2"], rows["stage R2"], ls=line, marker=marker, color=colour, label=label, clip_on=False)
        for row in rows.itertuples() if variant == SCHEMA else ():
            at = (row[list(rows).index("batch R2") + 1], row[list(rows).index("stage R2") + 1])
            axes.annotate(f"{row.s:g}", at, xytext=(4, 3), textcoords="offset points", fontsize=6.5, color=colour)
    axes.set(xlabel="variance that batch explains", ylabel="variance that stage explains")
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    return table.rename(columns={"variant": "series"}).assign(panel="c")


def draw_strips(
    axes: plt.Axes, table: pd.DataFrame, column: str, xlabel: str, styles: dict[str, tuple], first: bool
) -> pd.DataFrame:
    """One row a variant, a point for each value; names stand beside the ``first`` of several such panels."""
    for y, (variant, (_, colour, marker)) in enumerate(styles.items()):
        values = table.loc[table["variant"] == variant, column]
        axes.plot(values, np.full(len(values), y), ls="", marker=marker, color=colour, clip_on=False)
    left, right = axes.get_xlim()
    axes.set(xlabel=xlabel, ylim=(len(styles) - 0.5, -0.5), xlim=(min(0, left), max(1, right)))
    axes.set_yticks(range(len(styles)), [label for label, _, _ in styles.values()] if first else [])
    axes.set_xticks([0, 0.5, 1])
    axes.grid(color=COLOURS["pale"], lw=0.6)
    return table.rename(columns={"variant": "series", column: "value"})[["series", "value"]]


def draw(
    tables: dict[str, pd.DataFrame], fitted: anndata.AnnData, s: float, top: int
) -> tuple[plt.Figure, pd.DataFrame]:
    """The figure, and the table that it was drawn from."""
    figure = plt.figure(figsize=(FULL_WIDTH, 5.0))
    rows = [draw_cells(figure, figure.add_gridspec(1, 4, left=0.03, right=0.99, bottom=0.63, top=0.91), fitted, s)]
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.38, bottom=0.12, top=0.47)[0])
    rows.append(draw_explained(axes, tables["scores"]))
    letter(axes, "c", x=-0.18)
    at_s = {name: table[table["s"].isna() | (table["s"] == s)] for name, table in tables.items()}
    mixing = at_s["scores"][at_s["scores"]["score"] == "mixing"]
    found = at_s["overlap"]
    found = found[(found["test"] == "samples") & (found["top"] == top)]
    panels = (
        ("d", mixing, "value", "neighbourhoods,\nreplicates mixed"),
        ("e", at_s["agreement"], "rho", "rankings of\nreplicates agree (ρ)"),
        ("f", found, "shared", f"first {top} genes\nalso by a test"),
    )
    grid = figure.add_gridspec(1, 3, left=0.55, right=0.985, bottom=0.12, top=0.47, wspace=0.25)
    styles = styles_of(tables["scores"])
    for i, (name, table, column, xlabel) in enumerate(panels):
        axes = figure.add_subplot(grid[i])
        rows.append(draw_strips(axes, table, column, xlabel, styles, first=i == 0).assign(panel=name))
        letter(axes, name, x=-0.12)
    return figure, pd.concat(rows, ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        tables = {name: read_table(inputs[name]) for name in ("scores", "agreement", "overlap")}
        figure, data = draw(tables, anndata.read_h5ad(inputs.fits), params.shown, params.top)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
