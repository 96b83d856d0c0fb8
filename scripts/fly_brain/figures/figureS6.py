"""Figure S6 and more: UMAP and t-SNE of RNA alone, of every s, and of CCA, in one orientation."""

import matplotlib.pyplot as plt
import pandas as pd

from fly_brain.figures.panels import draw_age_key, draw_embedding, in_words, summary
from fly_brain.methods.table import label_of
from plotting import house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step

NAMES = {"umap": "UMAP", "tsne": "t-SNE"}
MOST_COLUMNS = 4


def draw(embeddings: pd.DataFrame, pseudotime: pd.DataFrame) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it: one block of panels per kind of embedding."""
    scores, rows = summary(pseudotime), []
    per_kind = embeddings[["method", "min_correlation"]].drop_duplicates()
    columns = min(MOST_COLUMNS, -(-len(per_kind) // 2))
    height = -(-len(per_kind) // columns)
    figure = plt.figure(figsize=(FULL_WIDTH, 2 * height * (0.4 + 6.2 / columns) + 0.4), layout="constrained")
    for block, (kind, panel) in zip(figure.subfigures(len(NAMES), 1), zip(NAMES, "ab", strict=True), strict=True):
        axes = block.subplots(height, columns, squeeze=False).ravel()
        of_kind = embeddings[embeddings["embedding"] == kind]
        for place, (method, s) in zip(axes, per_kind.itertuples(index=False), strict=False):
            same = of_kind["min_correlation"].isna() if s != s else of_kind["min_correlation"] == s
            cells = of_kind[(of_kind["method"] == method) & same]
            draw_embedding(place, cells, f"{label_of(method, s)}\n{in_words(scores, method, s)}")
            rows.append(cells[["x", "y", "age"]].assign(panel=panel, series=f"{NAMES[kind]}, {label_of(method, s)}"))
        for place in axes[len(per_kind) :]:
            place.set_axis_off()
        block.suptitle(f"$\\bf{{{panel}}}$   {NAMES[kind]}", fontsize=10, x=0.02, ha="left")
        draw_age_key(block, list(axes), embeddings["age"].to_numpy(), shrink=0.5, aspect=14)
    return figure, pd.concat(rows).melt(["panel", "series", "age"], ["x", "y"], "coordinate", "value")


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        embeddings = pd.concat(map(pd.read_parquet, inputs.embeddings), ignore_index=True)
        figure, data = draw(embeddings, read_table(inputs.pseudotime))
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
