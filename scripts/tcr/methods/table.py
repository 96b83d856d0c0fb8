"""The table of methods that weight CDR3 locations and amino acids: what rules, config, figure and ledger know of each.

A method's script has ``weigh(task, *, min_correlation, max_weight_ratio, ...)``, which takes a ``tcr.weighing.Task``
and gives a weight for each feature, (k,). It is given the method's ``arguments`` and, of the config's block of the
method's name, the keys that it ``needs``. To add a method: a script in this folder, a line in METHODS, and its name at
tcr.methods in the config.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """One method as rules, figure and ledger know it.

    Attributes
    ----------
    module : the script in this folder
    label : its name in the figure's legend
    group : "paper" (as the paper solved it: also for donors and groups of ligands), "optimum" (also for shuffled
        ligands), or "other" (all cells alone); the first two also for bootstraps
    look : colour, marker and line in the figure; the colour is a key of plotting.COLOURS
    arguments : what tells it from others of the same script
    needs : keys of the config's block of its name
    environment : the conda environment that it runs in
    reads : "moments" (covariances are enough for it), or "chains" (the sequences themselves)
    encodings : of amino acids, "counts" (as released) and "boolean" (as in the text)
    """

    module: str
    label: str
    group: str = "other"
    look: tuple[str, str, str] = ("grey", "v", ":")
    arguments: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    environment: str = "core"
    reads: str = "moments"
    encodings: tuple[str, ...] = ("counts", "boolean")


METHODS = {  # in the order of the figure
    "grid": Method(
        "schema", "paper's grid", "paper", ("vermilion", "o", "-"), {"solver": "grid", "ridge_always": True}
    ),
    "exact": Method("schema", "exact optimum", "optimum", ("blue", "s", "-"), {"solver": "exact"}),
    "schema_learn": Method(
        "schema_learn",
        'schema_learn 0.2, mode "scale"',
        look=("green", "^", "--"),
        needs=("pairs",),
        reads="chains",
        encodings=("counts",),  # what it was written for
    ),
}


def limits_of(method: str, features: str, block: dict[str, Any]) -> dict[str, Any]:
    """Sub-runs and orientations of a method for "location" or "residue" weights, and its own settings.

    block : the config's tcr; what the block of the method's name says of sub-runs and orientations comes first
    """
    own, shared = block.get(method, {}), block[f"{features}s"]
    return {
        "min_correlations": shared["min_correlations"],
        "max_weight_ratios": own.get(f"{features}_weight_ratios", shared["max_weight_ratios"]),
        "orientations": own.get("orientations", ["agreement", "hamming"]),
        "arguments": METHODS[method].arguments | {key: own[key] for key in METHODS[method].needs},
    }
