"""The tissue that simulated pucks are cut from: where beads lie, of which type they are, which genes mark what.

Genes are called Gene0001 and so on; each block of 25 consecutive genes is a simulated gene set. The first blocks are
planted, the rest follows depth and mean alone. All pucks share the genes' means: replicates of one tissue.

Numbers marked [puck] are summaries of the public puck 180819_11 (Rodriques et al. 2019); [ours] is a choice.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from running import whole_file

BLOCK = 25  # genes in a simulated gene set
WIDTH = 5_000.0  # [puck] pixels, about
# [puck] Shares of the atlas clusters, rounded: 1 granule, 2 Purkinje, 3 interneuron, 6 oligodendrocyte, 7, 4 (others).
TYPE_SHARE = {1: 0.36, 2: 0.16, 3: 0.11, 6: 0.10, 7: 0.09, 4: 0.18}
GRANULE = 1
BAND_HALF_WIDTH = 450.0  # [ours] the granular layer: a band around a wave
IN_BAND = {GRANULE: 0.75}  # [ours] share of a type that lies in the band; the others lie anywhere
GENE_SPREAD, DEPTH_SPREAD = 1.3, 0.6  # [puck] sd of the log of gene means and of bead totals, about
FOLD = 5.0  # [ours] how much more a planted gene is expressed where its program is on

# Program -> number of its block. A bead has the programs of its type and place, see programs_of.
PROGRAMS = {
    "dense granule": 0,
    "granule": 1,
    "sparse granule": 2,
    "cluster 2": 3,
    "cluster 3": 4,
    "cluster 6": 5,
    "cluster 7": 6,
    "dense": 7,
}


@dataclass(frozen=True)
class Truth:
    """What was planted: for each program its genes, and how often each cluster was drawn in each puck."""

    seed: int
    programs: dict[str, list[str]]
    clusters: dict[str, dict[str, int]]

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def gene_names(n: int) -> list[str]:
    """Gene0001 to Gene<n>."""
    return [f"Gene{i:04d}" for i in range(1, n + 1)]


def program_genes(n_genes: int) -> dict[str, np.ndarray]:
    """The positions of each program's genes; a tissue of few genes has only the first programs."""
    blocks = {name: np.arange(block * BLOCK, (block + 1) * BLOCK) for name, block in PROGRAMS.items()}
    return {name: genes for name, genes in blocks.items() if genes[-1] < n_genes}


def gene_means(n_genes: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of all counts (n_genes,), sum 1; planted genes are of middling expression, so that they can be seen."""
    log_mean = rng.normal(0.0, GENE_SPREAD, n_genes)
    planted = np.concatenate(list(program_genes(n_genes).values()) or [[]]).astype(int)
    log_mean[planted] = rng.normal(0.0, 0.5, len(planted))
    return np.exp(log_mean) / np.exp(log_mean).sum()


def tissue(n_beads: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (n, 2) in pixels, clusters (n,), and whether a bead lies in the band (n,) bool."""
    shares = np.array(list(TYPE_SHARE.values()))
    cluster = rng.choice(list(TYPE_SHARE), n_beads, p=shares / shares.sum())
    phase, level = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.6) * WIDTH
    band = np.isin(cluster, list(IN_BAND)) & (rng.random(n_beads) < IN_BAND[GRANULE])
    x = rng.uniform(0, WIDTH, n_beads)
    middle = level + 0.15 * WIDTH * np.sin(2 * np.pi * x / WIDTH + phase)
    offset = rng.uniform(-BAND_HALF_WIDTH, BAND_HALF_WIDTH, n_beads)
    y = np.where(band, middle + offset, rng.uniform(0, WIDTH, n_beads))
    return np.column_stack([x, y]), cluster, np.abs(y - middle) <= BAND_HALF_WIDTH


def programs_of(cluster: np.ndarray, in_band: np.ndarray) -> dict[str, np.ndarray]:
    """For each program the beads in which it is on, (n,) bool."""
    granule = cluster == GRANULE
    on = {
        "dense granule": granule & in_band,
        "granule": granule,
        "sparse granule": granule & ~in_band,
        "dense": in_band,
    }
    return on | {f"cluster {number}": cluster == number for number in (2, 3, 6, 7)}
