"""The table of methods of Figure S1: what rules, config, figure and ledger know of each.

A method's script has ``fits(cells, settings, whole, seed)``, which yields a ``gastrulation.fit.Fit`` for each of its
variants, the method itself first. ``cells`` are those of one split: X (n, genes) dense log expression, obs with age,
sample and replicate; ``whole`` is whether it is all of them. In half of the replicates, where each stage has one
sample, nothing tells batch from stage. To add a method: a script in this folder, a line in METHODS, and its name at
gastrulation.methods in the config.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method as rules, figure and ledger know it.

    Attributes
    ----------
    module : the script in this folder
    label : its name in figures
    needs : keys of the config's block gastrulation that it is given
    environment : the conda environment that it runs in
    """

    module: str
    label: str
    needs: tuple[str, ...] = ()
    environment: str = "core"


NEEDS = ("components", "min_correlations", "max_weight_ratio", "batch_weight", "shuffles")
METHODS = {  # in the order of the figure
    "schema": Method("schema", "Schema", NEEDS),
    "mofa": Method("mofa", "MOFA+", ("mofa",), "multiview"),
}
