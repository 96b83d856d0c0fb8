"""One claim of the paper against our value and its range: what the comparison says, and whether a control explains it.

A verdict that stands needs the paper's own data, whole; see ``evaluation.ledger`` for other data.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

REPRODUCED, DIRECTION, LEVEL = "reproduced", "direction only", "not distinguishable"
DIFFERS, UNDECIDED, NOT_RUN = "differs", "undecided", "not run"
VERDICTS = (REPRODUCED, DIRECTION, LEVEL, DIFFERS, UNDECIDED, NOT_RUN)
NOTHING = "none"  # ours, where an analysis ran and found nothing
SMALLEST = 1e-300  # a p that underflowed
YES, NO = "yes", "no"
NO_OTHERS = MappingProxyType({})


@dataclass(frozen=True)
class Range:
    """A value, and how far it moves over what is random: ``low`` <= ``ours`` <= ``high``."""

    ours: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Any, low: Any = "", high: Any = "") -> "Range | None":
        """A range as a table has it, where an empty end is the value; None where ``ours`` is no number."""
        value = _number(ours)
        if math.isnan(value):
            return None
        ends = [value if math.isnan(end) else end for end in map(_number, (low, high))]
        return cls(value, min(value, *ends), max(value, *ends))

    @classmethod
    def around(cls, ranges: Iterable["Range"]) -> "Range | None":
        """What holds against all of ``ranges``, from the lowest end to the highest; None for none."""
        known = sorted(ranges, key=lambda one: one.ours)
        if not known:
            return None
        return cls(known[(len(known) - 1) // 2].ours, min(r.low for r in known), max(r.high for r in known))

    def side(self, other: "Range | float") -> int:
        """1 where all of this lies above ``other``, -1 where all lies below, 0 where they meet."""
        low, high = (other.low, other.high) if isinstance(other, Range) else (other, other)
        return int(self.low > high) - int(self.high < low)


def verdict(claim: dict[str, Any], ours: Any, found: Range | None, others: Mapping[str, Range] = NO_OTHERS) -> str:
    """What ours says of a claim, by the claim's kind; "" where there is nothing to judge.

    found : ``ours`` as a number with its range; others : by id what the claim's ``direction`` is held against

    - count: equal
    - value: the paper's lies within [low - tolerance, high + tolerance], the ``direction`` holds with ranges apart, and
      the ``null`` is outside [low, high]
    - pvalue: likewise on the scale of log10, and significant: all of the range is below ``null``
    - upper_bound, lower_bound: all of the range keeps the bound
    - order: the ``direction`` holds with ranges apart
    - set: the same elements; half of all of them are shared: direction only
    - contains: ours has all that the paper names; half of them: direction only
    - qualitative: ours begins with "holds"
    """
    kind, paper = claim["kind"], claim["paper"]
    if str(ours) == "":
        return ""
    if str(ours) == NOTHING:
        return DIFFERS
    if kind == "qualitative":
        return REPRODUCED if str(ours).startswith("holds") else DIFFERS
    if kind in ("set", "contains"):
        return _of_sets(kind, elements(paper), elements(ours))
    if found is None:
        return ""
    if kind == "count":
        return REPRODUCED if found.ours == paper else DIFFERS
    if kind == "pvalue":
        return _of_p(claim, found)
    if kind in ("upper_bound", "lower_bound"):
        return _of_bound(claim, found)
    orders = [_holds(order, found, others) for order in stated(claim)]
    holds = False if False in orders else None if None in orders else True
    if kind == "order":
        return {True: REPRODUCED, False: DIFFERS, None: LEVEL}[holds]
    near = found.low - claim["tolerance"] <= paper <= found.high + claim["tolerance"]
    level = "null" in claim and found.side(claim["null"]) == 0
    if not orders:
        return LEVEL if level else REPRODUCED if near else DIFFERS
    if holds:
        return REPRODUCED if near and not level else DIRECTION
    return LEVEL if level or holds is None else DIFFERS


def stated(claim: dict[str, Any]) -> list[str]:
    """The orders that the paper states of a claim."""
    given = claim.get("direction", [])
    return [given] if isinstance(given, str) else given


def held_against(claim: dict[str, Any]) -> list[str]:
    """The ids that these orders name."""
    return [order.rpartition(" ")[2] for order in stated(claim) if " " in order]


def _holds(order: str, found: Range, others: Mapping[str, Range]) -> bool | None:
    """Whether an order holds with ranges apart; None where they meet, or there is nothing to hold it against.

    "not above" is the paper's "comparable or worse": ranges that meet keep it.
    """
    word, _, name = order.rpartition(" ")
    other = others.get(name) if word else Range.of(0)  # "positive"
    if other is None:
        return None
    side = found.side(other)
    if word == "not above":
        return side <= 0
    return None if side == 0 else (side < 0) == (word == "below")


def above_control(claim: dict[str, Any], found: Range | None, control: Range | None) -> str:
    """Whether an effect is more than its control: yes, no, or not distinguishable; "" without either.

    More of an effect is a smaller p or q, or less of what the paper calls low.
    """
    if found is None or control is None:
        return ""
    called_low = claim["kind"] == "order" and any(order.startswith("below") for order in stated(claim))
    low_is_more = called_low or claim["kind"] in ("pvalue", "upper_bound")
    side = found.side(control)
    return {1: YES, -1: NO, 0: LEVEL}[-side if low_is_more else side]


def elements(value: Any) -> set[str]:
    """The elements of a set as it is printed: a list, "a, b", or ranges like "3-9, 12"."""
    parts = value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    found = set()
    for part in parts:
        first, dash, last = str(part).partition("-")
        if dash and first.isdigit() and last.isdigit():
            found.update(str(i) for i in range(int(first), int(last) + 1))
        else:
            found.add(str(part))
    return found


def _of_sets(kind: str, paper: set[str], ours: set[str]) -> str:
    whole = paper if kind == "contains" else paper | ours
    if whole <= paper & ours:
        return REPRODUCED
    return DIRECTION if len(paper & ours) >= len(whole) / 2 else DIFFERS


def _of_p(claim: dict[str, Any], found: Range) -> str:
    low, high, paper = (math.log10(max(p, SMALLEST)) for p in (found.low, found.high, claim["paper"]))
    side = found.side(claim["null"])
    if side < 0:
        return REPRODUCED if low - claim["tolerance"] <= paper <= high + claim["tolerance"] else DIRECTION
    return LEVEL if side == 0 else DIFFERS


def _of_bound(claim: dict[str, Any], found: Range) -> str:
    upper = claim["kind"] == "upper_bound"
    kept = (found.high <= claim["paper"]) if upper else (found.low >= claim["paper"])
    if kept:
        return REPRODUCED
    if "null" in claim and found.side(claim["null"]) == (-1 if upper else 1):
        return DIRECTION
    broken = (found.low > claim["paper"]) if upper else (found.high < claim["paper"])
    return DIFFERS if broken else LEVEL


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
