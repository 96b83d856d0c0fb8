"""Our values for A549, in the form that ``evaluation.ledger`` describes.

The paper prints none. What Schema gains from peaks it does not speak of: that stands among the controls.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from a549.names import ALL, EXPRESSIONS, OBSERVED, at_shown
from evaluation.values import fixed, spread
from running import read_table, step, write_table


def expression_values(correlations: pd.DataFrame, shown: Mapping) -> Iterator[dict]:
    """Correlation of Schema's distances with those of expression: of all sets as shown, of all genes by all s and q."""
    observed = correlations[correlations["order"] == OBSERVED]
    whole = observed[(observed["set"] == ALL) & (observed["expression"] == EXPRESSIONS[0])]
    asked = pd.concat([at_shown(observed, shown), whole]).drop_duplicates()
    for row in asked.to_dict("records"):
        factors = {key: row[key] for key in ("set", "expression", "s", "q")}
        reason = f"{row['before']:.3f} with equal weights; certificate: {row['certificate']}"
        yield {"id": "control.own_expression", **factors, **fixed(row["after"]), "reason": reason}
    shuffled = at_shown(correlations[correlations["order"] != OBSERVED], shown)
    for (name, how, order), rows in shuffled.groupby(["set", "expression", "order"], sort=False):
        factors = {"set": name, "expression": how, "shuffled": order}
        reason = "Schema on expression that belongs to other genes"
        yield {"id": "control.shuffled_expression", **factors, **spread(rows["after"], "shuffles"), "reason": reason}


def domain_claims(tads: pd.DataFrame) -> Iterator[dict]:
    """The share of pairs of genes in one domain, and of random sets."""
    for row in tads.drop_duplicates("set").to_dict("records"):
        factors = {"set": row["set"], "background": row["background"]}
        reason = f"{row['pairs']} pairs of {row['genes']} genes that lie in domains"
        yield {"id": "a549.tads", **factors, **fixed(row["share"]), "reason": reason}
    for row in tads.to_dict("records"):
        value = {"ours": row["median"], "low": row["low"], "high": row["high"], "n": row["draws"]}
        factors = {"set": row["set"], "background": row["background"], "random": row["random"]}
        reason = f"p = {row['p']:.2g}: how often a random set shares as much"
        yield {"id": "control.random_sets", **factors, **value, "over": "random sets of genes", "reason": reason}


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        rows = [
            *expression_values(read_table(inputs.correlations), snakemake.params.shown),
            *domain_claims(read_table(inputs.tads)),
        ]
        # numbers of a solver, and draws of one seed
        write_table(pd.DataFrame(rows).assign(**{"class": "numeric"}), snakemake.output[0])
