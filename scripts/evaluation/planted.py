"""What a simulator planted against what a part's tables found: rows of planted/<part>.tsv.

An effect is a statement that is true of the simulated data by construction. It counts as found where the part's tables
say the same, more surely than chance or a control would.
"""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu, spearmanr

from running import write_table

SURE = 0.01  # the largest p at which an effect counts as found
COLUMNS = ["figure", "effect", "planted", "found", "evidence", "recovered", "reason"]


class Evidence(NamedTuple):
    """A size, its one-sided p, and both in words."""

    size: float
    p: float
    words: str

    @property
    def sure(self) -> bool:
        """Whether chance would hardly give this."""
        return bool(self.p < SURE)


def higher(scores: pd.Series, planted: Collection[str], others: Collection[str] | None = None) -> Evidence:
    """Whether planted genes score higher than ``others`` (all the rest, if none are named).

    scores : by gene; a gene without a score is left out
    The size is the chance that a planted gene scores above another, ties counting half (the area under the ROC curve),
    p that of Mann and Whitney's test; 0.5 and 1 where either group is empty.
    """
    known = scores.dropna()
    chosen = known.index.isin(list(planted))
    rest = ~chosen if others is None else known.index.isin(list(others)) & ~chosen
    if not (chosen.any() and rest.any()):
        return Evidence(0.5, 1.0, "none of these genes was scored")
    test = mannwhitneyu(known[chosen], known[rest], alternative="greater")
    size = float(test.statistic / (chosen.sum() * rest.sum()))
    return Evidence(size, float(test.pvalue), f"higher in {size:.0%} of pairs, p = {test.pvalue:.1g}")


def same_order(planted: pd.Series, found: pd.Series) -> Evidence:
    """Spearman's ρ of planted and found strengths of the same things, and its one-sided p."""
    both = pd.concat([planted, found], axis=1, join="inner").dropna()
    if len(both) < 3 or (both.nunique() < 2).any():
        return Evidence(0.0, 1.0, "there is no order to compare")
    rho, p = spearmanr(both.iloc[:, 0], both.iloc[:, 1], alternative="greater")
    return Evidence(float(rho), float(p), f"ρ = {rho:.2f} over {len(both)}, p = {p:.1g}")


def apart(above: pd.Series, below: pd.Series, what: str) -> tuple[bool, str]:
    """Whether every value of one is above every value of the other; and in words, the other being called ``what``."""
    above, below = above.dropna(), below.dropna()
    if above.empty or below.empty:
        return False, "no value was computed"
    return bool(above.min() > below.max()), f"{spread(above)}; {what} {spread(below)}"


def spread(values: pd.Series) -> str:
    """The median and the range, where there is one."""
    low, middle, high = (f"{round(value, 2) + 0.0:.2f}" for value in np.quantile(values, [0, 0.5, 1]))  # no -0.00
    return middle + (f" ({low} to {high})" if high != low else "")


def effect(
    figure: str,
    statement: str,
    planted: str,
    found: str,
    evidence: str,
    recovered: bool,
    why: str,
    *,
    measured: bool = False,
) -> dict:
    """A row of the table; ``why`` is kept where the effect was not found.

    found : what the tables say if the effect was found; or what they say in any case, if it is ``measured``
    """
    found = found if recovered or measured else f"not so: {found}"
    row = dict.fromkeys(COLUMNS, "")
    row |= {"figure": figure, "effect": statement, "planted": planted, "found": found, "evidence": evidence}
    return row | {"recovered": "yes" if recovered else "no", "reason": "" if recovered else why}


def read_truth(path: Path | str) -> dict[str, Any]:
    """What a simulator says that it planted."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_effects(effects: Iterable[dict], path: Path | str) -> None:
    """Rows of :func:`effect` as a table."""
    write_table(pd.DataFrame(effects, columns=COLUMNS), path)
