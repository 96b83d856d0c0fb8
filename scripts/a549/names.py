"""What the tables of the A549 part call sets of genes, forms of expression, and orders of genes; and what is shown."""

from collections.abc import Mapping

import pandas as pd

ALL = "all measured genes"
EXPRESSIONS = ("sorted", "by cell")  # the first is the released script's
OBSERVED, OVER_GENES, WITHIN_CHROMOSOMES = "observed", "expression over genes", "peaks within chromosomes"
ANY, SAME_CHROMOSOMES = "any genes", "as many of each chromosome"  # random sets


def at_shown(table: pd.DataFrame, shown: Mapping) -> pd.DataFrame:
    """The rows of the s and q that the figure shows."""
    return table[(table["s"] == shown["min_correlation"]) & (table["q"] == shown["max_weight_ratio"])]
