"""Has a result moved? Compare the values of a run with reference values, each with the tolerance of its class.

usage: python scripts/evaluation/golden.py compare|accept RUN_FOLDER GOLDEN_FOLDER

A golden folder holds one table per part. Only the parts that the run has are compared, or accepted.

Classes (column ``class`` of the reference):

- exact: counts, sets, statements; the same text
- numeric: deterministic arithmetic; relative 1e-4, since linear algebra differs in the last digits between processors
  and solvers amplify that: between two machines a mean spread of weights was seen to move by 4e-5
- statistical: values behind sampled pairs or seeds; absolute 0.1, the width that seeds were seen to give. A part says
  so in the column ``class`` of its claims
"""

import sys
from pathlib import Path

import pandas as pd

RELATIVE, BAND = 1e-4, 0.1
KEYS = ["id", "variant"]


def collect(run: Path) -> dict[str, pd.DataFrame]:
    """The values of a run by part, (id, variant, ours, class) as text."""
    paths = sorted((run / "claims").glob("*.tsv"))
    if not paths:
        raise SystemExit(f"{run}: has no claims/*.tsv; run the workflow first")
    return {path.stem: with_class(read(path)) for path in paths}


def with_class(values: pd.DataFrame) -> pd.DataFrame:
    """The class of each value: as the part states it, else by the value's form."""
    numbers = pd.to_numeric(values["ours"], errors="coerce")
    whole = numbers.notna() & (numbers % 1 == 0) & (numbers.abs() >= 1)
    by_form = pd.Series("numeric", index=values.index).mask(numbers.isna() | whole, "exact")
    stated = values.get("class", pd.Series("", index=values.index))
    return values.assign(**{"class": stated.where(stated != "", by_form)})[[*KEYS, "ours", "class"]]


def moved(golden: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """The rows that differ by more than their class allows: id, variant, class, was, is, difference."""
    both = golden.merge(current[[*KEYS, "ours"]], on=KEYS, how="outer", suffixes=("_was", "_is"))
    both = both.rename(columns={"ours_was": "was", "ours_is": "is"})
    was, now = pd.to_numeric(both["was"], errors="coerce"), pd.to_numeric(both["is"], errors="coerce")
    both["difference"] = (now - was).abs()
    numeric = (both["class"] == "numeric") & (both["difference"] <= RELATIVE * was.abs())
    # a set or statement (text) from sampled pairs or seeds only has to be there
    text = was.isna() & now.isna() & both["was"].notna() & both["is"].notna()
    statistical = (both["class"] == "statistical") & ((both["difference"] <= BAND) | text)
    same = both["was"] == both["is"]
    return both.loc[~(same | numeric | statistical), [*KEYS, "class", "was", "is", "difference"]]


def read(path: Path) -> pd.DataFrame:
    """A table of values, all columns as text."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def moved_in(folder: Path, current: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What moved in any part, against the references in ``folder``; a part without a reference is an error."""
    missing = [part for part in current if not (folder / f"{part}.tsv").is_file()]
    if missing:
        raise SystemExit(f"{folder}: has no reference for {', '.join(missing)}; accept the run first")
    return pd.concat([moved(read(folder / f"{part}.tsv"), values) for part, values in current.items()])


def main(arguments: list[str]) -> int:
    """Compare, or accept what the run gives as the new reference. Status 1 where something moved."""
    if len(arguments) != 3 or arguments[0] not in ("compare", "accept"):
        raise SystemExit(__doc__)
    action, run, folder = arguments[0], Path(arguments[1]), Path(arguments[2])
    current = collect(run)
    n_values = sum(map(len, current.values()))
    if action == "accept":
        folder.mkdir(parents=True, exist_ok=True)
        for part, values in current.items():
            values.to_csv(folder / f"{part}.tsv", sep="\t", index=False)
        print(f"{folder}: accepted {n_values} values of {run}")
        return 0
    different = moved_in(folder, current)
    if len(different):
        print(different.to_string(index=False))
    print(f"{len(different)} of {n_values} values moved beyond their tolerance")
    return int(len(different) > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
