"""Figure 4: a to d, one puck (types, density, beads of high and low loading); e, whose ranking survives a replicate."""

import anndata
import matplotlib.pyplot as plt
import pandas as pd

from evaluation.ledger import read_claims
from plotting import house_style, save_figure
from plotting.cells import letter
from plotting.style import FULL_WIDTH
from running import read_table, step
from slide_seq.figures.tissue import (
    TITLE_ROOM,
    bead_table,
    draw_density,
    draw_groups,
    draw_some,
    draw_types,
    loading_of,
    summary_rows,
    type_colours,
)
from slide_seq.robustness import (
    CLAIMS,
    draw_robustness,
    failures,
    legend_handles,
    method_order,
    name_methods,
    robustness_rows,
)


def draw(table: pd.DataFrame, rows: pd.DataFrame, failed: dict[str, str], *, with_paper: bool) -> plt.Figure:
    """The whole figure: beads as :func:`bead_table` gives them, points as :func:`robustness_rows`."""
    figure = plt.figure(figsize=(FULL_WIDTH, 10.4), layout="constrained")
    figure.get_layout_engine().set(rect=TITLE_ROOM)
    above, between, middle, below = figure.subfigures(4, 1, height_ratios=[2.3, 1.9, 2.0, 4.6])
    left, right = above.subplots(1, 2)
    draw_types(left, table)
    left.set_title("putative types", loc="left")
    draw_density(right, table)
    right.set_title("spatial density of beads", loc="left")
    for axes, text in ((left, "a"), (right, "c")):
        letter(axes, text)
    *shown, _ = type_colours(table).items()
    of_types = between.subplots(1, len(shown))
    for axes, (name, colour) in zip(of_types, shown, strict=True):
        draw_some(axes, table, (table["type"] == name).to_numpy(), colour, name)
    letter(of_types[0], "b", y=1.1)
    of_groups = middle.subplots(1, 4)
    draw_groups(of_groups, table)
    letter(of_groups[0], "d", y=1.1)
    order = method_order(rows, failed)
    upper, lower = below.subplots(2, 1, sharey=True)
    shown = rows[rows["genes"] == "all"]
    draw_robustness(upper, shown, order, "value", failed)
    draw_robustness(lower, shown, order, "partial", {})
    upper.set_ylabel("Spearman ρ\nbetween pucks")
    lower.set_ylabel("the same, given\nmean expression")
    name_methods(lower, order)
    below.legend(handles=legend_handles(with_paper=with_paper), loc="outside upper center", ncols=3)
    letter(upper, "e", x=-0.09)
    return figure


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = read_claims()["slide_seq"]
        known = {} if params.simulated else {name: claims[name]["paper"] for name in CLAIMS.values()}
        table = bead_table(anndata.read_h5ad(inputs.beads), loading_of(inputs.loadings, "schema"), params.names)
        rows = robustness_rows(read_table(inputs.pairs), known)
        failed = failures(read_table(inputs.methods))
        figure = draw(table, rows, failed, with_paper=bool(known))
        maps = summary_rows(table, {"types": "a, b", "density": "c", "groups": "d"})
        data = pd.concat([maps, rows.assign(panel="e")], ignore_index=True)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
