"""Figure S2: t-SNE of spliced counts and of Schema, by cluster and by velocity pseudotime; agreement with scVelo."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from anndata import read_h5ad

from dentate_gyrus.methods.table import CHANGE, DISTANCE, FIRST, METHODS, PSEUDOTIME, RANKS, TSNE, label_of
from plotting import COLOURS, house_style, save_figure
from plotting.cells import draw_points, letter, oriented, write_at_centres
from plotting.style import FULL_WIDTH
from running import read_table, step

REFERENCE, KIND = "stochastic", "Spearman"  # scVelo's default mode; the ledger has the others
SCORES = {
    PSEUDOTIME: "pseudotime\n(|ρ|)",
    DISTANCE: "squared distances,\nall pairs (r)",
    TSNE: "distances in t-SNE\n(ρ)",
    RANKS: "change of ranks of\nthese distances (ρ)",
}
GROUPS = {
    "alone": COLOURS["black"],
    "schema": COLOURS["blue"],
    "control": COLOURS["grey"],
    "rival": COLOURS["vermilion"],
}
LOOKS = {CHANGE: ("o", "change of direction"), FIRST: ("D", "first principal component"), "": ("o", "")}


def drawn(embeddings: pd.DataFrame, shown: Sequence[float]) -> list[tuple[str, pd.DataFrame]]:
    """Title and places (index cell; x, y) of each column of panels: t-SNE from the first start, turned alike."""
    first = embeddings[(embeddings["start"] == 0) & (embeddings["repeat"] == 0)]
    wanted = [
        ("spliced", np.nan),
        *(("schema", s) for s in sorted(shown, reverse=True)),
        ("unspliced", np.nan),
        ("cca", np.nan),
    ]
    found, reference = [], None
    for method, s in wanted:
        same = first["min_correlation"].isna() if np.isnan(s) else np.isclose(first["min_correlation"], s)
        places = first[(first["method"] == method) & same].set_index("cell")[["x", "y"]]
        if len(places):
            reference = places.to_numpy() if reference is None else reference
            places[["x", "y"]] = oriented(places.to_numpy(), reference)
            found.append((label_of(method, s), places))
    return found


def colours_of(clusters: pd.Series) -> dict[str, tuple]:
    """A colour for each cluster: of Okabe and Ito's as far as they reach, then of a longer list; "" is pale."""
    names = sorted(set(clusters) - {""})
    few = [COLOURS[name] for name in ("blue", "orange", "green", "vermilion", "purple", "sky", "yellow", "black")]
    many = few if len(names) <= len(few) else [*plt.colormaps["tab20"].colors, *plt.colormaps["tab20b"].colors]
    return {name: many[i % len(many)] for i, name in enumerate(names)} | {"": COLOURS["pale"]}


def draw_embeddings(block, panels: list, clusters: pd.Series, pseudotime: pd.Series) -> None:
    """Panels a and b: a column for each representation, its cells by cluster above and by pseudotime below."""
    axes = block.subplots(2, len(panels), squeeze=False)
    colours, order = colours_of(clusters), np.random.default_rng(0).permutation(len(clusters))
    for column, (title, places) in zip(axes.T, panels, strict=True):
        cells = places.iloc[order]
        draw_points(column[0], cells.to_numpy(), [colours[name] for name in clusters[cells.index]])
        drawn_time = draw_points(column[1], cells.to_numpy(), pseudotime[cells.index], cmap="viridis", vmin=0, vmax=1)
        column[0].set_title(title, fontsize=7.5)
        for one in column:
            one.set_adjustable("datalim")
            one.set_box_aspect(1)
    if len(colours) > 2:
        of = clusters[panels[0][1].index]
        write_at_centres(axes[0, 0], panels[0][1].to_numpy(), of, {name: number for number, name in _numbered(colours)})
        handles = [
            plt.Line2D([], [], marker="o", linestyle="none", color=colours[name], label=f"{number} {name}")
            for number, name in _numbered(colours)
        ]
        block.legend(handles=handles, loc="outside lower center", ncols=5, fontsize=7, handletextpad=0.1)
    bar = block.colorbar(drawn_time, ax=list(axes[1]), shrink=0.8, aspect=14, pad=0.01)
    bar.set_label("scVelo's pseudotime", fontsize=7)
    for name, row in zip("ab", axes, strict=True):
        letter(row[0], name, x=-0.12, y=1.02)


