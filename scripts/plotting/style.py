"""Fonts, colours and files of every figure.

Colours are those of Okabe and Ito, which readers with any colour vision can tell apart; series differ in marker or
line as well, so that a grey print can be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd

from running import whole_file, write_table

COLOURS = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "grey": "#8C8C8C",
    "pale": "#DDDDDD",
}
FULL_WIDTH = 7.2  # inches: two columns of print
SETTINGS = {
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 4,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "svg.hashsalt": "schema",  # the same figure gives the same file
    "svg.fonttype": "path",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the house's settings, on no screen."""
    with mpl.rc_context(SETTINGS), plt.style.context([]):
        plt.switch_backend("agg")
        mpl.rcParams.update(SETTINGS)
        yield
        plt.close("all")


def mark_simulated(figure: plt.Figure) -> None:
    """Say on the figure itself that its data are made up."""
    figure.text(
        0.995, 0.995, "simulated data", ha="right", va="top", color=COLOURS["vermilion"], weight="bold", fontsize=9
    )


def save_figure(figure: plt.Figure, data: pd.DataFrame, svg: str, png: str, tsv: str, *, simulated: bool) -> None:
    """Write a figure as SVG and PNG, and beside them the table that it was drawn from."""
    if simulated:
        mark_simulated(figure)
    for path, metadata in ((svg, {"Date": None}), (png, {})):
        with whole_file(Path(path)) as part:
            figure.savefig(part, metadata=metadata)
    write_table(data, tsv)
