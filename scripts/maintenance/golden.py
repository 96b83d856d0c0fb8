"""Has a result moved? Compare the values of a run with reference values, each with the tolerance of its class.

usage: python scripts/maintenance/golden.py compare|accept RUN_FOLDER REFERENCE_FOLDER

A reference folder holds one table per part; to compare, it may also be the folder of another finished run. Only the
parts that the run has are compared, or accepted; the others are named. What moved is printed, with by how much and
whether the class of the value allows it. Status: 0 where all of it is allowed, 1 where not, 2 where there is nothing to
compare.

Classes (column ``class`` of the reference):

- exact: counts, sets, statements; the same text
- numeric: deterministic arithmetic; relative 1e-4, since linear algebra differs in the last digits between processors
  and solvers amplify that: between two machines a mean spread of weights was seen to move by 4e-5. p and q: 0.01 orders
  of magnitude
- statistical: values behind sampled pairs or seeds. Within the reference's own range (low to high), widened by half its
  width or by the claim's tolerance; where it has no range, by 0.1, the width that seeds were seen to give. p and q: the
  same on the scale of log10, by 1 where there is no range. Sets share at least half of all their elements. A part says
  "statistical" in the column ``class`` of its claims
- trained: values behind a neural network, whose training goes another way on a GPU or on another processor. As
  statistical, and within 0.1 of the range at least: seeds of training were seen to differ by 0.07 to 0.14
- measured: time, of which every machine has its own; any number
"""

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.ledger import read_claims
from evaluation.verdict import SMALLEST, elements
from running import read_table, write_table

RELATIVE, BAND = 1e-4, 0.1
LOG_NUMERIC, LOG_BAND = 0.01, 1.0
KEPT = ["ours", "low", "high", "class"]
TOLD = ["n", "over", "reason"]  # of a row of values; what is left are id and factors


class CannotCompare(Exception):
    """There is no run, or no reference; the message names the folder and the remedy."""


def collect(run: Path) -> dict[str, pd.DataFrame]:
    """The values of a run by part: id, factors, ours, low, high and class, as text."""
    paths = sorted((run / "claims").glob("*.tsv"))
    if not paths:
        raise CannotCompare(f"{run}: has no claims/*.tsv; run the workflow first")
    return {path.stem: with_class(read_table(path, text=True)) for path in paths}


def with_class(values: pd.DataFrame) -> pd.DataFrame:
    """The class of each value: as the part states it, else by the value's form."""
    numbers = pd.to_numeric(values["ours"], errors="coerce")
    whole = numbers.notna() & (numbers % 1 == 0) & (numbers.abs() >= 1)
    by_form = pd.Series("numeric", index=values.index).mask(numbers.isna() | whole, "exact")
    stated = values.get("class", pd.Series("", index=values.index))
    values = values.assign(**{"class": stated.where(stated != "", by_form)})
    keys = [column for column in values.columns if column not in KEPT + TOLD]
    return values.reindex(columns=[*keys, *KEPT], fill_value="")


