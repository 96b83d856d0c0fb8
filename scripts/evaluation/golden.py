"""Has a result moved? Compare the values of a run with reference values, each with the tolerance of its class.

usage: python scripts/evaluation/golden.py compare|accept RUN_FOLDER GOLDEN_TSV

Classes (column ``class`` of the reference):

- exact: counts, sets, statements; the same text
- numeric: deterministic arithmetic; relative 1e-5, since linear algebra differs in the last digits between processors
  and a solver amplifies that to its own tolerance
- statistical: values behind sampled pairs or seeds; absolute 0.1, the width that seeds were seen to give
"""

import sys
from pathlib import Path

import pandas as pd

RELATIVE, BAND = 1e-5, 0.1
KEYS = ["id", "variant"]


def collect(run: Path) -> pd.DataFrame:
    """The values of all parts of a run, (id, variant, ours) as text."""
    paths = sorted((run / "claims").glob("*.tsv"))
    if not paths:
        raise SystemExit(f"{run}: has no claims/*.tsv; run the workflow first")
    tables = [pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False) for path in paths]
    return pd.concat(tables)[[*KEYS, "ours"]].reset_index(drop=True)


def with_class(values: pd.DataFrame) -> pd.DataFrame:
    """Add the class of each value: by its form, and by the method that its variant names."""
    numbers = pd.to_numeric(values["ours"], errors="coerce")
    whole = numbers.notna() & (numbers % 1 == 0) & (numbers.abs() >= 1)
    sampled = values["variant"].str.contains("schema_learn")
    kind = pd.Series("numeric", index=values.index).mask(numbers.isna() | whole, "exact").mask(sampled, "statistical")
    return values.assign(**{"class": kind})


def moved(golden: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """The rows that differ by more than their class allows: id, variant, class, was, is, difference."""
    both = golden.merge(current, on=KEYS, how="outer", suffixes=("_was", "_is"))
    both = both.rename(columns={"ours_was": "was", "ours_is": "is"})
    was, now = pd.to_numeric(both["was"], errors="coerce"), pd.to_numeric(both["is"], errors="coerce")
    both["difference"] = (now - was).abs()
    numeric = (both["class"] == "numeric") & (both["difference"] <= RELATIVE * was.abs())
    # a set of locations (text) from sampled pairs only has to be there
    text = was.isna() & now.isna() & both["was"].notna() & both["is"].notna()
    statistical = (both["class"] == "statistical") & ((both["difference"] <= BAND) | text)
    same = both["was"] == both["is"]
    return both.loc[~(same | numeric | statistical), [*KEYS, "class", "was", "is", "difference"]]


def read(path: Path) -> pd.DataFrame:
    """A reference table, all columns as text."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def main(arguments: list[str]) -> int:
    """Compare, or accept what the run gives as the new reference. Status 1 where something moved."""
    if len(arguments) != 3 or arguments[0] not in ("compare", "accept"):
        raise SystemExit(__doc__)
    action, run, path = arguments[0], Path(arguments[1]), Path(arguments[2])
    current = collect(run)
    if action == "accept":
        with_class(current).to_csv(path, sep="\t", index=False)
        print(f"{path}: accepted {len(current)} values of {run}")
        return 0
    different = moved(read(path), current)
    if len(different):
        print(different.to_string(index=False))
    print(f"{len(different)} of {len(current)} values moved beyond their tolerance")
    return int(len(different) > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
