"""How long Schema takes on the beads and genes that a slower method was given: density, factors and all sub-runs.

(Paper: Results, SpatialDE and Trendsceek "had substantially longer running times".)
"""

import time

import anndata
import pandas as pd

from running import read_table, step, write_table
from slide_seq.ensemble import averaged, covariances_of, sub_runs
from slide_seq.expression import scaled
from slide_seq.factors import factorise
from slide_seq.preprocess import kernel_density, stretched
from slide_seq.ranking import GROUPS, first_genes, places, subset


def seconds_of_schema(beads: anndata.AnnData, factors: dict, density: dict, schema: dict) -> float:
    """Processor time of the paper's ensemble on ``beads``, on observed positions; settings as in the config."""
    start, here = time.process_time(), places(beads, "observed")
    W, H = factorise(scaled(beads.X), factors["numbers"][0], factors["seed"], factors["max_iter"])
    dense = stretched(kernel_density(here, here, density["bandwidth"]), density["upper"])
    covariances = covariances_of(W, dense, beads.obs["cluster"].to_numpy(), schema["granule"], schema["others"])
    given = (schema["density_weights"], schema["correlation_shares"], schema["other_weight"])
    averaged([weights for _, weights in sub_runs(covariances, *given)], H, schema["weight_cap"])
    return time.process_time() - start


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        beads, genes = anndata.read_h5ad(inputs.beads), read_table(inputs.genes)
        rows = []
        for method, sizes in params.subsets.items():
            chosen = None if sizes["genes"] is None else first_genes(genes, sizes["genes"])
            both = anndata.concat([subset(beads, group, sizes["beads"], chosen, params.seed) for group in GROUPS])
            used = seconds_of_schema(both, params.factors, params.density, params.schema)
            rows.append(
                {"puck": params.puck, "method": method, "beads": both.n_obs, "genes": both.n_vars, "seconds": used}
            )
        write_table(pd.DataFrame(rows), snakemake.output[0])
