"""Draw CDR3 sequences from the planted truth: of cells, and of the members of a VDJdb motif."""

import numpy as np

from tcr.read_donor import LIGANDS
from tcr.simulate.truth import AMINO_ACIDS, CONSENSUS, LOCATIONS, REPERTOIRE, Truth

LETTERS = np.array(list(AMINO_ACIDS))
# Mean, standard deviation, least and most residues of a sequence. Summary of the 10x matrices: means 13.5 and
# 14.5, deviations 1.95 and 1.73; the ends are our choice and keep the planted locations inside.
CELL_LENGTH = {"TRA": (13.5, 1.95, 10, 26), "TRB": (14.5, 1.73, 11, 26)}
END = "F"  # 94 % of alpha and 99.6 % of beta sequences in the 10x matrices


def lengths(spread: tuple[float, float, int, int], size: int, rng: np.random.Generator) -> np.ndarray:
    """(size,) int, normal with the mean and deviation of ``spread``, rounded and kept between its ends."""
    mean, deviation, least, most = spread
    return np.clip(np.rint(rng.normal(mean, deviation, size)), least, most).astype(int)


def repertoire(chain: str) -> np.ndarray:
    """(20 locations, 20 letters): how often a sequence that knows no ligand has each letter."""
    table = np.tile([REPERTOIRE[letter] for letter in AMINO_ACIDS], (LOCATIONS, 1))
    table /= table.sum(axis=1, keepdims=True)
    for location, (letter, share) in CONSENSUS[chain].items():
        table[location] *= 1 - share
        table[location, AMINO_ACIDS.index(letter)] += share
    return table


def pick(table: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, locations) of letters: each column drawn from its row of ``table`` (locations, 20)."""
    ends = np.cumsum(table, axis=1)
    chosen = (rng.random((size, len(table), 1)) > ends).sum(axis=2)
    return LETTERS[chosen.clip(max=len(LETTERS) - 1)]


def infuse(letters: np.ndarray, ligand: np.ndarray, chain: str, truth: Truth, rng: np.random.Generator) -> np.ndarray:
    """Replace letters (n, 20) by those that the ligands (n,) prefer, with the planted probabilities.

    ``ligand`` is an index into LIGANDS; -1 is a cell without a ligand and stays as it is.
    """
    preferred = np.array([truth.preferred[chain][name] for name in LIGANDS]).view("<U1").reshape(-1, LOCATIONS)
    chosen = rng.random(letters.shape) < np.array(truth.specificity[chain])
    return np.where(chosen & (ligand >= 0)[:, None], preferred[ligand], letters)


def draw(chain: str, ligand: np.ndarray, truth: Truth, rng: np.random.Generator) -> list[str]:
    """One sequence of ``chain`` per entry of ``ligand`` (n,), as text; a sequence beyond 20 is filled from there."""
    long = CELL_LENGTH[chain][3]
    table = repertoire(chain)
    head = infuse(pick(table, len(ligand), rng), ligand, chain, truth, rng)
    tail = pick(np.tile(table[-1], (long - LOCATIONS, 1)), len(ligand), rng)
    text = ["".join(row) for row in np.concatenate([head, tail], axis=1)]
    size = lengths(CELL_LENGTH[chain], len(ligand), rng)
    return [row[: stop - 1] + END for row, stop in zip(text, size, strict=True)]
