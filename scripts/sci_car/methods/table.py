"""The table of methods that place cells: what rules, figures and ledger know of each.

A method's script has ``embed(out, cells, seed, ...)`` or ``embed(out, reduced, seed, ...)``: the path of cells.h5mu
or reduced.h5ad. It writes what ``sci_car.embedding`` describes. To add a method: a script in this folder, a line in
METHODS, and its name in the config.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """One method as figures and rules know it.

    Attributes
    ----------
    module : the script in this folder
    label : its name in figures
    group : "alone" (one modality), "schema", "rival", "deep", or "control"
    arguments : what tells it from others of the same script
    needs : keys of the config's block sci_car that it is given
    environment : the conda environment that it runs in
    reads : "reduced" (components of RNA and ATAC, reduced.h5ad) or "cells" (counts, cells.h5mu)
    """

    module: str
    label: str
    group: str
    arguments: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    environment: str = "single_cell"
    reads: str = "reduced"


SVD, NMF = {"basis": "rna_svd"}, {"basis": "rna_nmf"}
EXACT, GRID = {"solver": "exact"}, {"solver": "grid"}
LIMITS = ("min_correlation", "max_weight_ratio")
RELEASED = (*LIMITS, "schema_learn")
TRAINING = ("epochs", "patience")

METHODS = {
    "rna": Method("points", "RNA alone (SVD)", "alone", SVD),
    "rna_nmf": Method("points", "RNA alone (NMF)", "alone", NMF),
    "atac": Method("points", "ATAC alone (SVD)", "alone", {"basis": "atac_svd"}),
    "schema": Method("schema", "Schema, exact (SVD)", "schema", SVD | EXACT, LIMITS),
    "schema_grid": Method("schema", "Schema, grid (SVD)", "schema", SVD | GRID, LIMITS),
    "schema_learn": Method("schema_learn", "schema_learn 0.2 (SVD)", "schema", SVD, RELEASED),
    "schema_nmf": Method("schema", "Schema, exact (NMF)", "schema", NMF | EXACT, LIMITS),
    "schema_nmf_grid": Method("schema", "Schema, grid (NMF)", "schema", NMF | GRID, LIMITS),
    "schema_nmf_learn": Method("schema_learn", "schema_learn 0.2 (NMF)", "schema", NMF, RELEASED),
    "schema_shuffled": Method(
        "schema", "Schema, ATAC shuffled (SVD)", "control", SVD | EXACT | {"shuffle": True}, LIMITS
    ),
    "schema_nmf_shuffled": Method(
        "schema", "Schema, ATAC shuffled (NMF)", "control", NMF | EXACT | {"shuffle": True}, LIMITS
    ),
    "cca": Method("cca", "CCA", "rival", needs=("cca_factors",)),
    "pseudocell_100": Method("pseudocell", "Pseudocells, k = 100", "rival", {"k": 100}),
    "pseudocell_300": Method("pseudocell", "Pseudocells, k = 300", "rival", {"k": 300}),
    "pseudocell_500": Method("pseudocell", "Pseudocells, k = 500", "rival", {"k": 500}),
    "mofa": Method("mofa", "MOFA+", "rival", {}, ("windows", "mofa"), "multiview", "cells"),
    "scvi_rna": Method("scvi_alone", "scVI, RNA", "deep", {}, TRAINING, "deep", "cells"),
    "scvi_atac": Method("scvi_alone", "scVI, ATAC", "deep", {}, ("windows", *TRAINING), "deep", "cells"),
    "totalvi": Method("totalvi", "totalVI", "deep", {}, ("windows", *TRAINING), "deep", "cells"),
    "totalvi_synthetic": Method("totalvi", "totalVI, synthetic", "deep", {}, ("synthetic", *TRAINING), "deep", "cells"),
    "multivi": Method("multivi", "MultiVI", "deep", {}, ("multivi_peaks", "epochs"), "deep", "cells"),
}


def seeds_of(method: str, block: dict[str, Any]) -> list[int]:
    """With which seeds of the config's ``block`` sci_car a method is run: deep models and controls with several, the
    others, which hardly depend on it, with one.
    """
    several = {"deep": block["deep"]["seeds"], "control": range(block["shuffles"])}
    return list(several.get(METHODS[method].group, [0]))


def alone(method: str) -> str:
    """The run on RNA alone that a method has to be compared with: that in its own basis."""
    return "rna_nmf" if METHODS[method].arguments.get("basis") == "rna_nmf" else "rna"


def settings_of(method: str, block: dict[str, Any]) -> dict[str, Any]:
    """The method's own arguments, and the keys of the config's ``block`` sci_car that it needs."""
    known = block | block["deep"]
    return METHODS[method].arguments | {key: known[key] for key in METHODS[method].needs}
