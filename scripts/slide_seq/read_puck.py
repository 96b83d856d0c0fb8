"""Read one puck as published and keep it as a sparse, annotated matrix: the cache that every later step reads.

Nothing is left out here but what has no place: each bead that has counts and a place, with its atlas cluster or 0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import anndata
import pandas as pd

from formats.kinds import NAME, NUMBER_OR_NA, WHOLE_OR_NA
from formats.published import check_shape, of_member, write_scope
from formats.tables import Table, read_published
from running import InputError, step, whole_file
from slide_seq.puck_folder import CLUSTERS, COUNTS, LOCATIONS, opened_puck
from slide_seq.read_dge import read_dge

LOCATION_KINDS = {"barcodes": NAME, "xcoord": NUMBER_OR_NA, "ycoord": NUMBER_OR_NA}
CLUSTER_KINDS = {"Var1": NAME, "x": WHOLE_OR_NA}
ALIASES = {"barcodes": ("barcode", ""), "Var1": ("barcodes", "barcode", "")}


def read_locations(content: BinaryIO, label: str) -> pd.DataFrame:
    """Columns x, y (float, pixels) of the beads that have a place, indexed by barcode; ``label`` for errors."""
    table = read_published(content, LOCATION_KINDS, name=label, aliases=ALIASES).without_gaps()
    table.once("barcodes", "bead")
    return table.frame.set_axis(["barcode", "x", "y"], axis=1).set_index("barcode")


def read_clusters(content: BinaryIO, label: str) -> Table:
    """The atlas cluster (int) of each bead that has one: columns barcode, cluster."""
    table = read_published(content, CLUSTER_KINDS, name=label, aliases=ALIASES).without_gaps()
    table.once("Var1", "bead")
    table.frame = table.frame.set_axis(["barcode", "cluster"], axis=1).astype({"cluster": int})
    return table


NO_CLUSTER = 0
TOGETHER = "take all three files from the same bead mapping of the same puck"


def read_puck(place: Path | str, published: Mapping | None = None) -> anndata.AnnData:
    """Counts (beads, genes) in CSR; obs: x, y (pixels), cluster (0 for none). ``place`` is an archive or a folder.

    Beads with a place and no counts, and beads with counts and no place, are left out and counted in uns["join"].
    Raises InputError where files do not belong together.

    published : what the registry says of the puck and its members, see ``formats.published``
    """
    with opened_puck(place) as puck:
        with puck.opened(LOCATIONS) as content:
            places = read_locations(content, puck.label(LOCATIONS))
        with puck.opened(CLUSTERS) as content:
            clusters = read_clusters(content, puck.label(CLUSTERS))
        with puck.opened(COUNTS) as content:
            counts, barcodes, genes = read_dge(content, puck.label(COUNTS))
    check_shape(puck.label(COUNTS), (len(genes), len(barcodes)), of_member(published, COUNTS), ("genes", "beads"))
    beads = pd.Index(barcodes, name="barcode")
    placed = beads.isin(places.index)
    if not placed.any():
        problem = f"none of its {len(beads)} barcodes (first: {beads[0]!r}) has a place in {LOCATIONS}"
        raise InputError(puck.label(COUNTS), problem, TOGETHER)
    unknown = ~clusters.frame["barcode"].isin(beads)
    clusters.refuse(unknown, f"barcode {{barcode!r}} is not in {COUNTS} ({unknown.sum()} such beads)", TOGETHER)
    obs = places.reindex(beads[placed])
    obs["cluster"] = clusters.frame.set_index("barcode")["cluster"].reindex(obs.index).fillna(NO_CLUSTER).astype(int)
    data = anndata.AnnData(counts[placed], obs=obs, var=pd.DataFrame(index=pd.Index(genes, name="gene")))
    data.uns["join"] = {
        "beads_with_counts": len(beads),
        "beads_with_place": len(places),
        "beads_with_cluster": len(clusters.frame),
        "beads_with_all": int((obs["cluster"] != NO_CLUSTER).sum()),
        "genes": len(genes),
    }
    data.uns["mapping"] = puck.mapping
    return data


if __name__ == "__main__":
    with step(snakemake) as log:
        puck = read_puck(snakemake.params.place, snakemake.params.published.get("puck"))
        log.info("%d beads, %d genes, %d counts; %s", *puck.shape, puck.X.nnz, puck.uns["join"])
        with whole_file(snakemake.output.counts) as part:
            puck.write_h5ad(part, compression="lzf")
        write_scope(snakemake.output.scope)
