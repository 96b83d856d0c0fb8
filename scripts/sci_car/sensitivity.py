"""When does Schema help? Its gain over RNA alone in ARI under every declared setting; none is chosen.

A setting is a choice at each step where the paper is silent or another choice is common: normalisation of RNA,
components, their scaling, neighbours, resolution, cells clustered; and for Schema the normalisation of ATAC and s.
Control: Schema on ATAC dealt to random cells, which shows what gains chance and Leiden alone make. Leiden is igraph's
here, for there are thousands of runs; the figure of all methods shows what the paper's implementation changes.
"""

import logging
from collections.abc import Iterator
from itertools import product

import mudata
import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from baselines.normalise import NORMALISATIONS
from evaluation.leiden import fast_leiden, neighbour_graphs
from running import step, write_table
from schema_core import Modality, Moments, solve
from sci_car.cells import check_enough, load_cells
from sci_car.gains import SHUFFLED
from sci_car.reduce import svd

logger = logging.getLogger(__name__)


def bases(cells: mudata.MuData, grid: dict) -> Iterator[tuple[dict, np.ndarray, dict[str, np.ndarray]]]:
    """For each choice of cells and RNA components: the choice, the points (n, k), and ATAC components by name."""
    largest = max(grid["components"])
    for kept in choices_of_cells(cells, grid):
        part = cells if kept == "all" else cells[cells.obs["cell_type"].notna().to_numpy()]
        check_enough(part, max(largest, grid["atac_components"]), "the comparison of settings")
        peaks = part["atac"].X.tocsr()
        atac = {}
        for name in grid["atac"]:
            normalised = NORMALISATIONS[name](peaks)
            atac[name] = svd(normalised, grid["atac_components"]).transform(normalised)
        atac[SHUFFLED] = np.random.default_rng(0).permutation(atac[grid["atac"][0]])
        for rna in grid["rna"]:
            normalised = NORMALISATIONS[rna](part["rna"].X.tocsr())
            points = svd(normalised, largest).transform(normalised)
            for components, scaling in product(grid["components"], grid["scaling"]):
                chosen = points[:, :components]
                if scaling == "unit":
                    sd = chosen.std(axis=0)
                    # a component of no more than rounding stays so
                    chosen = chosen / np.where(sd > 1e-10 * sd.max(), sd, sd.max())
                yield {"cells": kept, "rna": rna, "components": components, "scaling": scaling}, chosen, atac


def choices_of_cells(cells: mudata.MuData, grid: dict) -> list[str]:
    """The declared choices; only one where every cell has a label, since they are the same then."""
    return grid["cells"] if cells.obs["cell_type"].isna().any() else grid["cells"][:1]


def embeddings(
    points: np.ndarray, atac: dict, grid: dict, max_weight_ratio: float
) -> Iterator[tuple[dict, np.ndarray]]:
    """RNA alone, and Schema for each ATAC and s, from one set of moments for each ATAC."""
    yield {"atac": "none", "s": np.nan}, points
    for name, components in atac.items():
        covariances = Moments.from_arrays(points, Modality(components, "vector")).covariances()
        for s in grid["min_correlations"]:
            solution = solve(covariances, [1.0], min_correlation=s, max_weight_ratio=max_weight_ratio)
            yield {"atac": name, "s": s}, points * np.sqrt(solution.weights)


def settings(cells: mudata.MuData, grid: dict, max_weight_ratio: float) -> Iterator[dict]:
    """Rows of every choice with the Leiden seed and the ARI over labelled cells."""
    n_bases = len(choices_of_cells(cells, grid)) * np.prod([len(grid[key]) for key in ("rna", "components", "scaling")])
    for done, (choice, points, atac) in enumerate(bases(cells, grid), start=1):
        logger.info("basis %d of %d: %s", done, n_bases, choice)
        labels = cells.obs["cell_type"] if choice["cells"] == "all" else cells.obs["cell_type"].dropna()
        labelled = labels.notna().to_numpy()
        labels = pd.factorize(labels[labelled])[0]
        for way, placed in embeddings(points, atac, grid, max_weight_ratio):
            for neighbours, graph in neighbour_graphs(placed, grid["neighbours"]).items():
                for resolution, seed in product(grid["resolutions"], range(grid["seeds"])):
                    clusters = fast_leiden(graph, resolution=resolution, seed=seed)[labelled]
                    run = {"neighbours": neighbours, "resolution": resolution, "seed": seed}
                    yield choice | way | run | {"ari": adjusted_rand_score(labels, clusters)}


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        runs = settings(load_cells(snakemake.input.cells), params.grid, params.max_weight_ratio)
        write_table(pd.DataFrame(runs).assign(data=params.data), snakemake.output[0])
