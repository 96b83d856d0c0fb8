"""One claim of the paper against our value: reproduced, direction only, differs, or not run."""

import math
from typing import Any

REPRODUCED, DIRECTION, DIFFERS, NOT_RUN = "reproduced", "direction only", "differs", "not run"
VERDICTS = (REPRODUCED, DIRECTION, DIFFERS, NOT_RUN)


def verdict(claim: dict[str, Any], ours: Any, others: dict[str, Any]) -> str:
    """Judge ``ours`` by the claim's kind.

    - count: equal
    - value: within ``tolerance``; else the claim's ``direction`` holds (against ``others``, our values by id)
    - upper_bound: at most the paper's
    - pvalue: within one order of magnitude; else both below 0.05
    - set: the same elements; else at least half of all elements are shared
    - qualitative: ``ours`` begins with "holds"
    """
    if ours is None or ours == "" or (isinstance(ours, float) and math.isnan(ours)):
        return NOT_RUN
    kind, paper = claim["kind"], claim["paper"]
    if kind == "qualitative":
        return REPRODUCED if str(ours).startswith("holds") else DIFFERS
    if kind == "set":
        return _of_sets(elements(paper), elements(ours))
    ours = float(ours)
    if kind == "count":
        return REPRODUCED if ours == paper else DIFFERS
    if kind == "upper_bound":
        return REPRODUCED if ours <= paper else DIFFERS
    if kind == "pvalue":
        if ours > 0 and abs(math.log10(ours / paper)) <= 1:
            return REPRODUCED
        return DIRECTION if ours < 0.05 and paper < 0.05 else DIFFERS
    if abs(ours - paper) <= claim["tolerance"]:
        return REPRODUCED if _direction_holds(claim, ours, others) is not False else DIFFERS
    return DIRECTION if _direction_holds(claim, ours, others) else DIFFERS


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


def _of_sets(paper: set[str], ours: set[str]) -> str:
    if paper == ours:
        return REPRODUCED
    return DIRECTION if len(paper & ours) >= len(paper | ours) / 2 else DIFFERS


def _direction_holds(claim: dict[str, Any], ours: float, others: dict[str, Any]) -> bool | None:
    """Whether the stated order holds; None where none is stated or the other value is not known."""
    if "direction" not in claim:
        return None
    if claim["direction"] == "positive":
        return ours > 0
    word, other = claim["direction"].split()
    if other not in others:
        return None
    return ours > others[other] if word == "above" else ours < others[other]
