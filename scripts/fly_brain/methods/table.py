"""The table of methods that represent cells: what rules, config, figures and ledger know of each.

A method's script has ``represent(factors)``, which takes the NMF factors of the cells (AnnData, X (n, k) of unit
variance, obs with ``age``) and gives their places, (n, d). Schema, which has places for each s and set of ages, reads
its weights besides: ``represent(factors, weights)`` yields (ages, s, places). To add a method: a script in this folder,
a line in METHODS, and its name at fly_brain.methods in the config.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method as rules, figures and ledger know it.

    Attributes
    ----------
    module : the script in this folder
    label : its name in figures
    group : "alone" (expression alone), "schema", or "rival"
    environment : the conda environment that it runs in
    reads : "factors", or "weights" too
    """

    module: str
    label: str
    group: str
    environment: str = "single_cell"
    reads: str = "factors"


METHODS = {  # in the order of the figures
    "rna": Method("rna", "RNA alone", "alone"),
    "schema": Method("schema", "Schema", "schema", reads="weights"),
    "cca": Method("cca", "CCA", "rival"),
}


def label_of(method: str, min_correlation: float) -> str:
    """The name of a representation: "RNA alone", or "Schema, s = 0.99"."""
    label = METHODS[method].label
    return f"{label}, s = {min_correlation:g}" if METHODS[method].reads == "weights" else label
