"""Simulate a donor's binarized matrix as 10x Genomics serves it: cells, chains, antibodies, dextramers.

Numbers marked [10x] are summaries of the four published matrices; [ours] is a choice.
"""

import numpy as np
import pandas as pd

from tcr.read_donor import BINDERS, DEXTRAMERS, HEADER, LIGANDS, MARKERS
from tcr.simulate.sequences import draw
from tcr.simulate.truth import Truth

BINDER_SHARE = (0.31, 0.53, 0.73, 0.17)  # [10x] cells with a binder, donors 1 to 4
# [10x] Share of cells by their number of alpha and of beta chains; [ours] the cells with none, of which the
# published files have no example, and the rare kinds with more than three chains, which are left out.
CHAIN_COUNTS = {(0, 0): 0.004, (0, 1): 0.124, (0, 2): 0.004, (1, 0): 0.025, (2, 0): 0.002}
CHAIN_COUNTS |= {(1, 1): 0.738, (1, 2): 0.031, (2, 1): 0.062, (0, 3): 0.002, (3, 0): 0.002}
# [10x] Mean and standard deviation of log(1 + UMI) of each antibody, in the order of MARKERS.
MARKER_MEAN = (6.7, 1.15, 5.8, 1.5, 7.8, 1.5, 3.5, 3.0, 1.7, 1.2, 0.8, 0.0, 1.6, 2.0)
MARKER_SD = (0.8, 0.9, 1.65, 0.9, 0.7, 0.9, 1.6, 1.3, 0.9, 0.9, 0.8, 0.02, 1.5, 1.65)
# [ours] B cells, helper cells and monocytes that slipped in: this share of cells has one of these markers raised.
OUTLIERS, OUTLIER_SHARE, OUTLIER_FACTOR = ("CD19", "CD4", "CD14"), 0.015, 60
# [10x] calls a binder above 10 UMI and 5 times the highest negative control; [ours] the means.
BOUND_LEAST, BOUND_MEAN, LOOSE_MEAN, CONTROL_MEAN = 11, 40.0, 0.3, 0.1
WELLS = (40, 40, 12, 8)  # [10x] the number after a barcode goes up to this, donors 1 to 4
DONOR_TILT = 40.0  # [ours] concentration of a donor's ligand shares around the common ones
# [ours] One codon for each residue.
CODON = {"A": "GCC", "C": "TGC", "D": "GAC", "E": "GAG", "F": "TTC", "G": "GGC", "H": "CAC", "I": "ATC", "K": "AAG"}
CODON |= {"L": "CTG", "M": "ATG", "N": "AAC", "P": "CCC", "Q": "CAG", "R": "AGA", "S": "AGC", "T": "ACC"}
CODON |= {"V": "GTG", "W": "TGG", "Y": "TAC"}


def simulate_donor(donor: int, cells: int, truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """A table of ``cells`` rows with the 118 columns of the publisher's file; ``donor`` is 1 to 4."""
    share = rng.dirichlet(DONOR_TILT * len(LIGANDS) * np.array(list(truth.ligand_share.values())))
    ligand = np.where(rng.random(cells) < BINDER_SHARE[donor - 1], rng.choice(len(LIGANDS), cells, p=share), -1)
    proteins = _chains(ligand, truth, rng)
    table = {
        "barcode": _barcodes(cells, WELLS[donor - 1], rng),
        "donor": f"donor{donor}",
        "cell_clono_cdr3_aa": [";".join(f"{chain}:{text}" for chain, text in cell) for cell in proteins],
        "cell_clono_cdr3_nt": [
            ";".join(f"{chain}:{''.join(CODON[letter] for letter in text)}" for chain, text in cell)
            for cell in proteins
        ],
    }
    table |= dict(zip(MARKERS, _antibodies(cells, rng).T, strict=True))
    table |= dict(zip(DEXTRAMERS, _dextramers(ligand, rng).T, strict=True))
    table |= {name: ligand == number for number, name in enumerate(BINDERS)}
    return pd.DataFrame(table)[list(HEADER)]


def _chains(ligand: np.ndarray, truth: Truth, rng: np.random.Generator) -> list[list[tuple[str, str]]]:
    """The chains of each cell. The first of a kind knows the cell's ligand; a second or third is a bystander."""
    kinds = list(CHAIN_COUNTS)
    weight = np.array(list(CHAIN_COUNTS.values()))
    kind = rng.choice(len(kinds), len(ligand), p=weight / weight.sum())
    cells = [[] for _ in ligand]
    for place, chain in enumerate(("TRA", "TRB")):
        count = np.array([each[place] for each in kinds])[kind]
        for turn in range(count.max()):
            has = np.flatnonzero(count > turn)
            known = ligand[has] if turn == 0 else np.full(len(has), -1)
            for cell, text in zip(has, draw(chain, known, truth, rng), strict=True):
                cells[cell].append((chain, text))
    return cells


def _antibodies(cells: int, rng: np.random.Generator) -> np.ndarray:
    counts = np.rint(np.expm1(rng.normal(MARKER_MEAN, MARKER_SD, (cells, len(MARKERS))))).clip(min=0)
    for marker in OUTLIERS:
        raised = rng.random(cells) < OUTLIER_SHARE
        column = MARKERS.index(marker)
        counts[raised, column] = (1 + counts[raised, column]) * OUTLIER_FACTOR
    return counts


def _dextramers(ligand: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    mean = [CONTROL_MEAN if name.endswith("_NC") else LOOSE_MEAN for name in DEXTRAMERS]
    counts = rng.poisson(mean, (len(ligand), len(DEXTRAMERS))).astype(float)
    bound = np.flatnonzero(ligand >= 0)
    counts[bound, ligand[bound]] = BOUND_LEAST + rng.poisson(rng.gamma(1, BOUND_MEAN, len(bound)))
    return counts


def _barcodes(cells: int, wells: int, rng: np.random.Generator) -> list[str]:
    """Distinct barcodes: 16 bases and the number of a well."""
    bases = np.array(list("ACGT"))
    found: dict[str, None] = {}
    while len(found) < cells:
        for row, well in zip(rng.integers(4, size=(cells, 16)), rng.integers(wells, size=cells), strict=True):
            found[f"{''.join(bases[row])}-{well + 1}"] = None
    return list(found)[:cells]
