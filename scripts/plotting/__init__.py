"""One house style for every figure."""

from plotting.style import COLOURS, house_style, mark_simulated, save_figure

__all__ = ["COLOURS", "house_style", "mark_simulated", "save_figure"]
