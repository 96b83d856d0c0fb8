"""One house style for every figure."""

from plotting.cells import draw_points, letter, write_at_centres
from plotting.style import COLOURS, house_style, mark_simulated, save_figure

__all__ = [
    "COLOURS",
    "draw_points",
    "house_style",
    "letter",
    "mark_simulated",
    "save_figure",
    "write_at_centres",
]
