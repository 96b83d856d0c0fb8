"""What is planted in the simulated embryos: genes of the stage, genes of the sample, a few of both, and cell types.

All numbers are choices of ours. The samples are those of the real stages, so that a config fits both.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from running import InputError, whole_file

BLOCK = 25  # genes of one kind: simulated gene sets are blocks of 25 consecutive genes
MARKERS = 15  # genes of a cell type, for BLOCK of a kind
TYPES = {"Epiblast": 0.7, "Primitive Streak": 0.2, "ExE ectoderm": 0.1}  # and their shares of the cells
STAGE_EFFECT, MARKER_EFFECT = 1.0, 1.2  # log fold changes: from the first stage to the last, of a marker in its type
BATCH_SD = 0.8  # of the log fold change of a gene in a sample
PACE_SD = 0.3  # how far a cell is ahead of its stage, on the scale on which the paper's stages lie at 0, 0.5 and 1
DOUBLETS, STRIPPED = 0.06, 0.04  # shares added to the cells of a sample
# Samples by stage: those of the paper first; one more of a stage, and a stage that the paper leaves out.
SAMPLES = {"E6.5": (1, 5), "E7.0": (10, 14, 30), "E7.25": (26, 27), "E7.5": (2,)}
SIZES = {1: 0.8, 5: 1.0, 10: 1.2, 14: 0.9, 30: 0.7, 26: 1.1, 27: 1.0, 2: 0.5}  # relative
PAPER = (1, 5, 10, 14, 26, 27)
LATER = ("E8.5", 37)  # stage and sample of all other cells


@dataclass(frozen=True)
class Truth:
    """What was planted.

    ``early``, ``late``: genes that fall and rise from stage to stage; ``batch``: genes that differ between samples;
    ``both``: that rise, and differ between samples; ``markers``: type -> genes; ``filter`` and ``cells``: the filter
    that leaves the cells meant, and how many of the paper's samples it leaves.
    """

    seed: int
    early: list[str]
    late: list[str]
    both: list[str]
    batch: list[str]
    markers: dict[str, list[str]]
    filter: str
    cells: int

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def plant(seed: int, symbols: Sequence[str], cells: int, of_kind: int = BLOCK) -> Truth:
    """Deal genes to kinds: consecutive, from the first on."""
    of_type = of_kind * MARKERS // BLOCK
    least = 5 * of_kind + len(TYPES) * of_type
    if len(symbols) < least:
        problem = f"{len(symbols)} genes cannot hold what is planted"
        raise InputError("simulate.gastrulation.genes", problem, f"give {least}")
    blocks = [list(symbols[i * of_kind : (i + 1) * of_kind]) for i in range(5)]
    first = 5 * of_kind
    markers = {name: list(symbols[first + i * of_type : first + (i + 1) * of_type]) for i, name in enumerate(TYPES)}
    early, late, both, one, other = blocks
    return Truth(seed, early, late, both, one + other, markers, "no doublets or stripped nuclei", cells)


def log_profiles(symbols: Sequence[str], truth: Truth, rng: np.random.Generator) -> tuple[np.ndarray, dict]:
    """Log abundance of each gene (genes,), and what a sample (number) or a type (name) adds to it, (genes,) each."""
    index = {symbol: i for i, symbol in enumerate(symbols)}
    varied = [index[symbol] for symbol in truth.batch + truth.both]
    added = {}
    for sample in SIZES:
        added[sample] = np.zeros(len(symbols))
        added[sample][varied] = rng.normal(0.0, BATCH_SD, len(varied))
    for name, genes in truth.markers.items():
        added[name] = np.zeros(len(symbols))
        added[name][[index[gene] for gene in genes]] = MARKER_EFFECT
    return rng.normal(0.0, 1.0, len(symbols)), added


def slopes(symbols: Sequence[str], truth: Truth) -> np.ndarray:
    """Change of each gene's log abundance from the paper's first stage to its last, (genes,)."""
    rising = np.isin(symbols, truth.late + truth.both).astype(float)
    return STAGE_EFFECT * (rising - np.isin(symbols, truth.early))
