"""The table of what ranks the genes of a puck: what rules, figures and ledger know of each.

Schema and CCA are always run, by rules of their own, and their scripts give the controls too. A rival is run where the
config names it: its script has ``rank(out, beads, settings, seed)``, with the path of beads.h5ad, and writes the format
of ``slide_seq.ranking``. To add one: a script in this folder, a line in METHODS, and its name in the config.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method as figures and rules know it.

    Attributes
    ----------
    label : its name in figures; with an asterisk where the method is re-implemented here (REMADE says so)
    group : "schema", "cca", "rival", or "control" (ranks genes without their places)
    module : of a rival, the script in this folder; its settings are the config's block of the method's name, if any
    environment : of a rival, the conda environment that it runs in
    reads : of a rival, what it is given beside the beads: "genes_table" (genes.tsv) or "factors" (as many as in the
        paper)
    """

    label: str
    group: str
    module: str = ""
    environment: str = "spatial"
    reads: str = "genes_table"


METHODS = {  # in the order of the figures
    "schema": Method("Schema", "schema"),
    "schema_learn": Method("schema_\nlearn", "rival", "schema_learn", "core", "factors"),
    "cca": Method("CCA,\ntwo-step", "cca"),
    "cca_one_step": Method("CCA,\none-step", "cca"),
    "spatialde": Method("SpatialDE", "rival", "spatialde"),
    "trendsceek": Method("Trendsceek*", "rival", "trendsceek"),
    "morans_i": Method("Moran's I", "rival", "morans_i"),
    "spark_x": Method("SPARK-X*", "rival", "spark_x"),
    "granule_only": Method("granule\nonly", "control"),
    "equal_weights": Method("factors\nalone", "control"),
    "mean_expression": Method("mean\nexpression", "control"),
}
REMADE = "* re-implemented here: see the caption"
RIVALS = {name: method for name, method in METHODS.items() if method.group == "rival"}
CONTROLS = tuple(name for name, method in METHODS.items() if method.group == "control")
