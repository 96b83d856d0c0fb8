"""Figure 2 a to f: what RNA and ATAC clusters tell apart, maps of labels and of clusters' accuracy, and agreement."""

import anndata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from evaluation.ledger import read_claims
from plotting import house_style, letter, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from sci_car.cells import short_name
from sci_car.figures.agreement_panel import agreement_data, draw_agreement
from sci_car.maps import draw_accuracy, draw_clusters, draw_labels


def pair_matrix(pairs: pd.DataFrame, types: list[str]) -> np.ndarray:
    """ARI of RNA's clusters above the diagonal and of ATAC's below, (types, types), NaN on it."""
    matrix = np.full((len(types),) * 2, np.nan)
    place = {name: i for i, name in enumerate(types)}
    for row in pairs.itertuples():
        first, second = sorted((place[row.one], place[row.other]))
        matrix[(first, second) if row.method == "rna" else (second, first)] = row.ari
    return matrix


def draw_pairs(axes: plt.Axes, matrix: np.ndarray, types: list[str]) -> None:
    """Panel a."""
    drawn = axes.imshow(matrix, cmap="viridis", vmin=0, vmax=1)
    names = [short_name(name) for name in types]
    axes.set_xticks(range(len(types)), names, rotation=90, fontsize=6)
    axes.set_yticks(range(len(types)), names, fontsize=6)
    axes.spines[:].set_visible(False)
    axes.figure.colorbar(drawn, ax=axes, shrink=0.7, pad=0.02, label="ARI of the two types' cells")
    axes.set_title("pairs of types: RNA ◥, ATAC ◣")


def map_data(maps: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """What panels b to e show: panel, series, cell, x, y, value."""
    columns = {"b": ("label", labels.to_numpy()), "c": ("rna cluster", maps["rna:cluster"] + 1)}
    columns |= {"d": ("rna accuracy", maps["rna:accuracy"]), "e": ("schema accuracy", maps["schema:accuracy"])}
    parts = [
        maps[["cell", "x", "y"]].assign(panel=panel, series=series, value=value)
        for panel, (series, value) in columns.items()
    ]
    return pd.concat(parts)


def draw(
    maps: pd.DataFrame, labels: pd.Series, pairs: pd.DataFrame, bars: pd.DataFrame, origin: str
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it."""
    types = sorted(labels.unique(), key=lambda name: (not name.startswith("Proximal"), name))
    figure = plt.figure(figsize=(FULL_WIDTH, 8.9), layout="constrained")
    top, middle, bottom = figure.subfigures(3, 1, height_ratios=[1.1, 0.9, 0.95])
    a, b = top.subplots(1, 2, width_ratios=[1, 1.25])
    draw_pairs(a, pair_matrix(pairs, types), types)
    draw_labels(b, maps[["x", "y"]], labels, types)
    b.set_title(f"published labels ({origin} t-SNE)")
    c, d, e = middle.subplots(1, 3)
    draw_clusters(c, maps[["x", "y"]], maps["rna:cluster"])
    c.set_title("clusters of RNA alone")
    for axes, method, name in ((d, "rna", "RNA alone"), (e, "schema", "Schema")):
        drawn = draw_accuracy(axes, maps[["x", "y"]], maps[f"{method}:accuracy"])
        axes.set_title(f"clusters' accuracy, {name}")
    middle.colorbar(drawn, ax=e, shrink=0.8, label="share with the cluster's\nmost frequent label")
    f = bottom.subplots()
    draw_agreement(f, bars)
    for axes, name in zip((a, b, c, d, e, f), "abcdef", strict=True):
        letter(axes, name, x=-0.1 if name in "bcde" else -0.12)
    pair_rows = pairs.assign(panel="a", series=pairs["method"], value=pairs["ari"])
    shown = pair_rows[["panel", "series", "one", "other", "value"]]
    return figure, pd.concat([shown, map_data(maps, labels), bars.assign(panel="f")], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = read_claims()["sci_car"]
        places = read_table(inputs.places).set_index("cell")
        maps = read_table(inputs.maps).join(places, on="cell").dropna(subset=["x", "y"])
        labels = anndata.read_h5ad(inputs.reduced, backed="r").obs["cell_type"].astype(str).reindex(maps["cell"])
        tables = {name: read_table(inputs[name]) for name in ("scores", "statuses")}
        pairs = read_table(inputs.pairs).groupby(["method", "one", "other"])["ari"].median().reset_index()
        bars = agreement_data(tables["scores"], tables["statuses"], {} if params.simulated else claims)
        figure, data = draw(maps, labels.reset_index(drop=True), pairs, bars, places["origin"].iloc[0])
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
