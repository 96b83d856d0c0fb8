"""The scorecard: a cell per claim by figure of the paper, or per planted effect, coloured by verdict."""

import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from plotting import house_style, save_figure
from plotting.style import FULL_WIDTH
from report.verdicts import ABOVE, STYLES, in_words, of_claims, of_planted
from running import read_table, step, whole_file

LEFT, LABELS, CELL, STEP = 0.08, 2.2, 0.23, 0.27  # inches: names, cells, the side of one, from one to the next
ROW, LINE = 0.42, 0.19  # inches: a row of cells with its second marks, a line of text
IN_ROW = int((FULL_WIDTH - LABELS) / STEP)
LEGEND = {"undecided": "undecided, in the colour of what it would be"}


def draw(cells: pd.DataFrame) -> plt.Figure:
    """Draw the cells by group, what their colours and signs mean, and the counts in words."""
    groups = dict(list(cells.groupby("group", sort=False)))
    legend = legend_rows([name for name in STYLES if name in set(cells["verdict"]) | set(cells["would"])])
    words = [line for number, text in enumerate(in_words(cells)) for line in textwrap.wrap(text, 104 if number else 92)]
    first = len(textwrap.wrap(in_words(cells)[0], 92))  # lines of the first sentence, which is in bold
    marked = (cells["above_control"] != "").any()
    rows = sum(-(-len(found) // IN_ROW) for found in groups.values())
    height = 0.3 + ROW * rows + (CELL + 0.1) * len(legend) + LINE * (len(words) + 1 + marked)
    figure = plt.figure(figsize=(FULL_WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, FULL_WIDTH), ylim=(0, height))
    axes.set_axis_off()
    top = height - 0.25
    for name, found in groups.items():
        axes.text(LEFT, top - CELL / 2, textwrap.fill(name, 33), va="center", fontsize=8.5, linespacing=1.1)
        for number, cell in enumerate(found.to_dict("records")):
            row, column = divmod(number, IN_ROW)
            seen = (cell["verdict"], cell["would"], cell["above_control"])
            draw_cell(axes, LABELS + column * STEP, top - row * ROW, *seen)
        top -= ROW * -(-len(found) // IN_ROW)
    for entries in legend:
        for x, name in entries:
            draw_cell(axes, x, top, name, would="reproduced" if name == "undecided" else "")
            axes.text(x + STEP + 0.03, top - CELL / 2, LEGEND.get(name, name), va="center")
        top -= CELL + 0.1
    if marked:
        shown = "      ".join(f"{sign} {meaning}" for sign, meaning in ABOVE.values())
        axes.text(LEFT, top - LINE / 2, f"Under a cell:   {shown}", va="center")
        top -= LINE
    for number, line in enumerate(words, start=1):
        axes.text(LEFT, top - number * LINE, line, va="center", fontsize=9, weight="bold" if number <= first else None)
    return figure


def legend_rows(names: list[str]) -> list[list[tuple[float, str]]]:
    """The verdicts of the legend with their places, in as many rows as they need."""
    rows, x = [[]], LEFT
    for name in names:
        width = STEP + 0.25 + 0.06 * len(LEGEND.get(name, name))  # inches, of a cell and its words
        if x + width > FULL_WIDTH:
            rows, x = [*rows, []], LEFT
        rows[-1].append((x, name))
        x += width
    return rows


def draw_cell(axes: Axes, x: float, top: float, verdict: str, would: str = "", above: str = "") -> None:
    """A cell with its upper left corner at (x, top); an undecided one is hatched, in the colour of what it would be."""
    style = STYLES[would or verdict]
    open_ = verdict == "undecided"
    square, hatch = {"xy": (x, top - CELL), "width": CELL, "height": CELL}, "/////" if open_ else None
    axes.add_patch(Rectangle(**square, facecolor=style.colour, edgecolor="white", linewidth=0, hatch=hatch))
    axes.add_patch(Rectangle(**square, fill=False, edgecolor="#444444", linewidth=0.6))
    box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "linewidth": 0} if open_ else None
    axes.text(x + CELL / 2, top - CELL / 2, style.sign, ha="center", va="center", fontsize=7.5, bbox=box)
    if above:
        axes.text(x + CELL / 2, top - CELL - 0.075, ABOVE[above][0], ha="center", va="center", fontsize=6)


if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        if params.simulated:
            tables = {part: read_table(path, text=True) for part, path in zip(params.titles, inputs, strict=True)}
            cells = of_planted(tables, params.titles)
        else:
            cells = of_claims(read_table(inputs[0], text=True), params.titles)
        with house_style():
            files = {suffix: outputs[suffix] for suffix in ("svg", "png", "tsv")}
            save_figure(draw(cells), cells, **files, simulated=params.simulated)
        words = [*in_words(cells), f"The page: {Path(outputs.words).with_name('index.html')}"]
        with whole_file(outputs.words) as part:
            part.write_text("\n".join(words) + "\n", encoding="utf-8")
