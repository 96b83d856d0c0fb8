"""Write the six files of sci-CAR's kidney at the published size, or a part of it, with the planted truth of the demo.

The same effects as ``sci_car.simulate`` plants, drawn molecule by molecule, so that no dense matrix is ever held. The
sizes are those of the sample's tables (49,584 genes x 13,893 cells, 252,741 peaks x 13,395 cells, 11,296 cells in
both), with the paper's 0.28 % of a cell's peaks that are not 0, and about 1,000 RNA counts a cell (Cao et al. 2018).
"""

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix, hstack
from scipy.stats import norm

from formats.matrix_market import write_counts
from gene_sets.simulate import BLOCK, gene_names
from running import whole_file
from sci_car.simulate.counts import ARTEFACT_MEANS, ARTEFACT_SD, OTHER_SHARE, PEAK_SD, SECOND_END
from sci_car.simulate.tables import ARTEFACTS, CHROMOSOMES, LENGTH, OTHER_TYPES, rna_cell_table, sample_names
from sci_car.simulate.truth import (
    MARKER_FACTOR,
    OTHER_OPEN,
    PROGRAMME_BLOCKS,
    PROGRAMME_SD,
    SUBTYPE_BLOCKS,
    SUBTYPE_FACTOR,
    TUBULE,
    TUBULE_OPEN,
    TYPES,
    Truth,
    marker_block,
    plant,
)

# [data] The types that the demo leaves out, and how many of all RNA cells have each.
KINDS = TYPES | {
    "Collecting duct intercalated cells": 219,
    "Kit+ stem cells": 191,
    "Podocytes": 104,
    "Adipocytes": 86,
    "Ki-67+ cells": 74,
}
PLANTED_BLOCKS = range(SUBTYPE_BLOCKS[0], PROGRAMME_BLOCKS[-1] + 1)  # from 1
PLANTED_SHARE = 0.35  # [ours] of a cell's counts: as many for a block as in the demo
GENE_SD = 2.2  # [ours] of the logarithm of all other genes: few hold most counts
OWN_SHARE = 0.032  # [ours] of all peaks that one type alone opens, as in the demo
DEPTH_SD = {"rna": 0.49, "atac": 0.6}
QUICK = 1  # gzip level: reading takes as long whatever it is


def write_files(paths: Mapping[str, Path | str], sizes: Mapping[str, int], seed: int) -> Truth:
    """Write ``paths`` (names as in ``sci_car.preprocess.FILES``); returns what was planted.

    sizes : ``genes``, ``coding`` (of them), ``rna_cells``, ``rna_draws`` (counts a cell), ``peaks``, ``atac_cells``,
        ``atac_draws`` (peaks a cell), ``joint`` (cells in both)
    """
    rng = np.random.default_rng([seed, 2])
    everyone = sizes["rna_cells"] + sizes["atac_cells"] - sizes["joint"]
    shares = np.array(list(KINDS.values())) / sum(KINDS.values())
    kinds, samples = rng.choice(len(KINDS), everyone, p=shares), sample_names(everyone, rng)
    in_rna = rng.permutation(sizes["rna_cells"])
    in_atac = rng.permutation(np.arange(everyone - sizes["atac_cells"], everyone))
    peaks = peak_table(sizes["peaks"])
    names = peaks["peak"].to_numpy()
    truth = plant(seed, names[: -len(ARTEFACTS)].tolist(), rng, KINDS, round(OWN_SHARE * len(names)))

    _table(paths["rna_cells"], rna_cell_table(samples[in_rna], kinds[in_rna], rng, KINDS))
    replicates = rng.choice(["Mouse_1", "Mouse_2"], len(in_atac))
    _table(paths["atac_cells"], pd.DataFrame({"sample": samples[in_atac], "replicate": replicates}))
    others = sizes["genes"] - sizes["coding"]
    identifiers = [f"ENSMUSG{number:011d}.1" for number in range(1, sizes["genes"] + 1)]
    types = ["protein_coding"] * sizes["coding"] + rng.choice(OTHER_TYPES, others).tolist()
    columns = {"gene_id": identifiers, "gene_type": types, "gene_short_name": gene_names(sizes["genes"])}
    _table(paths["genes"], pd.DataFrame(columns))
    _table(paths["peaks"], peaks)
    counts = {
        "rna_counts": rna_counts(kinds[in_rna], sizes["coding"], others, sizes["rna_draws"], rng),
        "atac_counts": atac_counts(kinds[in_atac], names, truth, sizes["atac_draws"], rng),
    }
    for name, matrix in counts.items():
        with whole_file(paths[name]) as part:
            write_counts(matrix, part, level=QUICK)
    return truth


