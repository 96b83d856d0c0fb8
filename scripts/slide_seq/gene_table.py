"""How much each gene is expressed in each puck: for declared subsets, and as a ranking of its own."""

import anndata
import numpy as np
import pandas as pd

from running import step, whole_file
from slide_seq.expression import scaled, shares


def gene_table(beads: anndata.AnnData, puck: str) -> pd.DataFrame:
    """Per gene: puck, beads (in how many it is seen), mean (share of counts), scaled_mean (as Schema has it)."""
    return pd.DataFrame(
        {
            "gene": beads.var_names,
            "puck": puck,
            "beads": np.asarray((beads.X > 0).sum(axis=0)).ravel(),
            "mean": np.asarray(shares(beads.X).mean(axis=0)).ravel(),
            "scaled_mean": np.asarray(scaled(beads.X).mean(axis=0)).ravel(),
        }
    )


if __name__ == "__main__":
    with step(snakemake):
        pairs = zip(snakemake.input.beads, snakemake.params.pucks, strict=True)
        table = pd.concat([gene_table(anndata.read_h5ad(path), puck) for path, puck in pairs])
        with whole_file(snakemake.output[0]) as part:
            table.to_csv(part, sep="\t", index=False, float_format="%.8g")
