"""The truth that the simulated T cells and motifs are made from: which locations and residues depend on the ligand.

At location i of a chain, a cell shows its ligand's preferred residue with probability ``specificity[i]``, and
otherwise a letter of the repertoire, which does not depend on the ligand. A ligand's preferred residues are
dealt so that the residues' shares, over all ligands, follow ``residue_preference``: a residue that is often
preferred says much about the ligand where it is seen.

Numbers marked [10x] are summaries of the four published matrices (10x Genomics, CD8+ T cells), [VDJdb] of the
release of May 2020 (Shugay et al. 2018), [ours] is a choice. Nothing is copied from either but these
summaries.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from running import whole_file
from tcr.read_donor import LIGANDS

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
LOCATIONS = 20  # the paper's: longer sequences are cut, and those of both sources are rarely longer
# [VDJdb] The mean I.norm of human motifs by location (alpha peaks at location 4, beta at 5 to 8, both fall to 0
# behind), stretched to at most 0.46 and 0.84 and pulled apart where neighbours were too close to be ranked. [ours]
# Location 1 is 0: it is always C. Alpha is weaker than beta, as in the paper's figure.
SPECIFICITY = {
    "TRA": (0, 0.05, 0.30, 0.46, 0.38, 0.22, 0.13, 0.08, 0.04, 0.02) + (0,) * 10,
    "TRB": (0, 0.05, 0.10, 0.20, 0.76, 0.84, 0.70, 0.60, 0.48, 0.34, 0.20, 0.10) + (0,) * 8,
}
# [ours] From the residue that says most to the one that says least, in an arbitrary order; C, which hardly occurs
# inside CDR3, is last. The shares fall by exp(4) over the list, so that 44 ligands are enough to show the order.
PREFERENCE_ORDER = "GRSLDQPTNEYAVWFIHMKC"
PREFERENCE_FALL = 4.0
# [10x] Share of each letter within CDR3, rounded; C (the start) and F (the end) are taken out of it.
REPERTOIRE = {"A": 0.10, "C": 0.01, "D": 0.05, "E": 0.06, "F": 0.04, "G": 0.14, "H": 0.01, "I": 0.03, "K": 0.03}
REPERTOIRE |= {"L": 0.07, "M": 0.02, "N": 0.05, "P": 0.03, "Q": 0.06, "R": 0.05, "S": 0.11, "T": 0.08}
REPERTOIRE |= {"V": 0.04, "W": 0.01, "Y": 0.06}
# [10x] The letter that most sequences share at the first locations (0-based), and its share: CA., CASS.
CONSENSUS = {
    "TRA": {0: ("C", 0.999), 1: ("A", 0.88)},
    "TRB": {0: ("C", 0.999), 1: ("A", 0.89), 2: ("S", 0.83), 3: ("S", 0.76)},
}
# [ours] Ligand shares fall with the square root of the rank. The published ones fall much faster (five ligands
# hold 95 % of the binders), which would leave too few ligands to show a planted order with a few thousand cells.
LIGAND_FALL = 0.5


@dataclass(frozen=True)
class Truth:
    """What was planted. Locations are 1-based in words and 0-based in these lists of 20.

    ``specificity``: chain -> 20 probabilities; ``residue_preference``: residue -> share of the ligands'
    preferred residues (sum 1); ``preferred``: chain -> ligand -> 20 letters; ``ligand_share``: ligand ->
    expected share.
    """

    seed: int
    specificity: dict[str, list[float]]
    residue_preference: dict[str, float]
    preferred: dict[str, dict[str, str]]
    ligand_share: dict[str, float]

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def plant(seed: int, rng: np.random.Generator) -> Truth:
    """Deal each ligand its preferred residues, and each its share of the cells."""
    fall = np.exp(-PREFERENCE_FALL * np.linspace(0, 1, len(PREFERENCE_ORDER)))
    preference = dict(zip(PREFERENCE_ORDER, (fall / fall.sum()).tolist(), strict=True))
    rank = rng.permutation(len(LIGANDS)) + 1
    share = rank**-LIGAND_FALL / (rank**-LIGAND_FALL).sum()
    preferred = {}
    for chain in SPECIFICITY:
        letters = np.array([_deal(share, preference, rng) for _ in range(LOCATIONS)])
        preferred[chain] = {ligand: "".join(letters[:, k]) for k, ligand in enumerate(LIGANDS)}
    return Truth(
        seed=seed,
        specificity={chain: list(map(float, values)) for chain, values in SPECIFICITY.items()},
        residue_preference=preference,
        preferred=preferred,
        ligand_share=dict(zip(LIGANDS, share.tolist(), strict=True)),
    )


def _deal(share: np.ndarray, preference: dict[str, float], rng: np.random.Generator) -> np.ndarray:
    """Give each ligand a letter, so that the ligands' shares by letter follow ``preference``; (ligands,) of str.

    Both are laid end to end in random order along [0, 1]; a ligand takes the letter that lies at its middle.
    With independent draws the few large ligands would blur the planted order.
    """
    letters = rng.permutation(list(preference))
    ends = np.cumsum([preference[letter] for letter in letters])
    order = rng.permutation(len(share))
    middle = np.cumsum(share[order]) - share[order] / 2
    dealt = np.empty(len(share), dtype="<U1")
    dealt[order] = letters[np.searchsorted(ends, middle).clip(max=len(letters) - 1)]
    return dealt