def _numbered(colours: dict) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate((name for name in colours if name), start=1)]


def score_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """Panel c: score, series (a representation), along, value, low, high; a control's range is that over shuffles."""
    kept = scores[
        (scores["reference"] == REFERENCE) & ((scores["correlation"] == KIND) | (scores["score"] == DISTANCE))
    ]
    rows = []
    for (score, method, s, along), of in kept.groupby(
        ["score", "method", "min_correlation", "along"], dropna=False, sort=False
    ):
        control = METHODS[method].group == "control"
        low, high = ("value", "value") if control else ("low", "high")
        ends = {"value": of["value"].median(), "low": of[low].min(), "high": of[high].max()}
        about = {"score": score, "series": label_of(method, s), "along": "" if pd.isna(along) else along}
        rows.append(about | {"group": METHODS[method].group} | ends)
    return pd.DataFrame(rows).assign(panel="c")


def draw_scores(block, rows: pd.DataFrame) -> None:
    """Panel c: a column for each score, a line for each representation."""
    series = list(dict.fromkeys(rows["series"]))
    axes = block.subplots(1, len(SCORES), sharey=True)
    for column, (score, words) in zip(axes, SCORES.items(), strict=True):
        for row in rows[rows["score"] == score].itertuples():
            y = series.index(row.series)
            colour, marker = GROUPS[row.group], LOOKS[row.along][0]
            column.hlines(y, row.low, row.high, color=colour, linewidth=3 if row.group == "control" else 1, alpha=0.6)
            column.plot(row.value, y, marker=marker, color=colour, linestyle="none", markersize=4)
        column.axvline(0, color=COLOURS["black"], linewidth=0.5)
        column.set_xlabel(words, fontsize=7)
        column.margins(x=0.12)
        for y in range(len(series)):
            column.axhline(y, color=COLOURS["pale"], linewidth=0.5, zorder=0)
    axes[0].set_yticks(range(len(series)), series)
    axes[0].invert_yaxis()
    axes[0].tick_params(axis="y", length=0)
    handles = [
        plt.Line2D([], [], color=COLOURS["black"], marker=marker, linestyle="none", label=f"pseudotime: {words}")
        for marker, words in (LOOKS[CHANGE], LOOKS[FIRST])
    ]
    handles.append(
        plt.Line2D([], [], color=COLOURS["grey"], linewidth=3, alpha=0.6, label="control: range over shuffles")
    )
    block.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=7)
    letter(axes[0], "c", x=-0.75, y=1.05)


def draw(
    embeddings: pd.DataFrame, scores: pd.DataFrame, clusters: pd.Series, pseudotime: pd.Series, shown: Sequence[float]
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it; ``clusters`` and ``pseudotime`` by cell."""
    panels, rows = drawn(embeddings, shown), score_rows(scores)
    figure = plt.figure(figsize=(FULL_WIDTH, 6.3), layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.2, 1])
    draw_embeddings(upper, panels, clusters, pseudotime)
    draw_scores(lower, rows)
    cells = [
        places.assign(series=title, cluster=clusters[places.index], pseudotime=pseudotime[places.index])
        for title, places in panels
    ]
    tidy = pd.concat(cells).melt(["series", "cluster", "pseudotime"], ["x", "y"], "coordinate", "value")
    return figure, pd.concat([rows, tidy.assign(panel="a, b")], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        clusters = read_h5ad(inputs.cells, backed="r").obs["cluster"].astype(str)
        pseudotime = pd.read_parquet(inputs.velocity).set_index("cell")[REFERENCE]
        embeddings, scores = pd.read_parquet(inputs.embeddings), read_table(inputs.scores)
        figure, data = draw(embeddings, scores, clusters, pseudotime, params.shown)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
