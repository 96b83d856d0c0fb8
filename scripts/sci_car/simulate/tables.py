"""The tables beside the counts of a simulated sci-CAR sample: cells, genes, peaks, as GEO serves them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gene_sets.simulate import gene_names
from sci_car.simulate.truth import GENES, PEAKS, TYPES

OTHERS = 100  # [ours] genes that are not protein-coding
OTHER_TYPES = ("lincRNA", "processed_pseudogene", "antisense")
TWICE = ("Gene0030", "Gene0440")  # [ours] symbols with two genes
UNLABELLED = 3166 / 13_893  # [data] share of RNA cells
CHROMOSOMES = [f"chr{name}" for name in (*range(1, 20), "X", "Y")]
UNPLACED = ("chrUn-GL456394", "chrUn-GL456381", "chr4-GL456216-random")  # [data] names of pieces
UNPLACED_PEAKS = 12  # [ours]
ARTEFACTS = (("chr2", 98_662_037, 98_662_942), ("chr2", 98_666_206, 98_667_501))  # [data]
LENGTH = 90_000_000  # [ours] peaks lie on the first 90 Mb of each chromosome, which even the shortest has
PEAK_WIDTHS = (200, 900)  # [data] most are as wide


def gene_table(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """The genes in a mixed order, and which column of the counts each row shows.

    Columns of the counts: protein-coding Gene0001 to Gene0800, the others Gene0801 on. A symbol of TWICE has
    two rows; the second shows the counts of another gene that no other row shows (the last of the others).
    """
    names = gene_names(GENES + OTHERS)
    symbols = names[: -len(TWICE)] + list(TWICE)
    types = ["protein_coding"] * GENES + rng.choice(OTHER_TYPES, OTHERS).tolist()
    types[-len(TWICE) :] = ["protein_coding"] * len(TWICE)
    versions = rng.integers(1, 15, len(symbols))
    identifiers = [f"ENSMUSG{number:011d}.{version}" for number, version in enumerate(versions, start=1)]
    table = pd.DataFrame({"gene_id": identifiers, "gene_type": types, "gene_short_name": symbols})
    order = rng.permutation(len(table))
    return table.iloc[order].reset_index(drop=True), order


def peak_names(rng: np.random.Generator) -> pd.DataFrame:
    """All peaks, first those that may differ between types, then unplaced ones, then the artefacts: chr, start, end."""
    places: dict[tuple[str, int], None] = {}
    while len(places) < PEAKS + UNPLACED_PEAKS:
        chromosomes = CHROMOSOMES if len(places) < PEAKS else UNPLACED
        places[str(rng.choice(chromosomes)), int(rng.integers(1, LENGTH))] = None
    rows = [(name, start, start + int(rng.integers(*PEAK_WIDTHS))) for name, start in places]
    table = pd.DataFrame([*rows, *ARTEFACTS], columns=["chr", "start", "end"])
    table.insert(0, "peak", table["chr"] + "_" + table["start"].astype(str) + "_" + table["end"].astype(str))
    return table


def rna_cell_table(
    samples: np.ndarray, kinds: np.ndarray, rng: np.random.Generator, types: Mapping[str, int] = TYPES
) -> pd.DataFrame:
    """The cells with RNA; a share of them has no label, and no place in the published t-SNE."""
    angle = 2 * np.pi * kinds / len(types)
    place = 20 * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 2, (len(kinds), 2))
    table = pd.DataFrame(
        {
            "sample": samples,
            "source": "Mouse",
            "replicate": rng.choice(["Mouse_1", "Mouse_2"], len(kinds)),
            "experiment": "coassay",
            "tsne_1": place[:, 0].round(4),
            "tsne_2": place[:, 1].round(4),
            "cell_name": np.array(list(types))[kinds],
        }
    )
    table.loc[rng.random(len(kinds)) < UNLABELLED, ["tsne_1", "tsne_2", "cell_name"]] = np.nan
    return table


def sample_names(count: int, rng: np.random.Generator) -> np.ndarray:
    """Distinct names like coRNA-RNA-plate3-014.ACGCTTCTCT."""
    bases = np.array(list("ACGT"))
    found: dict[str, None] = {}
    while len(found) < count:
        barcode = "".join(bases[rng.integers(4, size=10)])
        found[f"coRNA-RNA-plate{rng.integers(1, 9)}-{rng.integers(1, 97):03d}.{barcode}"] = None
    return np.array(list(found))
