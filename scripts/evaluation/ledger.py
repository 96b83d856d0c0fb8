"""The ledger: every claim of the paper, ours beside it with its range and control, a verdict, and the reason of it.

All variants are judged. A claim has one row in claims.tsv: its ``primary`` variant, the one that the paper's text says.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from configuration.check import check
from configuration.strict_yaml import read_yaml
from evaluation.values import IN_WORDS, SIMULATED, PartValues, printed
from evaluation.verdict import NOT_RUN, REPRODUCED
from formats.published import STAND_IN
from running import read_table, step, write_table

CLAIMS = Path(__file__).resolve().parents[2] / "config/claims.yaml"
NO_REASONS: Mapping[str, str] = MappingProxyType({})
ABOUT = ["id", "part", "figure", "quantity"]
JUDGED = ["paper", "ours", "low", "high", "n", "over", "control_id", "control", "control_low", "control_high",
          "above_control", "scope", "verdict", "reason"]  # fmt: skip


def read_claims(path: Path = CLAIMS) -> dict[str, dict[str, dict]]:
    """The checked content of config/claims.yaml: claims by part and id."""
    claims = read_yaml(path)
    check(claims, path.with_name("claims.schema.yaml"), path)
    return claims


def ledger(
    claims: dict[str, dict[str, dict]],
    values: dict[str, pd.DataFrame],
    scope: Callable[[str, dict, dict], str],
    not_run: Mapping[str, str] = NO_REASONS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All variants, controls among them, and one row a claim; in the order of the claims, the parts that ran first.

    values : by part that ran, its table as text; scope : of what data a row of a claim (part, claim, row) speaks;
    not_run : by part that was left out for want of a file, why

    Raises InputError where a value has no claim, or a claim's ``primary`` names more than one of its variants.
    """
    of_parts = {part: PartValues(part, table, claims[part]) for part, table in values.items()}
    variants, rows = [], []
    for part, of_part in sorted(claims.items(), key=lambda item: item[0] not in values):
        found = of_parts.get(part)
        for name, claim in of_part.items():
            about = {"id": name, "part": part, "paper": printed(claim["paper"]), "verdict": NOT_RUN}
            about |= {key: claim[key] for key in ("figure", "quantity")}
            if found is None:
                judged, chosen, reason = [], None, not_run.get(part, f"part {part} is not among the parts of this run")
            else:
                about["scope"] = scope(part, claim, {})
                judged = [about | found.judged(claim, row, scope(part, claim, row)) for row in found.rows(name)]
                chosen, reason = found.primary(name), found.why_none(name)
            missing = about | {"reason": reason}
            variants += judged or [missing]
            if chosen is None:
                rows.append(missing)
                continue
            row = judged[chosen]
            reasons = [row["reason"], "" if row["verdict"] == REPRODUCED else found.nearer(name, chosen)]
            rows.append(row | {"variant": found.words(row), "reason": "; ".join(filter(None, reasons))})
        if found is not None:
            variants += [{"part": part} | row for row in found.controls()]
    factors = list(dict.fromkeys(factor for found in of_parts.values() for factor in found.factors))
    return (
        pd.DataFrame(variants).reindex(columns=[*ABOUT, *factors, *JUDGED]).fillna(""),
        pd.DataFrame(rows).reindex(columns=[*ABOUT, "variant", *JUDGED]).fillna(""),
    )


class Scopes:
    """Of what data a claim speaks, from what the readers of a part found (see ``formats.published``).

    parts : by part the table (file, found, published, scope) of the files that it read; ``file`` is dataset/name
    libraries : by library of gene sets its scope
    """

    def __init__(self, parts: dict[str, pd.DataFrame], libraries: dict[str, str]):
        self.parts, self.libraries = parts, libraries

    def __call__(self, part: str, claim: dict, row: dict) -> str:
        """The farthest from the paper's data of all files that the claim rests on; a row may name another dataset."""
        read = self.parts[part]
        datasets = [row["dataset"]] if row.get("dataset") else claim.get("data")
        if datasets:
            read = read[read["file"].str.partition("/")[0].isin(datasets)]
        found = list(read["scope"]) or [STAND_IN]
        if "library" in claim:
            found.append(self.libraries[claim["library"]])
        return max(found, key=list(IN_WORDS).index)


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        tables = zip(params.parts, inputs.claims, strict=True)
        values = {part: read_table(path, text=True) for part, path in tables}
        read = {part: pd.concat([read_table(path, text=True) for path in inputs[part]]) for part in params.parts}
        scopes = Scopes(read, params.libraries)
        simulated = params.simulated
        of_what = (lambda *of: SIMULATED) if simulated else scopes
        variants, claims = ledger(read_claims(), values, of_what, params.not_run)
        log.info("verdicts: %s", claims["verdict"].value_counts().to_dict())
        write_table(variants, outputs.variants)
        write_table(claims, outputs.claims)
