"""What is planted in the simulated fly brain: cell types, two programs of genes that follow age, and lines.

Numbers marked [davie] are summaries of the published metadata of 56,875 cells (Davie et al. 2018, GSE107451); [ours] is
a choice.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from running import InputError, whole_file

BLOCK = 25  # genes of a program: simulated gene sets are blocks of 25 consecutive genes
MARKERS_PER_TYPE = 15
STRANGE_SYMBOL = "nan"  # a real symbol of the published gene table, which readers of tables take for a missing value
# [ours] A name as the published annotation has them, whether it is a neuron, and the share of cells. As there, most
# cells are in clusters that have only a number.
TYPES = (
    *((str(number), True, 0.075) for number in (0, 2, 5, 7, 11, 13, 17, 20)),
    ("G-KC", True, 0.06),
    ("T4/T5", True, 0.06),
    ("Pm1/Pm2", True, 0.05),
    ("Dopaminergic", True, 0.03),
    ("Mip", True, 0.02),
    ("Ensheathing_glia", False, 0.07),
    ("Astrocyte-like", False, 0.06),
    ("Perineurial_glia", False, 0.03),
    ("Plasmatocytes", False, 0.02),
)
# [ours] Log fold changes: of a marker in its type, of the programs from the first to the last day, of the line.
MARKER_EFFECT, AGE_EFFECT, LINE_EFFECT = 0.9, 1.5, 0.7
# [ours] How far a cell's own pace is from the flies' (standard deviation on the 0..1 scale of progress).
PACE_SD = 0.2
# [davie] With this spread of log abundances over all 17,473 genes a cell of 2,562 UMI (the median) shows about 1,126
# genes (the median), and cells of other depths are within a tenth of the published numbers.
ABUNDANCE_SD = 2.25


@dataclass(frozen=True)
class Truth:
    """What was planted.

    ``early`` and ``late``: genes that fall and rise with age; ``markers``: type -> genes; ``line_genes``: higher in the
    second line; ``neurons``: types that are neurons; ``progress``: age in days -> mean progress of ageing, 0 to 1.
    """

    seed: int
    early: list[str]
    late: list[str]
    markers: dict[str, list[str]]
    line_genes: list[str]
    neurons: list[str]
    progress: dict[str, float]

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def gene_symbols(genes: int) -> list[str]:
    """Gene0001 to the last but one; the last is called "nan", as one published gene is."""
    least = 2 * BLOCK + (len(TYPES) + 2) * MARKERS_PER_TYPE + 1
    if genes < least:
        raise InputError("simulate.fly_brain.genes", f"{genes} genes cannot hold what is planted", f"give {least}")
    return [f"Gene{i:04d}" for i in range(1, genes)] + [STRANGE_SYMBOL]


def plant(seed: int, symbols: Sequence[str], ages: Sequence[int]) -> Truth:
    """Deal genes to programs, types and line: consecutive, from the first gene on."""
    start = 2 * BLOCK
    markers = {}
    for name, _, _ in TYPES:
        markers[name] = list(symbols[start : start + MARKERS_PER_TYPE])
        start += MARKERS_PER_TYPE
    return Truth(
        seed=seed,
        early=list(symbols[:BLOCK]),
        late=list(symbols[BLOCK : 2 * BLOCK]),
        markers=markers,
        line_genes=list(symbols[start : start + MARKERS_PER_TYPE]),
        neurons=[name for name, is_neuron, _ in TYPES if is_neuron],
        progress={str(age): float(np.log1p(age) / np.log1p(max(ages))) for age in ages},
    )


def abundances(symbols: Sequence[str], truth: Truth, rng: np.random.Generator) -> np.ndarray:
    """Relative abundance of each gene before any effect, (genes,), sum 1; planted genes are among the upper fifth."""
    level = np.sort(rng.lognormal(0.0, ABUNDANCE_SD, len(symbols)))
    planted = set(truth.early + truth.late + truth.line_genes).union(*truth.markers.values())
    is_planted = np.array([symbol in planted for symbol in symbols])
    upper = np.arange(int(0.8 * len(level)), len(level) - 5)  # not the five largest, which would hold a third of all
    # several planted genes share a level where the upper fifth is smaller than their number
    chosen = rng.choice(upper, is_planted.sum(), replace=is_planted.sum() > len(upper))
    left = rng.permutation(np.setdiff1d(np.arange(len(level)), chosen))
    found = np.empty(len(level))
    found[is_planted] = level[chosen]
    found[~is_planted] = level[left[: (~is_planted).sum()]]
    return found / found.sum()
