"""Fill a caption's template with the run's own values, so that no number in it is typed by hand."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined

from running import InputError, read_table, step, whole_file

SCRIPTS = Path(__file__).resolve().parents[1]


def lookup(ledger: pd.DataFrame, column: str) -> Callable[..., str]:
    """A function (id, variant) that gives a cell of the ledger, for templates; unknown names are an error."""

    def cell(claim: str, variant: str | None = None) -> str:
        rows = ledger[(ledger["id"] == claim) & ((ledger["variant"] == variant) | (variant is None))]
        if rows.empty:
            known = sorted(ledger.loc[ledger["id"] == claim, "variant"])
            raise InputError("caption", f"the ledger has no {claim!r}, variant {variant!r}", f"known variants: {known}")
        return str(rows[column].iloc[0])

    return cell


def caption(template: str, ledger: pd.DataFrame, values: dict) -> str:
    """The caption's text in reStructuredText; ``values`` are further names that the template may use."""
    verdicts = ledger["verdict"].value_counts()
    in_words = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    values = {"n_values": len(ledger), "verdicts_in_words": in_words, **values}
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (plain text)
    functions = {column: lookup(ledger, column) for column in ("ours", "paper", "verdict", "reason")}
    return environment.from_string(template).render(**functions, **values)


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        table = read_table(snakemake.input.ledger, text=True)
        text = caption((SCRIPTS / params.template).read_text(encoding="utf-8"), table, dict(params.values))
        with whole_file(snakemake.output[0]) as part:
            part.write_text(text, encoding="utf-8")
