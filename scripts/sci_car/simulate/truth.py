"""The truth that the simulated sci-CAR cells are made from: types, programmes of genes, and open peaks.

Each type of cell raises the genes of one block of 25, and opens peaks of its own. The three types of proximal tubule
share a block, and two of them raise one more each, weakly. Beside this there are programmes (stress, cell cycle and
the like), blocks whose level varies more from cell to cell than anything else and has nothing to do with the type nor
with open chromatin. They hide the weak blocks from a clustering of the RNA. ATAC counts are too few to cluster, but
distances between them follow the types, of the proximal tubule above all: they say which part of the RNA is noise.

Numbers marked [data] are summaries of the published sample or of the real subset at hand (Cao et al. 2018), [paper] is
printed, [ours] is a choice. Nothing is copied from the data but these summaries.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from gene_sets.simulate import FIRST_BLOCK
from running import whole_file

# [data] Labels as published, with their blanks, and how many of all RNA cells have each; [ours] the nine most
# frequent, and which of them end with a blank.
TYPES = {
    "Proximal tubule S1/S2 cells": 2358,
    "Proximal tubule S3 cells (type 1)": 2136,
    "Proximal tubule S3 cells (type 2) ": 1009,
    "Loop of Henle cells": 1282,
    "Endothelial cells": 972,
    "Collecting  duct  principal  cells": 958,
    "Distal convoluted tubule cells": 764,
    "Renal pericytes ": 344,
    "Medullary collecting duct cells": 230,
}
TUBULE = 3  # the first three
GENES = 800  # [ours] protein-coding ones: 32 blocks of 25
# [ours] Blocks are numbered from 1: block 3 is Gene0051 to Gene0075, GO:9000003.
SUBTYPE_BLOCKS = (3, 4)  # raised in the first and in the second type of proximal tubule
TUBULE_BLOCK = 5  # raised in all three
FIRST_MARKER_BLOCK = 6  # raised in the fourth type, the next block in the fifth, and so on
PROGRAMME_BLOCKS = (20, 21, 22, 23, 24, 25)
SUBTYPE_FACTOR, MARKER_FACTOR = 3.5, 8.0  # [ours] so that a clustering of the RNA half finds the subtypes
PROGRAMME_SD = 1.1  # [ours] of the logarithm of a programme's level
PEAKS = 2500  # [ours] on standard chromosomes, artefacts aside; the sample has 251,727 [data]
OWN_PEAKS = 80  # [ours] peaks that one type alone opens
# [ours] How much more open: the paper finds ATAC strongest in telling proximal tubule cells apart (Figure 2a).
TUBULE_OPEN, OTHER_OPEN = 15.0, 4.0


@dataclass(frozen=True)
class Truth:
    """What was planted, and what a test may look for.

    ``type_share``: cleaned name -> expected share; ``subtype_terms``: cleaned name -> the gene set that it
    alone raises among the proximal tubule; ``marker_terms``: cleaned name -> the set that tells it from the
    others; ``programme_terms``: the sets that vary most and tell no types apart; ``own_peaks``: cleaned name ->
    names of the peaks that it opens.
    """

    seed: int
    type_share: dict[str, float]
    subtype_terms: dict[str, str]
    marker_terms: dict[str, str]
    programme_terms: list[str]
    own_peaks: dict[str, list[str]]

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def cleaned(name: str) -> str:
    """A label without double blanks or blanks at its ends."""
    return " ".join(name.split())


def term(block: int) -> str:
    """The gene set of a block."""
    return f"GO:{FIRST_BLOCK + block - 1}"


def marker_block(kind: int) -> int:
    """The block that tells a type (0-based) from the others."""
    return TUBULE_BLOCK if kind < TUBULE else FIRST_MARKER_BLOCK + kind - TUBULE


def plant(
    seed: int, peaks: list[str], rng: np.random.Generator, types: Mapping[str, int] = TYPES, own: int = OWN_PEAKS
) -> Truth:
    """Deal the types ``own`` peaks each, out of the names of ``peaks``; types : by name how many cells."""
    names, counts = [cleaned(name) for name in types], np.array(list(types.values()))
    dealt = rng.permutation(peaks)[: own * len(names)].reshape(len(names), own)
    return Truth(
        seed=seed,
        type_share=dict(zip(names, (counts / counts.sum()).tolist(), strict=True)),
        subtype_terms={names[kind]: term(block) for kind, block in enumerate(SUBTYPE_BLOCKS)},
        marker_terms={name: term(marker_block(kind)) for kind, name in enumerate(names)},
        programme_terms=[term(block) for block in PROGRAMME_BLOCKS],
        own_peaks={name: sorted(own.tolist()) for name, own in zip(names, dealt, strict=True)},
    )
