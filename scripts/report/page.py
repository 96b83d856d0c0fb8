"""A table as a page that can be read with no network."""

from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined

from running import read_table, step, whole_file

TEMPLATE = Path(__file__).with_name("page.html.j2")


def page(title: str, text: str, table: pd.DataFrame, columns: list[str] | None = None) -> str:
    """HTML of a table under a title: of its ``columns``, or of all, those that are not empty.

    A column "verdict" colours its rows.
    """
    table = table[columns or list(table.columns)]
    table = table.loc[:, (table != "").any()]
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(title=title, text=text, columns=list(table.columns), rows=table.to_dict("records"))


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        table = read_table(snakemake.input[0], text=True)
        with whole_file(snakemake.output[0]) as part:
            part.write_text(page(params.title, params.text, table, params.columns), encoding="utf-8")
