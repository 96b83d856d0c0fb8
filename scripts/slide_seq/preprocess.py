"""Choose the beads and genes of one puck, and measure spatial density (paper: Methods, Slide-seq).

Released steps: beads that have counts, a place and an atlas cluster; genes that are seen; beads with more than 5 UMI.
As a control every bead also gets a place of another bead ("shuffled"): the same places and types, and no tissue.
"""

from pathlib import Path

import anndata
import numpy as np
import pandas as pd
from sklearn.neighbors import KernelDensity

from formats.kinds import NAME, NUMBER, WHOLE
from formats.tables import read_published
from running import InputError, step, whole_file, write_table
from slide_seq.ranking import POSITIONS
from slide_seq.read_puck import NO_CLUSTER

TOLERANCE = 1e-8  # relative: twenty times faster than exact sums, on 20,000 beads, and the same to eight digits


def kernel_density(centres: np.ndarray, places: np.ndarray, bandwidth: float) -> np.ndarray:
    """The Gaussian kernel density of ``centres`` (m, 2) at ``places`` (n, 2), (n,), per square pixel."""
    return np.exp(KernelDensity(bandwidth=bandwidth, atol=0, rtol=TOLERANCE).fit(centres).score_samples(places))


def stretched(values: np.ndarray, upper: float) -> np.ndarray:
    """Mapped linearly to 0..upper; all 0 where they do not differ."""
    low, high = values.min(), values.max()
    return upper * (values - low) / (high - low) if high > low else np.zeros_like(values)


TYPE_KINDS = {"puck": NAME, "barcode": NAME, "type": WHOLE, "posterior": NUMBER}


def probable_clusters(path: Path | str, puck: str, barcodes: pd.Index, least: float) -> np.ndarray:
    """The most probable type of each bead (n,) where its posterior is above ``least``, else 0.

    path : a table of puck, barcode, type (0 for none), posterior. Raises InputError where it has no bead of the puck,
    or a bead that the puck lacks.
    """
    table = read_published(path, TYPE_KINDS)
    table.once("barcode", "bead", "puck")
    of_puck = (table.frame["puck"] == puck).to_numpy()
    if not of_puck.any():
        known = ", ".join(sorted(table.frame["puck"].unique()))
        raise InputError(path, f"has no bead of puck {puck}; it has {known}", "set slide_seq.least_posterior to null")
    unknown = of_puck & ~table.frame["barcode"].isin(barcodes).to_numpy()
    table.refuse(unknown, f"barcode {{barcode!r}} is not in puck {puck}", "take both from the same bead mapping")
    sure = table.frame[of_puck & (table.frame["posterior"] > least).to_numpy()].set_index("barcode")["type"]
    return sure.reindex(barcodes).fillna(NO_CLUSTER).astype(int).to_numpy()


def choose(puck: anndata.AnnData, min_umi: int, granule: int, label: str) -> anndata.AnnData:
    """The beads with a cluster and more than ``min_umi`` counts, and the genes that these beads show.

    Raises InputError where none is left, or no granule cell, or no other cell.
    """
    typed = puck[(puck.obs["cluster"] != NO_CLUSTER).to_numpy()]
    total = np.asarray(typed.X.sum(axis=1)).ravel()
    kept = typed[total > min_umi]
    kept = kept[:, np.asarray(kept.X.sum(axis=0)).ravel() > 0].copy()
    if not len(kept):
        problem = f"none of its {len(puck)} beads has an atlas cluster and more than {min_umi} UMI"
        raise InputError(label, problem, "check the files of the puck, or lower slide_seq.min_umi")
    is_granule = (kept.obs["cluster"] == granule).to_numpy()
    if not is_granule.any():
        found = ", ".join(map(str, sorted(kept.obs["cluster"].unique())))
        problem = f"none of its {len(kept)} beads is a granule cell (atlas cluster {granule}); there are {found}"
        raise InputError(label, problem, "check the file of clusters, or slide_seq.clusters.granule")
    if is_granule.all():
        raise InputError(label, "every bead is a granule cell", "give a puck with other cells to compare them with")
    return kept


def with_density(
    kept: anndata.AnnData, granule: int, bandwidth: float, upper: float, rng: np.random.Generator
) -> anndata.AnnData:
    """Add to obs, for observed and shuffled positions: x_, y_, density_ and granule_density_<positions>.

    Density is that of all beads, granule density that of granule cells alone (for one-step CCA), both 0..upper.
    """
    places = kept.obs[["x", "y"]].to_numpy()
    is_granule = (kept.obs["cluster"] == granule).to_numpy()
    columns = {"cluster": kept.obs["cluster"], "granule": is_granule}
    for positions, order in zip(POSITIONS, (np.arange(len(kept)), rng.permutation(len(kept))), strict=True):
        here = places[order]
        columns |= {f"x_{positions}": here[:, 0], f"y_{positions}": here[:, 1]}
        columns[f"density_{positions}"] = stretched(kernel_density(here, here, bandwidth), upper)
        columns[f"granule_density_{positions}"] = stretched(kernel_density(here[is_granule], here, bandwidth), upper)
    return anndata.AnnData(kept.X, obs=pd.DataFrame(columns, index=kept.obs_names), var=kept.var[[]])


def summary(puck: anndata.AnnData, kept: anndata.AnnData) -> pd.DataFrame:
    """Rows (quantity, value): what was read, and what was kept."""
    counted = {name: int(value) for name, value in puck.uns["join"].items()}
    counted |= {"beads_kept": kept.n_obs, "genes_kept": kept.n_vars, "granule_kept": int(kept.obs["granule"].sum())}
    counted["umi_per_bead_kept"] = float(kept.X.sum() / kept.n_obs)
    return pd.DataFrame(counted.items(), columns=["quantity", "value"])


if __name__ == "__main__":
    with step(snakemake) as log:
        outputs, params = snakemake.output, snakemake.params
        puck = anndata.read_h5ad(snakemake.input.puck)
        if params.least_posterior is not None:
            path = snakemake.input.types[0]
            puck.obs["cluster"] = probable_clusters(path, params.puck, puck.obs_names, params.least_posterior)
        kept = choose(puck, params.min_umi, params.granule, f"puck {params.puck}")
        rng = np.random.default_rng([params.seed, *params.puck.encode()])
        beads = with_density(kept, params.granule, params.bandwidth, params.upper, rng)
        table = summary(puck, beads)
        log.info("kept %d of %d beads, %d of %d genes", *beads.shape[:1], *puck.shape[:1], beads.n_vars, puck.n_vars)
        with whole_file(outputs.beads) as part:
            beads.write_h5ad(part, compression="lzf")
        write_table(table.assign(puck=params.puck), outputs.summary)
