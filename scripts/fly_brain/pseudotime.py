"""Diffusion pseudotime of every representation, from several young cells, and its rank correlation with age.

Paper: Methods, "the implementation in Scanpy of Haghverdi et al.'s algorithm". The root is not stated there, so that
several cells of the first day are tried and all values are kept. Beside them stands what needs no Schema: the depth
of sequencing, which falls with age, and a linear fit of age.

Scanpy scales a component of the diffusion map by λ / (1 - λ) only where its eigenvalue λ is below 0.9994. Cells placed
by one number, as by the single score of CCA, lie on a line: the eigenvalues of the leading components are then all
above, and these components count for little. So ρ is also given with every component scaled, the formula of Haghverdi
et al. (their equation for DPT).

Two controls with ages shuffled within lines: the whole analysis of shuffled ages, with roots among the cells that are
young by them, which must show no gain; and what weights learnt from shuffled ages do to true age, by chance.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scanpy
from anndata import AnnData, read_h5ad
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict

from evaluation.scores import partial_rank_agreement, rank_agreement
from fly_brain.representations import read_places, representations
from running import InputError, read_table, step, write_table

COMPONENTS = 15  # of the diffusion map, scanpy's default
USED = 10  # of these by its pseudotime, the first (which is constant) among them
RESTARTS = 100  # of the search for eigenvalues: 5 to 50 do, but for cells on a line
UNSCALED_FROM = 0.9994  # eigenvalues from here on are not scaled by scanpy 1.11

logger = logging.getLogger(__name__)


def young_cells(age: np.ndarray, count: int, seed: int) -> np.ndarray:
    """``count`` cells of the first age, at random without replacement (all of them if there are fewer)."""
    first = np.flatnonzero(age == age.min())
    return np.sort(np.random.default_rng(seed).choice(first, min(count, len(first)), replace=False))


class Pseudotimes(NamedTuple):
    """Diffusion pseudotimes from each root, both (roots, n); inf for cells that cannot be reached from it.

    ``scanpy``: as scanpy has them; ``scaled``: with every component scaled by λ / (1 - λ); ``unscaled``: how many of
    the components that count are left unscaled by scanpy.
    """

    scanpy: np.ndarray
    scaled: np.ndarray
    unscaled: int


def pseudotimes(points: np.ndarray, roots: Sequence[int], neighbours: int, seed: int) -> Pseudotimes:
    """Diffusion pseudotimes of points (n, d) from each root."""
    if neighbours >= len(points):
        problem = f"{neighbours} neighbours of {len(points)} cells"
        raise InputError("fly_brain.neighbours", problem, "give fewer neighbours or more cells")
    graph = AnnData(np.asarray(points, dtype=np.float32))
    # exact: from 8,192 cells on scanpy would take pynndescent's, whose current version it cannot read
    scanpy.pp.neighbors(graph, n_neighbors=neighbours, use_rep="X", transformer="sklearn")
    diffusion_map(graph, min(COMPONENTS, len(points) - 2), seed)
    found = []
    for root in roots:
        graph.uns["iroot"] = int(root)
        scanpy.tl.dpt(graph)
        found.append(graph.obs["dpt_pseudotime"].to_numpy(dtype=float))
    pieces, piece = connected_components(graph.obsp["connectivities"], directed=False)
    # as many eigenvalues are 1 as there are pieces; they tell pieces apart, not cells within one
    values = graph.uns["diffmap_evals"].astype(float)[pieces:USED]
    places = graph.obsm["X_diffmap"].astype(float)[:, pieces:USED]
    return Pseudotimes(
        np.array(found), scaled_times(values, places, piece, roots), int((values >= UNSCALED_FROM).sum())
    )


def diffusion_map(graph: AnnData, components: int, seed: int) -> None:
    """Scanpy's diffusion map of cells with neighbours, added to ``graph``.

    Where cells lie on a line, since one factor has all the weight, the largest eigenvalues of many cells differ by less
    than 1e-7, and scanpy's search for those of 29,150 cells had not ended after 8 minutes. Inverted near 1 they lie
    far apart, and the matrix of a line is banded, so that inverting it costs little: a second.
    """
    neighbours = scanpy.neighbors.Neighbors(graph)
    neighbours.compute_transitions()
    transitions = neighbours.transitions_sym.astype(float).tocsc()
    start = np.random.RandomState(seed).standard_normal(graph.n_obs)  # as scanpy has it
    try:
        values, vectors = eigsh(transitions, components, v0=start, maxiter=RESTARTS)
    except ArpackNoConvergence:
        values, vectors = eigsh(transitions, components, v0=start, sigma=1 + 1e-4)
    graph.uns["diffmap_evals"], graph.obsm["X_diffmap"] = values[::-1], vectors[:, ::-1]


def scaled_times(values: np.ndarray, places: np.ndarray, piece: np.ndarray, roots: Sequence[int]) -> np.ndarray:
    """sqrt(Σ_j (λ_j / (1 - λ_j))² (ψ_j(root) - ψ_j(cell))²), (roots, n); inf in another piece of the graph.

    values (m,) below 1; places (n, m) of the cells on these components; piece (n,) of each cell
    """
    scaled = places * (values / (1 - values))
    times = np.array([np.linalg.norm(scaled - scaled[root], axis=1) for root in roots])
    return np.where(piece == piece[list(roots)][:, None], times, np.inf)


def targets_of(method: str, ages: str, sets: Sequence[str]) -> list[str]:
    """Which sets of ages the pseudotime of a representation is held against.

    True age always; shuffled ages if it was learnt from them; for RNA alone all of them, as where the controls start.
    """
    if method == "rna":
        return list(sets)
    return ["age"] if ages == "age" else ["age", ages]


def agreement_rows(
    factors: AnnData,
    weights: pd.DataFrame,
    places: Mapping[str, np.ndarray],
    sets: pd.DataFrame,
    *,
    roots: int,
    neighbours: int,
    seed: int,
) -> Iterator[dict]:
    """One row per representation, target and root.

    method, ages (learnt from), min_correlation, target (the ages that ρ is with), root; rho (Spearman, over cells that
    were reached), scaled_rho (every component scaled), partial_rho (given the cell's total count), unreached (share of
    cells), unscaled (number of components).
    """
    depth = factors.obs["total_counts"].to_numpy(dtype=float)
    starts = {name: young_cells(sets[name].to_numpy(), roots, seed) for name in sets}
    for one in representations(factors, weights, places, controls=True):
        targets = targets_of(one.method, one.ages, list(sets))
        cells = np.concatenate([starts[target] for target in targets])
        found = pseudotimes(one.points, cells, neighbours, seed)
        logger.info("%s, ages %s, s = %s: from %d cells", one.method, one.ages, one.min_correlation, len(cells))
        times = zip(found.scanpy, found.scaled, strict=True)
        for target in targets:
            age = sets[target].to_numpy(dtype=float)
            for root in starts[target]:
                time, scaled = next(times)
                reached = np.isfinite(time)
                yield one.labels | {
                    "target": target,
                    "root": factors.obs_names[root],
                    "rho": rank_agreement(time[reached], age[reached]).rho,
                    "scaled_rho": rank_agreement(scaled, age).rho,
                    "partial_rho": partial_rank_agreement(time[reached], age[reached], depth[reached]),
                    "unreached": 1 - reached.mean(),
                    "unscaled": found.unscaled,
                }


def baseline_rows(factors: AnnData, seed: int) -> Iterator[dict]:
    """What needs no pseudotime: fewer molecules in older cells; age predicted from the factors of other cells."""
    age, depth = factors.obs["age"].to_numpy(dtype=float), factors.obs["total_counts"].to_numpy(dtype=float)
    folds = KFold(5, shuffle=True, random_state=seed)
    fit = cross_val_predict(LinearRegression(), factors.X, age, cv=folds)
    for method, values in (("depth", -depth), ("linear fit", fit)):
        partial = np.nan if method == "depth" else partial_rank_agreement(values, age, depth)
        yield {
            "method": method,
            "ages": "age",
            "target": "age",
            "rho": rank_agreement(values, age).rho,
            "partial_rho": partial,
        }


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        factors, weights = read_h5ad(inputs.factors), read_table(inputs.weights)
        options = {"roots": params.roots, "neighbours": params.neighbours, "seed": params.seed}
        rows = [
            *agreement_rows(factors, weights, read_places(inputs.places), pd.read_parquet(inputs.ages), **options),
            *baseline_rows(factors, params.seed),
        ]
        log.info("%d correlations of pseudotime with age", len(rows))
        write_table(pd.DataFrame(rows), snakemake.output[0])
