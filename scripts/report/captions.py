"""Fill a caption's template with the run's own values, so that no number and no conclusion in it is typed by hand."""

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined
from scipy import stats

from evaluation.ledger import ABOUT, JUDGED, read_claims
from evaluation.values import CONTROL, printed
from evaluation.verdict import VERDICTS
from running import InputError, read_table, step, whole_file

SCRIPTS = Path(__file__).resolve().parents[1]
COLUMNS = ("ours", "low", "high", "n", "over", "paper", "control", "above_control", "scope", "verdict", "reason")


def lookup(variants: pd.DataFrame, claims: pd.DataFrame, primary: dict[str, dict], column: str) -> Callable[..., str]:
    """A function (id, factor=value, ...) that gives a cell of the ledger, for templates.

    Factors that are not named are those of the claim's ``primary`` variant. A name that is unknown, or stands for more
    than one variant, is an error.
    """

    as_in_the_text = claims.set_index("id")[column]

    def cell(claim: str, **factors: object) -> str:
        if not factors and claim in primary:
            return str(as_in_the_text[claim])  # empty where it was not run
        rows = variants[variants["id"] == claim]
        wanted = {factor: printed(value) for factor, value in (primary.get(claim, {}) | factors).items()}
        chosen = rows[[all(row.get(key, "") == value for key, value in wanted.items()) for _, row in rows.iterrows()]]
        if len(chosen) == 1:
            return str(chosen[column].iloc[0])
        known = [name for name in rows.columns if name not in ABOUT + JUDGED and len(set(rows[name])) > 1]
        problem = f"the ledger has {len(chosen)} rows for {claim!r} {wanted}"
        raise InputError("caption", problem, f"name one; its variants differ in {', '.join(known) or 'nothing'}")

    return cell


def least_rho(n: int, level: float = 0.05) -> str:
    """The smallest |ρ| of n pairs whose p, by a two-sided t-test, is below ``level``."""
    t = stats.t.isf(level / 2, n - 2)
    return f"{t / sqrt(n - 2 + t * t):.2f}"


def verdicts_in_words(claims: pd.DataFrame) -> str:
    """How many claims got each verdict."""
    counts = claims["verdict"].value_counts()
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)


def caption(template: str, variants: pd.DataFrame, claims: pd.DataFrame, primary: dict[str, dict], values: dict) -> str:
    """The caption's text in reStructuredText; ``values`` are further names that the template may use."""
    values = {"n_claims": len(claims), "verdicts_in_words": verdicts_in_words(claims), **values}
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (plain text)
    functions = {column: lookup(variants, claims, primary, column) for column in COLUMNS}
    return environment.from_string(template).render(**functions, least_rho=least_rho, **values)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        variants, claims = (read_table(inputs[name], text=True) for name in ("variants", "claims"))
        primary = {name: claim.get("primary", {}) for part in read_claims().values() for name, claim in part.items()}
        for (template, values), output in zip(params.captions, snakemake.output, strict=True):
            # controls of other parts may have the same ids
            of_part = variants["part"] == Path(template).parts[0]
            known = variants[of_part | ~variants["id"].str.startswith(CONTROL)]
            text = caption((SCRIPTS / template).read_text(encoding="utf-8"), known, claims, primary, values)
            with whole_file(output) as part:
                part.write_text(text, encoding="utf-8")
