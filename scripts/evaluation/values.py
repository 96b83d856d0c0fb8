"""What a part gives for the ledger: its values, what agrees with each, and what is said of it.

A value is a row: id, ours, low, high, n, over, reason, class, and factors, which are all other columns (what varies
between variants of one claim: solver, basis, ...). ``low`` to ``high`` is the range over what is random, ``over`` says
over what, ``n`` how many there were. Rows of controls have an id that begins with "control.".
"""

import math

import pandas as pd

from evaluation.verdict import NOT_RUN, UNDECIDED, Range, above_control, held_against, verdict
from formats.published import COMPLETE, STAND_IN, SUBSET, UNKNOWN
from running import InputError

CONTROL = "control."
VALUES = ["id", "ours", "low", "high", "n", "over", "reason", "class"]  # of a part; other columns are factors
SIMULATED = "simulated"
IN_WORDS = {  # from what comes nearest to the paper's data to what is farthest
    COMPLETE: "on the paper's data",
    UNKNOWN: "on files of which neither hash nor size is published",
    SUBSET: "on a subset",
    STAND_IN: "on a stand-in",
    SIMULATED: "on simulated data",
}


def fixed(ours: object) -> dict:
    """What a part writes of a value with nothing random in it."""
    ends = {} if isinstance(ours, str) else {"low": ours, "high": ours}
    return {"ours": ours} | ends | {"n": 1, "over": "nothing random"}


def spread(values: pd.Series, over: str) -> dict:
    """What a part writes of a value that is random: the median, and the range, over seeds, pairs or bootstraps."""
    found = values.dropna()
    return {"ours": found.median(), "low": found.min(), "high": found.max(), "n": len(found), "over": over}


class PartValues:
    """The values of one part: rows by id, and what agrees with a row.

    Raises InputError for a value that has neither a claim nor the id of a control.
    """

    def __init__(self, part: str, table: pd.DataFrame, claims: dict[str, dict]):
        self.place = f"claims of {part}"
        self.claims = claims
        self.factors = [column for column in table.columns if column not in VALUES]
        filled = table.reindex(columns=[*VALUES, *self.factors]).fillna("")
        self.table = filled.assign(**{one: filled[one].map(printed) for one in self.factors}).to_dict("records")
        unknown = sorted({row["id"] for row in self.table if not row["id"].startswith(CONTROL)} - set(claims))
        if unknown:
            raise InputError(self.place, f"{unknown} are not in config/claims.yaml", "add them there")

    def rows(self, name: str) -> list[dict]:
        """All rows of one id."""
        return [row for row in self.table if row["id"] == name]

    def controls(self) -> list[dict]:
        """The rows of controls, as the ledger shows them."""
        return [_shown(row) for row in self.table if row["id"].startswith(CONTROL)]

    def wanted(self, name: str) -> dict[str, str]:
        """The factors of a claim's primary variant."""
        return {factor: printed(value) for factor, value in self.claims.get(name, {}).get("primary", {}).items()}

    def primary(self, name: str) -> int | None:
        """Which of the rows of a claim is its primary variant."""
        rows, wanted = self.rows(name), self.wanted(name)
        found = [i for i, row in enumerate(rows) if all(row.get(key, "") == value for key, value in wanted.items())]
        if len(found) > 1:
            others = [factor for factor in self.factors if len({rows[i][factor] for i in found}) > 1]
            problem = f"{len(found)} rows are the primary variant of {name}, apart in {', '.join(others) or 'nothing'}"
            raise InputError(self.place, problem, "name one under `primary` in config/claims.yaml")
        return found[0] if found else None

    def why_none(self, name: str) -> str:
        """What to say where the primary variant has no value."""
        if not self.rows(name):
            return "no value was computed from these data"
        return f"not computed as the paper's text has it ({self.words(self.wanted(name))}); variants.tsv has other ways"

    def words(self, row: dict) -> str:
        """The factors of a row in words."""
        factors = dict.fromkeys([*self.factors, *self.wanted(row.get("id", ""))])
        return ", ".join(f"{one.replace('_', ' ')}: {row[one]}" for one in factors if row.get(one, "") != "")

    def nearer(self, name: str, chosen: int) -> str:
        """Which other variant comes nearest to the paper's number, in words; "" where the primary one does."""
        paper, rows = self.claims[name]["paper"], self.rows(name)
        if isinstance(paper, (str, list)):
            return ""
        found = [Range.of(row["ours"]) for row in rows]
        away = [abs(one.ours - paper) if one else math.inf for one in found]
        best = min(range(len(rows)), key=away.__getitem__)
        if not away[best] < away[chosen]:
            return ""
        apart = {key: rows[best][key] for key in self.factors if rows[best][key] != rows[chosen][key]}
        others = ", ".join(f"{key.replace('_', ' ')}: {value or 'none'}" for key, value in apart.items())
        return f"the nearest of {len(rows)} variants gives {printed(rows[best]['ours'])} ({others})"

    def agreeing(self, name: str, row: dict) -> Range | None:
        """The range of all rows of an id whose factors agree with those of ``row`` wherever both have the factor.

        Of these only rows that share the most factors with it count, and of these, where there are any, only those that
        are as the primary variant of their own claim in what ``row`` does not have.
        """
        shared = []
        for other in self.rows(name):
            both = [factor for factor in self.factors if row[factor] != "" and other[factor] != ""]
            found = Range.of(other["ours"], other["low"], other["high"])
            if found and all(row[factor] == other[factor] for factor in both):
                asked = {factor: value for factor, value in self.wanted(name).items() if factor not in both}
                as_primary = all(other.get(factor, "") == value for factor, value in asked.items())
                shared.append(((len(both), as_primary), found))
        best = max((rank for rank, _ in shared), default=None)
        return Range.around(found for rank, found in shared if rank == best)

    def judged(self, claim: dict, row: dict, scope: str) -> dict:
        """What the ledger says of one row."""
        found = Range.of(row["ours"], row["low"], row["high"])
        asked = held_against(claim)
        others = {name: other for name in asked if (other := self.agreeing(name, row))}
        control = self.agreeing(claim["control"], row) if "control" in claim else None
        said = verdict(claim, row["ours"], found, others)
        reasons = [row["reason"] or claim.get("note", "")]
        for name in asked if said else ():
            reasons.append(f"{name} is {in_words(others[name])}" if name in others else f"{name} has no value")
        if not said or (claim["kind"] == "order" and len(others) < len(asked)):
            said = NOT_RUN
        elif scope != COMPLETE:
            reasons.insert(0, f"{IN_WORDS[scope]}: {said}")
            said = UNDECIDED
        judged = _shown(row) | {"scope": scope, "verdict": said, "reason": "; ".join(filter(None, reasons))}
        if control:
            judged |= {"control_id": claim["control"], "above_control": above_control(claim, found, control)}
            ends = {"control": control.ours, "control_low": control.low, "control_high": control.high}
            judged |= {key: printed(value) for key, value in ends.items()}
        return judged


def _shown(row: dict) -> dict:
    return row | {key: printed(row[key]) for key in ("ours", "low", "high", "n")}


def in_words(found: Range) -> str:
    """A value and its range."""
    ends = printed(found.low), printed(found.high)
    return printed(found.ours) + (f" ({ends[0]} to {ends[1]})" if ends[0] != ends[1] else "")


def printed(value: object) -> str:
    """A value as the ledger shows it: four significant digits, whole counts, lists joined."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    if number != number:
        return value if isinstance(value, str) else ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.4g}"
