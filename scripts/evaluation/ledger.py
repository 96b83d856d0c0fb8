"""The ledger: every number of the paper, ours beside it, a verdict, and the reason of a difference.

A part gives its values as rows (id, variant, ours, reason). A claim may have several variants, where the paper's text
and its authors' code differ or where more than one solver was run; each is judged on its own.
"""

from pathlib import Path

import pandas as pd

from configuration.check import check
from configuration.strict_yaml import read_yaml
from evaluation.verdict import NOT_RUN, verdict
from running import InputError, read_table, step, write_table

CLAIMS = Path(__file__).resolve().parents[2] / "config/claims.yaml"
COLUMNS = ["id", "variant", "figure", "quantity", "paper", "ours", "data", "verdict", "reason"]
SIMULATED_REASON = "the data are simulated: ours says that the analysis runs, not what the cells do"


def read_claims(path: Path = CLAIMS) -> dict[str, dict[str, dict]]:
    """The checked content of config/claims.yaml: claims by part and id."""
    claims = read_yaml(path)
    check(claims, path.with_name("claims.schema.yaml"), path)
    return claims


def ledger(claims: dict[str, dict[str, dict]], values: dict[str, pd.DataFrame], *, simulated: bool) -> pd.DataFrame:
    """One row per claim and variant, in the order of the claims; the parts that ran come first.

    values : by part, the table (id, variant, ours, reason) of a part that ran
    """
    rows = []
    for part, of_part in sorted(claims.items(), key=lambda item: item[0] not in values):
        table = values.get(part)
        if table is not None and (unknown := set(table["id"]) - set(of_part)):
            raise InputError(f"claims of {part}", f"{sorted(unknown)} are not in config/claims.yaml", "add them there")
        for name, claim in of_part.items():
            base = {
                "id": name,
                "figure": claim["figure"],
                "quantity": claim["quantity"],
                "paper": _printed(claim["paper"]),
            }
            if table is None:
                rows.append(base | {"verdict": NOT_RUN, "reason": f"part {part} is not among the parts of this run"})
                continue
            found = table[table["id"] == name]
            if found.empty:
                rows.append(base | {"verdict": NOT_RUN, "reason": "no value was computed from these data"})
            for _, row in found.iterrows():
                rows.append(base | _judged(claim, row, table, simulated))
    return pd.DataFrame(rows).reindex(columns=COLUMNS).fillna("")


def _judged(claim: dict, row: pd.Series, table: pd.DataFrame, simulated: bool) -> dict:
    # what "above" and "below" refer to: the value of the same variant, or of the one named before the semicolon
    others = {}
    for variant in (row["variant"].partition(";")[0], row["variant"]):
        same = table[table["variant"] == variant]
        others |= {name: _number(ours) for name, ours in zip(same["id"], same["ours"], strict=True)}
    judged = {"variant": row["variant"], "ours": _printed(row["ours"])}
    if simulated:
        why_absent = row.get("reason", "") if row["ours"] == "" else ""
        return judged | {"data": "simulated", "verdict": NOT_RUN, "reason": why_absent or SIMULATED_REASON}
    said = verdict(claim, row["ours"], others)
    reason = row.get("reason") or claim.get("note", "")
    return judged | {"data": "real", "verdict": said, "reason": reason}


def _number(value: object) -> float:
    try:
        return float(value)
    except ValueError:
        return float("nan")


def _printed(value: object) -> str:
    """A value as the ledger shows it: four significant digits, whole counts, lists joined."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() and abs(number) >= 1 else f"{number:.4g}"


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        values = {part: read_table(path, text=True) for part, path in zip(params.parts, inputs.values, strict=True)}
        table = ledger(read_claims(), values, simulated=params.simulated)
        log.info("verdicts: %s", table["verdict"].value_counts().to_dict())
        write_table(table, snakemake.output[0])
