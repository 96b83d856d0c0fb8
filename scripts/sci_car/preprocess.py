"""Join the RNA and the ATAC counts of the same cells (paper: Methods, sci-CAR; Cao et al. 2018, GEO GSE117089).

Cells in both tables are kept, labelled or not: those without a label are clustered too, and left out of scores. Genes
are protein-coding ones, one for each symbol; peaks are those on standard chromosomes without known artefacts; both
must be seen in some of the joint cells. Counts stay raw: how they are normalised is the methods' choice.
"""

from collections.abc import Mapping
from pathlib import Path

import mudata
import numpy as np
import pandas as pd

from formats.matrix_market import read_counts
from formats.published import write_scope
from formats.sci_car import in_both, read_atac_cells, read_genes, read_peaks, read_rna_cells
from running import InputError, step, whole_file, write_table
from sci_car.cells import is_proximal_tubule, together, window_counts, write_cells
from sci_car.features import by_symbol, genes_of_types, on_chromosomes, overlapping, seen_in

FILES = ("rna_cells", "genes", "rna_counts", "atac_cells", "peaks", "atac_counts")


def preprocess(
    files: Mapping[str, Path | str], settings: Mapping, published: Mapping[str, Mapping] | None = None
) -> tuple[mudata.MuData, pd.DataFrame]:
    """Read the six files of a sample (FILES), and choose cells, genes and peaks.

    settings : ``gene_types``, ``chromosomes``, ``artefacts``, ``min_cells`` (of ``genes`` and ``peaks``), and
    ``windows``, which are only counted (see ``sci_car.cells.window_counts``)
    published : what the registry says of the files, see ``formats.published``

    Returns the cells (see ``sci_car.cells``), in the order of the RNA table, and the summary: ``quantity``,
    ``value``. Raises InputError, one line, for files that do not fit each other or leave nothing.
    """
    readers = {"rna_cells": read_rna_cells, "atac_cells": read_atac_cells, "genes": read_genes, "peaks": read_peaks}
    tables = [read(files[name], (published or {}).get(name)) for name, read in readers.items()]
    rna_cells, atac_cells, genes, peaks = tables
    joint = joint_cells(rna_cells, atac_cells, f"{files['rna_cells']}, {files['atac_cells']}")
    rna = read_counts(files["rna_counts"], shape=(len(genes), len(rna_cells)))[joint["in_rna"]]
    atac = read_counts(files["atac_counts"], shape=(len(peaks), len(atac_cells)))[joint["in_atac"]]

    coding = genes_of_types(genes, settings["gene_types"])
    rna, coding_genes = by_symbol(rna[:, coding], genes[coding])
    standard = on_chromosomes(peaks, settings["chromosomes"])
    artefact = standard & overlapping(peaks, settings["artefacts"])
    artefact_share = float(atac[:, artefact].sum() / max(atac.sum(), 1))
    atac, good_peaks = atac[:, standard & ~artefact], peaks[standard & ~artefact].set_index("peak")

    seen_genes = seen_in(rna, settings["min_cells"]["genes"])
    seen_peaks = seen_in(atac, settings["min_cells"]["peaks"])
    for kind, seen in (("genes", seen_genes), ("peaks", seen_peaks)):
        if not seen.any():
            problem = f"none of {len(seen)} {kind} is seen in {settings['min_cells'][kind]} of {len(joint)} cells"
            raise InputError("the filter of features", problem, f"lower sci_car.filter.min_cells.{kind}")
    obs = joint.set_index("sample")[["cell_type", "tsne_1", "tsne_2"]]
    cells = together(rna[:, seen_genes], coding_genes[seen_genes], atac[:, seen_peaks], good_peaks[seen_peaks], obs)
    counts = {
        "cells_in_rna": len(rna_cells),
        "cells_in_atac": len(atac_cells),
        "genes_in_file": len(genes),
        "genes_of_types": coding.sum(),
        "gene_symbols": len(coding_genes),
        "peaks_in_file": len(peaks),
        "peaks_on_chromosomes": standard.sum(),
        "peaks_artefacts": artefact.sum(),
        "atac_count_share_of_artefacts": artefact_share,
    }
    return cells, summarise(cells, settings["windows"], counts)


def joint_cells(rna_cells: pd.DataFrame, atac_cells: pd.DataFrame, files: str) -> pd.DataFrame:
    """The cells of both tables in the order of the RNA table, with their row in each: ``in_rna``, ``in_atac``."""
    joint = in_both(rna_cells, atac_cells, files)
    if joint["cell_type"].isna().all():
        problem = f"none of the {len(joint)} cells in both tables has a label (column 'cell_name')"
        raise InputError(files, problem, "use the published files, or fill the column")
    joint["cell_type"] = joint["cell_type"].cat.remove_unused_categories()
    return joint


def summarise(cells: mudata.MuData, windows: Mapping[str, int], before: Mapping[str, float]) -> pd.DataFrame:
    """Rows ``quantity``, ``value``: those of ``before``, and of the cells that were kept.

    cells_joint, cells_labelled, cells_proximal and cells_next_type (proximal tubule, and the most frequent other type),
    cell_types; genes, peaks (kept); windows (of peaks); rna_counts_per_cell (mean and median),
    genes_per_cell, peaks_per_cell (means of how many are not 0), peak_share_per_cell (the mean share of
    peaks that are not 0: the paper's 0.28 %), cells_without_peaks.
    """
    rna, atac = cells["rna"].X, cells["atac"].X
    depth = np.asarray(rna.sum(axis=1)).ravel()
    peaks_per_cell = atac.getnnz(axis=1)
    types = cells.obs["cell_type"]
    proximal = is_proximal_tubule(types)
    after = {
        "cells_joint": cells.n_obs,
        "cells_labelled": types.notna().sum(),
        "cells_proximal": proximal.sum(),
        "cells_next_type": types[~proximal].value_counts().max(),
        "cell_types": types.nunique(),
        "genes": rna.shape[1],
        "peaks": atac.shape[1],
        "windows": len(window_counts(atac, cells["atac"].var, **windows)[1]),
        "rna_counts_per_cell": depth.mean(),
        "rna_counts_per_cell_median": np.median(depth),
        "genes_per_cell": rna.getnnz(axis=1).mean(),
        "peaks_per_cell": peaks_per_cell.mean(),
        "peak_share_per_cell": peaks_per_cell.mean() / atac.shape[1],
        "cells_without_peaks": (peaks_per_cell == 0).sum(),
    }
    rows = [(name, float(value)) for name, value in {**before, **after}.items()]
    return pd.DataFrame(rows, columns=["quantity", "value"])


if __name__ == "__main__":
    with step(snakemake) as log:
        params, files = snakemake.params, {name: snakemake.input[name] for name in FILES}
        cells, summary = preprocess(files, params.settings, params.published)
        log.info("%s", cells)
        with whole_file(snakemake.output.cells) as part:
            write_cells(cells, part)
        write_table(summary, snakemake.output.summary, digits=10)
        write_scope(snakemake.output.scope)