def differences(reference: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not the same text: id, factors, class, was, is, difference, relative, allowed.

    A value that is on one side only has an empty text on the other, and is not allowed. ``relative``: to the reference.
    """
    keys = list(dict.fromkeys(one for table in (reference, current) for one in table.columns if one not in KEPT))
    sides = [table.reindex(columns=[*keys, *KEPT], fill_value="") for table in (reference, current)]
    both = sides[0].merge(sides[1], on=keys, how="outer", suffixes=("_was", "_is")).fillna("")
    both = both.rename(columns={"ours_was": "was", "ours_is": "is", "low_was": "low", "high_was": "high"})
    both["class"] = both["class_was"].where(both["class_was"] != "", both["class_is"])
    both = both[both["was"] != both["is"]]
    was, now = pd.to_numeric(both["was"], errors="coerce"), pd.to_numeric(both["is"], errors="coerce")
    both["difference"] = (now - was).abs()
    both["relative"] = both["difference"] / was.abs()
    both["allowed"] = np.array([allowed(row) for row in both.to_dict("records")], dtype=bool)
    return both[[*keys, "class", "was", "is", "difference", "relative", "allowed"]]


@cache
def claims_by_id() -> dict[str, dict]:
    """The claims of all parts."""
    return {name: claim for part in read_claims().values() for name, claim in part.items()}


@cache
def probabilities() -> set[str]:
    """The ids whose values are p or q: of claims, and of the controls of these."""
    claims = claims_by_id()
    found = {name for name, claim in claims.items() if claim["kind"] == "pvalue"}
    found |= {name for name, claim in claims.items() if claim["kind"] == "upper_bound" and "null" in claim}
    return found | {claims[name]["control"] for name in found if "control" in claims[name]}


def allowed(row: dict) -> bool:
    """Whether the class of a value allows its move from ``was`` to ``is``."""
    if row["class"] == "exact" or "" in (row["was"], row["is"]):
        return False
    was, now, low, high = (pd.to_numeric(row[key], errors="coerce") for key in ("was", "is", "low", "high"))
    if row["class"] == "measured":
        return bool(np.isfinite(was) and np.isfinite(now))
    if np.isnan(was) or np.isnan(now):
        one, other = elements(row["was"]), elements(row["is"])
        return row["class"] == "statistical" and len(one & other) >= len(one | other) / 2
    is_p = row["id"] in probabilities()
    if is_p:
        was, now, low, high = (np.log10(np.maximum(p, SMALLEST)) for p in (was, now, low, high))
    if row["class"] == "numeric":
        return abs(now - was) <= (LOG_NUMERIC if is_p else RELATIVE * abs(was))
    if not high > low:
        return abs(now - was) <= (LOG_BAND if is_p else BAND)
    least = BAND if row["class"] == "trained" else claims_by_id().get(row["id"], {}).get("tolerance", 0)
    wider = max(least, (high - low) / 2)
    return low - wider <= now <= high + wider


def references(folder: Path, parts: Iterable[str]) -> dict[str, pd.DataFrame]:
    """The reference values of ``parts``: golden tables, or what another run in ``folder`` gave."""
    if (folder / "claims").is_dir():
        found = collect(folder)
    else:
        found = {path.stem: read_table(path, text=True) for path in folder.glob("*.tsv")}
    missing = [part for part in parts if part not in found]
    if missing:
        raise CannotCompare(f"{folder}: has no reference for {', '.join(missing)}; accept the run first")
    return found


def moved_in(folder: Path, current: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What moved further than its class allows in any part, against the references in ``folder``."""
    different = all_differences(references(folder, current), current)
    return different[~different["allowed"]]


def all_differences(reference: dict[str, pd.DataFrame], current: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The differences of every part that was run, in one table."""
    return pd.concat([differences(reference[part], values) for part, values in current.items()], ignore_index=True)


def compare(run: Path, folder: Path) -> int:
    """Print what moved, by how much, and whether that is allowed. Status 1 where it is not."""
    current = collect(run)
    reference = references(folder, current)
    different = all_differences(reference, current)
    if len(different):
        shown = different.fillna("").sort_values(["allowed", "class", "id"])
        shown["allowed"] = shown["allowed"].map({True: "yes", False: "NO"})
        with pd.option_context("display.max_colwidth", 40):
            print(shown.to_string(index=False, na_rep="", float_format="{:.2g}".format))
    not_run = sorted(set(reference) - set(current))
    if not_run:
        print(f"not in this run, so not compared: {', '.join(not_run)}")
    n_values, n_moved = sum(map(len, current.values())), int((~different["allowed"]).sum())
    print(
        f"{n_values} values of {run} against {folder}: {len(different) - n_moved} moved within their tolerance, "
        f"{n_moved} beyond it"
    )
    return int(n_moved > 0)


def accept(run: Path, folder: Path) -> int:
    """Make what the run gives the new reference."""
    current = collect(run)
    folder.mkdir(parents=True, exist_ok=True)
    for part, values in current.items():
        write_table(values, folder / f"{part}.tsv")
    print(f"{folder}: accepted {sum(map(len, current.values()))} values of {run}")
    return 0


def main(arguments: list[str]) -> int:
    """Run the command line; the status to end with."""
    actions = {"compare": compare, "accept": accept}
    if len(arguments) != 3 or arguments[0] not in actions:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return actions[arguments[0]](Path(arguments[1]), Path(arguments[2]))
    except CannotCompare as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