def peak_table(number: int) -> pd.DataFrame:
    """id, peak, chr, start, end: spread evenly over the standard chromosomes, the two artefacts last."""
    each = -(-number // len(CHROMOSOMES))
    start = np.tile(1 + np.arange(each) * (LENGTH // each), len(CHROMOSOMES))
    table = pd.DataFrame({"chr": np.repeat(CHROMOSOMES, each), "start": start, "end": start + 300})
    table = pd.concat([table.head(number - len(ARTEFACTS)), pd.DataFrame(ARTEFACTS, columns=table.columns)])
    name = table["chr"] + "_" + table["start"].astype(str) + "_" + table["end"].astype(str)
    table.insert(0, "peak", name)
    table.insert(0, "id", np.arange(1, len(table) + 1))
    return table.reset_index(drop=True)


def rna_counts(kinds: np.ndarray, coding: int, others: int, draws: int, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, coding + others): a type's markers are raised, and programmes vary from cell to cell."""
    usual = np.exp(rng.normal(0, GENE_SD, coding + others))
    for part, share in ((slice(0, coding), 1 - PLANTED_SHARE), (slice(coding, None), OTHER_SHARE)):
        usual[part] *= share / usual[part].sum()
    usual_in = np.exp(norm.ppf((np.arange(BLOCK) + 0.5) / BLOCK))
    for block in PLANTED_BLOCKS:
        usual[_genes(block)] = rng.permutation(usual_in) / usual_in.sum() * PLANTED_SHARE / len(PLANTED_BLOCKS)
    alone = [np.zeros_like(usual) for _ in PROGRAMME_BLOCKS]
    for level, block in zip(alone, PROGRAMME_BLOCKS, strict=True):
        level[_genes(block)] = usual[_genes(block)]
    level_of = []
    for kind in range(len(KINDS)):
        raised = usual - sum(alone)
        raised[_genes(marker_block(kind))] *= MARKER_FACTOR
        if kind < len(SUBTYPE_BLOCKS):
            raised[_genes(SUBTYPE_BLOCKS[kind])] *= SUBTYPE_FACTOR
        level_of.append(raised)
    factor = np.exp(rng.normal(0, PROGRAMME_SD, (len(kinds), len(alone))))
    of_type = np.array([raised.sum() for raised in level_of])
    share = np.column_stack([of_type[kinds], factor * np.array([level.sum() for level in alone])])
    share *= (depths(len(kinds), draws, DEPTH_SD["rna"], rng) / share.sum(axis=1))[:, None]
    drawn = rng.poisson(share)
    return csr_matrix(_dealt(drawn[:, 0], kinds, level_of, rng) + _programmes(drawn[:, 1:], alone, rng))


def atac_counts(kinds: np.ndarray, peaks: np.ndarray, truth: Truth, draws: int, rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, peaks) of cells of these types; the last two peaks are the artefacts."""
    usual = np.exp(rng.normal(0, PEAK_SD, len(peaks) - len(ARTEFACTS)))
    level_of, places = [], pd.Index(peaks)
    for kind, own in enumerate(truth.own_peaks.values()):
        level = usual.copy()
        level[places.get_indexer(own)] *= TUBULE_OPEN if kind < TUBULE else OTHER_OPEN
        level_of.append(level)
    fragments = _dealt(rng.poisson(depths(len(kinds), draws, DEPTH_SD["atac"], rng)), kinds, level_of, rng)
    fragments.data += rng.binomial(fragments.data, SECOND_END)
    artefacts = [rng.poisson(depths(len(kinds), mean, ARTEFACT_SD, rng)) for mean in ARTEFACT_MEANS]
    return csr_matrix(hstack([fragments, csr_matrix(np.column_stack(artefacts))]))


def depths(cells: int, mean: float, sd: float, rng: np.random.Generator) -> np.ndarray:
    """A number for each cell, log-normal around ``mean``."""
    return mean * np.exp(rng.normal(-(sd**2) / 2, sd, cells))


def _dealt(number: np.ndarray, kinds: np.ndarray, level_of: list[np.ndarray], rng: np.random.Generator) -> csr_matrix:
    """Counts (cells, features): ``number`` of each cell, of features by the levels of its type."""
    rows, columns = [], []
    for kind, level in enumerate(level_of):
        cells = np.flatnonzero(kinds == kind)
        ends = np.cumsum(level)
        columns.append(np.searchsorted(ends, rng.random(number[cells].sum()) * ends[-1], side="right"))
        rows.append(np.repeat(cells, number[cells]))
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (len(kinds), len(level_of[0]))
    return coo_matrix((np.ones(len(row), np.int32), (row, column)), shape=shape).tocsr()


def _programmes(number: np.ndarray, alone: list[np.ndarray], rng: np.random.Generator) -> csr_matrix:
    everyone = np.zeros(len(number), dtype=int)
    return sum(_dealt(number[:, i], everyone, [level], rng) for i, level in enumerate(alone))


def _genes(block: int) -> slice:
    return slice((block - 1) * BLOCK, block * BLOCK)


def _table(path: Path | str, table: pd.DataFrame) -> None:
    with whole_file(path) as part:
        text = table.to_csv(index=False, na_rep="NA", lineterminator="\n")
        part.write_bytes(gzip.compress(text.encode(), QUICK, mtime=0))
