"""Verdicts as a reader meets them: their signs and colours, the cells of a scorecard, and the counts in words.

Colours are Okabe and Ito's, which readers with any colour vision can tell apart; each verdict has a sign as well.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from plotting import COLOURS

CELLS = ["group", "id", "figure", "label", "verdict", "would", "above_control"]
FOUND, NOT_FOUND = "found", "not found"


class Style(NamedTuple):
    """The sign of a verdict, which is black, and the colour of its cell."""

    sign: str
    colour: str


STYLES = {
    "reproduced": Style("✓", COLOURS["green"]),
    "direction only": Style("↗", COLOURS["sky"]),
    "not distinguishable": Style("≈", COLOURS["yellow"]),
    "differs": Style("✕", COLOURS["vermilion"]),
    "undecided": Style("?", COLOURS["pale"]),
    "not run": Style("–", "#FFFFFF"),
    FOUND: Style("✓", COLOURS["green"]),
    NOT_FOUND: Style("✕", COLOURS["vermilion"]),
}
ABOVE = {  # the sign of an effect beside its control, and what it means
    "yes": ("▲", "above its control"),
    "not distinguishable": ("≈", "not distinguishable from it"),
    "no": ("▽", "below it"),
}
WOULD = re.compile(r"on [a-z -]+: (" + "|".join(STYLES) + r")(?:;|$)")


def of_claims(claims: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Cells of CELLS, one a claim, by figure of the paper; parts that are not in ``titles`` come last.

    claims : the ledger as text; titles : by part. ``would`` is what the comparison would say where it decides nothing.
    """
    group = claims["part"].map(lambda part: titles.get(part, part.replace("_", " ").capitalize()))
    would = claims["reason"].map(lambda reason: match[1] if (match := WOULD.match(reason)) else "")
    cells = claims.assign(
        group=group, label=claims["quantity"], would=would.where(claims["verdict"] == "undecided", "")
    )
    known = cells["part"].isin(list(titles))
    return pd.concat([cells[known].sort_values("group", kind="stable"), cells[~known]], ignore_index=True)[CELLS]


def of_planted(planted: Mapping[str, pd.DataFrame], titles: Mapping[str, str]) -> pd.DataFrame:
    """Cells of CELLS, one a planted effect; planted : by part, its table as text."""
    tables = [pd.DataFrame(columns=CELLS)]
    for part in sorted(planted, key=titles.__getitem__):
        rows = planted[part].reset_index(drop=True)
        said = rows["recovered"].map({"yes": FOUND, "no": NOT_FOUND})
        ids = [f"{part}.{number}" for number in range(1, len(rows) + 1)]
        tables.append(rows.assign(group=titles[part], id=ids, label=rows["effect"], verdict=said))
    return pd.concat(tables, ignore_index=True).reindex(columns=CELLS).fillna("")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun or verb."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(values: pd.Series) -> str:
    """How often each verdict was given, in the order of STYLES."""
    counts = values.value_counts()
    return ", ".join(f"{counts[name]} {name}" for name in STYLES if name in counts)


def in_words(cells: pd.DataFrame) -> list[str]:
    """What a scorecard says, in sentences."""
    said = cells["verdict"]
    if said.isin([FOUND, NOT_FOUND]).all():
        found = int((said == FOUND).sum())
        sentences = [f"{found} of {counted(len(cells), 'planted effect')} found."]
        missed = cells.loc[said == NOT_FOUND, "label"]
        return sentences + ([f"Not found: {'; '.join(missed)}."] if len(missed) else [])
    open_, absent = said == "undecided", said == "not run"
    judged = ~open_ & ~absent
    sentences = [f"{judged.sum()} of {counted(len(cells), 'claim')} judged on the paper's own data"]
    sentences[0] += f": {listed(said[judged])}." if judged.any() else "."
    if open_.any():
        would = cells.loc[open_ & (cells["would"] != ""), "would"]
        hint = f"; there the comparison would say: {listed(would)}" if len(would) else ""
        sentences.append(f"{open_.sum()} undecided, on other data or a part of it{hint}.")
    if absent.any():
        sentences.append(f"{absent.sum()} not run.")
    controlled = cells.loc[~absent & (cells["above_control"] != ""), "above_control"]
    if len(controlled):
        above = counted((controlled == "yes").sum(), "lies", "lie")
        sentences.append(f"Of {counted(len(controlled), 'claim')} with a control, {above} above it.")
    return sentences
