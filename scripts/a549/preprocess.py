"""From the files of sci-CAR of A549 to genes: accessible peaks near each as features, and its expression over cells.

Source: Cao et al. 2018, GEO GSE117089 (GSM3271040, GSM3271041). Steps are those of the authors' script: genes seen in
some cells, peaks in some, cells with some genes; log2 of 1 + counts per million; features over their spread.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import scanpy as sc
from anndata import AnnData
from scipy.sparse import csr_matrix, diags

from a549.kernels import kernel_table, summed
from a549.places import (
    PAST_THE_END,
    assert_of_build,
    at_starts,
    domains_of,
    on,
    pairs_near,
    placed,
    prefixed,
    read_tads,
    read_tss,
)
from formats.kinds import LABEL, NAME, WHOLE
from formats.matrix_market import read_counts
from formats.published import write_scope
from formats.sci_car import PEAKS, in_both, read_cells, read_genes
from formats.tables import read_published
from running import InputError, step, whole_file, write_table

FILES = ("rna_cells", "genes", "rna_counts", "atac_cells", "peaks", "atac_counts", "tss", "tss_of_tads", "tads")


def preprocess(
    files: Mapping[str, Path | str], settings: Mapping, published: Mapping[str, Mapping] | None = None
) -> tuple[AnnData, pd.DataFrame, pd.DataFrame]:
    """Read the files (FILES, and ``library_sizes`` if given); settings : a549 of the config.

    Returns the genes: X, the features over their standard deviation (genes, kernels); ``obsm["expression"]``, log2 of
    1 + counts per million (genes, cells); obs with ``symbol``, ``chrom``, ``tss``, ``strand``, ``variability`` (of
    highly variable genes, 1 the most) and ``quartile``; var, the kernels. Then all genes of the places of transcription
    that lie in a domain: ``gene``, ``chrom``, ``tad``, ``quartile`` (missing for genes that were not measured). And
    the summary: ``quantity``, ``value``. Raises InputError, one line, for files that do not fit, or leave nothing.
    """
    known, builds, keep = published or {}, settings["builds"], settings["filter"]
    rna_cells = read_cells(files["rna_cells"], {"cell_name": LABEL}, known.get("rna_cells"))
    atac_cells = read_cells(files["atac_cells"], {"group": LABEL}, known.get("atac_cells"))
    genes = read_genes(files["genes"], known.get("genes"))
    peaks = read_peaks(files["peaks"], builds["peaks"], known.get("peaks"))
    tss = read_tss(files["tss"], builds["peaks"], known.get("tss"))
    tads = read_tads(files["tads"], builds["tads"], known.get("tads"))
    other = tss
    if builds["tads"] != builds["peaks"]:
        other = read_tss(files["tss_of_tads"], builds["tads"], known.get("tss_of_tads"))

    of_line = rna_cells[_begins(rna_cells["cell_name"], keep["cell_line"], files["rna_cells"])]
    of_group = atac_cells[_begins(atac_cells["group"], keep["cell_line"], files["atac_cells"])]
    joint = in_both(of_line.reset_index(), of_group.reset_index(), f"{files['rna_cells']}, {files['atac_cells']}")
    in_rna, in_atac = joint["index"].to_numpy(), of_group.index.to_numpy()[joint["in_atac"]]
    rna = read_counts(files["rna_counts"], shape=(len(genes), len(rna_cells)))[in_rna]
    atac = read_counts(files["atac_counts"], shape=(len(peaks), len(atac_cells)))[in_atac]

    seen = {
        "genes": rna.getnnz(axis=0) >= keep["min_cells"]["genes"],
        "peaks": atac.getnnz(axis=0) >= keep["min_cells"]["peaks"],
    }
    seen["peaks"] &= on(keep["chromosomes"], peaks)
    rich = rna[:, seen["genes"]].getnnz(axis=1) >= keep["min_genes"]
    for kind, kept in (*seen.items(), ("cells", rich)):
        if not kept.any():
            raise InputError("a549.filter", f"leaves none of {len(kept)} {kind}", "lower its numbers")
    sizes = library_sizes(files.get("library_sizes"), joint["sample"], rna, atac, known.get("library_sizes"))
    expression = per_million(rna[rich][:, seen["genes"]], sizes["rna_total"][rich])
    accessibility = np.asarray(
        per_million(atac[rich][:, seen["peaks"]], sizes["atac_total"][rich]).mean(axis=0)
    ).ravel()

    genes, peaks = genes[seen["genes"]].reset_index(drop=True), peaks[seen["peaks"]].reset_index(drop=True)
    places = placed(genes, tss, f"{files['genes']}, {files['tss']}")
    here = on(keep["chromosomes"], places)
    if here.sum() < settings["quartiles"] * 10:
        problem = f"{here.sum()} genes with a start of transcription on these chromosomes"
        raise InputError("a549.filter", problem, f"a549.quartiles needs {settings['quartiles'] * 10}")
    obs = pd.concat([genes, places], axis=1)[here].set_index("gene_id")
    obs["tss"] = obs["tss"].astype("int64")
    expression = csr_matrix(expression[:, here].T)
    obs["variability"] = variability(expression)
    obs["quartile"] = 1 + (obs["variability"] - 1) * settings["quartiles"] // len(obs)

    kernels = kernel_table(settings["windows"], settings["scales"]).set_index("name")
    reach = int(max(settings["windows"]["upstream"][-1], settings["windows"]["downstream"][-1]))
    features, near = np.zeros((len(obs), len(kernels))), 0
    for chrom in obs["chrom"].unique():  # not all pairs at once
        rows, columns = np.flatnonzero(obs["chrom"] == chrom), np.flatnonzero(peaks["chrom"] == chrom)
        pairs = pairs_near(obs.iloc[rows], peaks.iloc[columns], reach)
        features[rows] = summed(kernels, pairs, accessibility[columns], len(rows))
        near += len(pairs)
    spread = features.std(axis=0)
    table = AnnData(features / np.where(spread > 0, spread, 1), obs=obs, var=kernels, obsm={"expression": expression})

    inside = domains_of(other[on(keep["chromosomes"], other)], tads)
    where = placed(obs.reset_index(), other, str(files["genes"]))["place"].to_numpy()
    quartile = pd.Series(obs["quartile"].to_numpy(), index=where)
    inside["chrom"] = inside["gene"].map(other["chrom"])
    inside["quartile"] = inside["gene"].map(quartile[~quartile.index.duplicated()])
    at, shifted = at_starts(tss, peaks)
    summary = {
        "cells": rich.sum(),
        "genes_in_file": len(seen["genes"]),
        "genes_seen": len(genes),
        "genes_with_tss": len(obs),
        "peaks": len(peaks),
        "pairs_of_gene_and_peak": near,
        "peaks_at_tss": at,
        "peaks_at_shifted_tss": shifted,
        "tads": len(tads),
        "genes_in_tads": inside.loc[inside["quartile"].notna(), "gene"].nunique(),
        "all_genes_in_tads": inside["gene"].nunique(),
    }
    rows = [(name, float(number)) for name, number in summary.items()]
    return table, inside, pd.DataFrame(rows, columns=["quantity", "value"])


def read_peaks(path: Path | str, build: str, published: Mapping | None = None) -> pd.DataFrame:
    """The peaks in the order of the matrix: ``peak``, ``chrom``, ``start``, ``end``; those elsewhere than in ``build``
    on a chromosome are refused, those on other contigs kept."""
    table = read_published(path, PEAKS, published=published)
    table.once("peak", "peak")
    table.refuse(table.frame["start"] > table.frame["end"], "peak {peak!r} ends before it starts")
    chrom = prefixed(table.frame["chr"])
    assert_of_build(table, chrom, table.frame["end"], build, PAST_THE_END)
    return table.frame.assign(chrom=chrom).drop(columns="chr")


def library_sizes(
    path: Path | str | None, samples: pd.Series, rna: csr_matrix, atac: csr_matrix, published: Mapping | None = None
) -> pd.DataFrame:
    """All counts of each cell, ``rna_total`` and ``atac_total``: of the file, if the matrices hold a part of the genes
    or peaks alone, or of the matrices. InputError for a cell that the file lacks, or with less than the matrix has."""
    own = {name: np.asarray(counts.sum(axis=1)).ravel() for name, counts in (("rna_total", rna), ("atac_total", atac))}
    if not path:
        return pd.DataFrame(own)
    table = read_published(path, {"sample": NAME, "rna_total": WHOLE, "atac_total": WHOLE}, published=published)
    table.once("sample", "cell")
    found = table.frame.set_index("sample").reindex(samples)
    if found["rna_total"].isna().any():
        absent = samples.to_numpy()[found["rna_total"].isna().to_numpy().argmax()]
        raise InputError(path, f"cell {absent!r} is missing", "give the sizes of all cells, or no file of sizes")
    for name, least in own.items():
        if (found[name].to_numpy() < least).any():
            cell = samples.to_numpy()[(found[name].to_numpy() < least).argmax()]
            raise InputError(path, f"{name} of cell {cell!r} is below its counts in the matrix", "give whole sizes")
    return found.reset_index(drop=True)


def per_million(counts: csr_matrix, totals: pd.Series) -> csr_matrix:
    """log2 of 1 + counts per million of ``totals``; a cell without any stays 0."""
    scaled = csr_matrix(diags(1e6 / np.maximum(totals.to_numpy(dtype=float), 1)) @ counts)
    scaled.data = np.log2(1 + scaled.data)
    return scaled


def variability(expression: csr_matrix) -> np.ndarray:
    """The rank of each gene (row) by scanpy's normalised dispersion, from 1, the most variable; (n,) int."""
    cells = AnnData(csr_matrix(expression.T), uns={"log1p": {"base": 2}})
    sc.pp.highly_variable_genes(cells, flavor="seurat")
    dispersion = cells.var["dispersions_norm"].fillna(-np.inf)
    return dispersion.rank(ascending=False, method="first").astype(int).to_numpy()


def _begins(names: pd.Series, line: str, path: Path | str) -> np.ndarray:
    chosen = names.fillna("").str.startswith(line).to_numpy()
    if not chosen.any():
        found = ", ".join(map(repr, names.dropna().unique()[:5]))
        raise InputError(path, f"no cell is of {line!r}, but of {found}", "change a549.filter.cell_line")
    return chosen


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        files = {name: snakemake.input[name] for name in (*FILES, "library_sizes") if snakemake.input.get(name)}
        genes, inside, summary = preprocess(files, params.settings, params.published)
        log.info("%s", genes)
        with whole_file(outputs.genes) as part:
            genes.write_h5ad(part, compression="gzip")
        write_table(genes.obs.rename_axis("gene").reset_index(), outputs.table)
        write_table(inside, outputs.places)
        write_table(summary, outputs.summary, digits=10)
        write_scope(outputs.scope)
