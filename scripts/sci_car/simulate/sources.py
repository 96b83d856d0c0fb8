"""Write a small sci-CAR sample with a planted truth, in GEO's own formats: the demo of Figure 2.

``sci_car/`` holds the six files of a sample, with what a reader must see through: cells in one table only, cells
without a label, labels with double and trailing blanks, genes that are not protein-coding, two genes of one symbol,
peaks on unplaced pieces, and two artefacts with most of the counts. ``truth.json`` says what was planted
(``sci_car_truth``).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from formats.sci_car import write_file
from running import InputError, step
from sci_car.simulate.counts import atac_counts, rna_counts
from sci_car.simulate.tables import OTHERS, gene_table, peak_names, rna_cell_table, sample_names
from sci_car.simulate.truth import PEAKS, TYPES, Truth, plant

CELLS = 700
# [data] 13,893 cells have RNA, 13,395 ATAC, 11,296 both
RNA_ONLY, ATAC_ONLY = 13_893 / 11_296 - 1, 13_395 / 11_296 - 1
RNA, ATAC = "GSM3271044_RNA_mouse_kidney_", "GSM3271045_ATAC_mouse_kidney_"


def simulate(folder: Path | str, seed: int, cells: int = CELLS) -> Truth:
    """Write the files below ``folder`` and return what was planted; equal arguments give equal bytes.

    ``cells`` : how many are in both tables; each table has a fifth more of its own.
    """
    out = Path(folder) / "sci_car"
    rng = np.random.default_rng([seed, 2])
    peaks = peak_names(rng)
    truth = plant(seed, peaks["peak"][:PEAKS].tolist(), rng)
    truth.write(out / "truth.json")
    extra = [round(cells * share) for share in (RNA_ONLY, ATAC_ONLY)]
    kinds = rng.choice(len(TYPES), cells + sum(extra), p=list(truth.type_share.values()))
    samples = sample_names(len(kinds), rng)
    in_rna = rng.permutation(cells + extra[0])
    in_atac = rng.permutation(np.r_[:cells, cells + extra[0] : len(kinds)])

    genes, gene_order = gene_table(rng)
    write_file(out / f"{RNA}cell.txt.gz", rna_cell_table(samples[in_rna], kinds[in_rna], rng))
    write_file(out / f"{RNA}gene.txt.gz", genes)
    write_file(out / f"{RNA}gene_count.txt.gz", rna_counts(kinds[in_rna], OTHERS, rng)[:, gene_order])

    peak_order = rng.permutation(len(peaks))
    counts = atac_counts(kinds[in_atac], peaks["peak"][:-2], truth, rng)
    peaks = peaks.iloc[peak_order].reset_index(drop=True)
    peaks.insert(0, "id", np.arange(1, len(peaks) + 1))
    replicates = rng.choice(["Mouse_1", "Mouse_2"], len(in_atac))
    write_file(out / f"{ATAC}cell.txt.gz", pd.DataFrame({"sample": samples[in_atac], "replicate": replicates}))
    write_file(out / f"{ATAC}peak.txt.gz", peaks)
    write_file(out / f"{ATAC}peak_count.txt.gz", counts[:, peak_order])
    return truth


if __name__ == "__main__":
    with step(snakemake):
        params, outputs = snakemake.params, [Path(path) for path in snakemake.output]
        folder = outputs[0].parents[1]  # the files lie in the folder of their data set
        simulate(folder, params.seed, params.cells)
        missing = [str(path) for path in outputs if not path.exists()]
        if missing:
            raise InputError(folder, f"the simulator does not write {missing}", "mend the rule's outputs or params")
