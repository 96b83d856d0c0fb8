"""The paper's value and ours on one line, as a small picture in a row of the page's tables."""

import math
from collections.abc import Callable
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 180, 26, 9  # units of the picture
SMALLEST = 1e-30  # p and q below this are drawn at the end of the line


class Scale(NamedTuple):
    """A line: where a value lies on it, from 0 to 1, and which values are marked."""

    name: str
    place: Callable[[float], float]
    ticks: tuple[float, ...]


def _log(value: float, low: float, high: float) -> float:
    return (math.log10(max(value, 10.0**low)) - low) / (high - low)


def scale_of(kind: str, paper: str, ours: str) -> Scale | None:
    """The line for a claim of this kind: of p and q, of values from -1 to 1, or of multiples of the paper's value."""
    values = [number(paper), number(ours)]
    if any(map(math.isnan, values)):
        return None
    if kind == "pvalue" or (kind == "upper_bound" and 0 <= max(values) <= 1 and min(values) < 0.05):
        return Scale("p or q", lambda value: 1 - _log(value, math.log10(SMALLEST), 0), (1, 1e-10, 1e-20, SMALLEST))
    if kind in ("value", "order") and 0.01 <= max(map(abs, values)) <= 1:
        return Scale("value", lambda value: (value + 1) / 2, (-1, 0, 1))
    if min(values) > 0:
        return Scale("multiple", lambda value: _log(value / values[0], -1, 1), ())
    return None


def number(text: str) -> float:
    """A number as the ledger has it; not a number, where it is a word."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def dots(scale: Scale, paper: str, ours: str, low: str, high: str, control: str = "") -> str:
    """An SVG: the paper's value as a diamond, ours as a disc with its range, its control as a cross."""
    middle = HEIGHT / 2

    def at(value: float) -> float:
        return round(MARGIN + min(max(scale.place(value), 0.0), 1.0) * (WIDTH - 2 * MARGIN), 1)

    drawn = [f'<path class="axis" d="M{MARGIN} {middle}H{WIDTH - MARGIN}"/>']
    ticks = [at(value) for value in scale.ticks] or [MARGIN, WIDTH / 2, WIDTH - MARGIN]
    drawn += [f'<path class="axis" d="M{x} {middle - 4}V{middle + 4}"/>' for x in ticks]
    ends = [number(low), number(high)]
    if not any(map(math.isnan, ends)):
        first, last = sorted(map(at, ends))
        drawn.append(f'<path class="range" d="M{first} {middle}H{last}"/>')
    if not math.isnan(against := number(control)):
        x = at(against)
        drawn.append(f'<path class="control" d="M{x - 4} {middle - 4}l8 8m0 -8l-8 8"/>')
    drawn.append(f'<circle class="ours" cx="{at(number(ours))}" cy="{middle}" r="4.5"/>')
    drawn.append(f'<path class="paper" d="M{at(number(paper))} {middle - 7}l7 7l-7 7l-7 -7z"/>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg class="dots" {size} aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
