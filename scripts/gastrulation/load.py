"""Read the cells that are analysed out of the atlas' archive, which is streamed, and normalise them.

The published matrix has 139,331 cells and some 5e8 entries, which would not fit into the memory that a step may have;
so the table of cells is read first, and of the matrix only the columns that it says.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy.sparse import csr_matrix
from sklearn.utils.sparsefuncs import mean_variance_axis

from baselines.normalise import as_log
from formats.archive import Archive, opened_archive
from formats.kinds import FILLED, FLAG, LABEL, NAME, TEXT
from formats.matrix_market import read_counts
from formats.published import check_shape, of_member, write_scope
from formats.tables import Table, read_published
from gastrulation.candidates import candidates, in_order
from gastrulation.filters import FILTERS
from running import InputError, step, whole_file, write_table

MATRIX, TABLES = "raw_counts.mtx", ("meta.tab", "meta.csv")  # the table has either name
META = {"cell": NAME, "sample": NAME, "stage": NAME, "doublet": FLAG, "stripped": FLAG, "celltype": LABEL}
AS_SERVED = "give atlas_data.tar.gz as the atlas' authors serve it"
LEAST = 10  # cells of a sample


def read_archive(
    archive: Path | str, samples: Mapping[str, Sequence], chosen: str, published: Mapping | None = None
) -> tuple[AnnData, pd.DataFrame]:
    """Counts (n, genes) CSR of the cells of ``samples`` (two by stage) that the filter ``chosen`` keeps; candidates.

    obs: index cell; stage, age (days), sample, replicate (0 or 1, its place among the stage's), celltype. var: index
    identifier; symbol. The second is the table of ``gastrulation.candidates``.

    Raises InputError for an archive that is damaged or lacks a member, for tables whose length is not the matrix's,
    for cells or genes that come twice, and for stages and samples that are not in it.
    """
    with opened_archive(archive) as opened:
        genes = _table(opened, "genes.tsv", {"identifier": FILLED, "symbol": TEXT}, ("identifier", "symbol"))
        genes.once("identifier", "gene", remedy=AS_SERVED)
        barcodes = _table(opened, "barcodes.tsv", {"barcode": FILLED}, ("barcode",))
        meta = _read_meta(opened, barcodes.frame["barcode"])
        check_samples(meta, samples)
        found = candidates(meta.frame, samples, chosen)
        obs = choose(meta, samples, chosen)
        shape = len(genes.frame), len(barcodes.frame)
        kept = np.zeros(len(barcodes.frame), dtype=bool)
        kept[obs.index] = True
        with opened.opened(MATRIX) as stream:
            counts = read_counts(stream, name=f"{archive}, {MATRIX}", shape=shape, cells=kept)
    check_shape(f"{archive}, {MATRIX}", shape, of_member(published, MATRIX), ("genes", "cells"))
    return AnnData(counts, obs=obs.set_index("cell"), var=genes.frame.set_index("identifier")), found


def _table(archive: Archive, name: str, kinds: dict, header: tuple | None = None) -> Table:
    with archive.opened(name) as stream:
        return read_published(stream, kinds, name=f"{archive.path}, {name}", header=header)


def _read_meta(archive: Archive, barcodes: pd.Series) -> Table:
    """The table of cells, in the order of the matrix."""
    ends = [Path(file).name for file in archive.names]
    name = next((one for one in TABLES if one in ends), TABLES[0])
    meta = _table(archive, name, META)
    meta.once("cell", "cell", remedy=AS_SERVED)
    if len(meta.frame) != len(barcodes):
        problem = f"has {len(meta.frame)} cells, where barcodes.tsv has {len(barcodes)}"
        raise InputError(meta.name, problem, AS_SERVED)
    if "barcode" in meta.others:
        own = _table(archive, name, {"barcode": FILLED}).frame["barcode"]
        wrong = (own != barcodes).to_numpy()
        if wrong.any() and sorted(own) == sorted(barcodes):
            row = meta.rows[int(wrong.argmax())]
            raise InputError(meta.name, f"row {row}: has the cells of barcodes.tsv in another order", AS_SERVED)
    return meta


def check_samples(meta: Table, samples: Mapping[str, Sequence]) -> None:
    """Raise InputError where a stage, or a sample of it, is not in the table of cells."""
    stages = meta.frame.groupby("sample")["stage"].agg(lambda found: sorted(set(found)))
    for stage, asked in samples.items():
        known = [sample for sample, of in stages.items() if stage in of]
        if not known:
            remedy = f"set gastrulation.samples to stages among {sorted(meta.frame['stage'].unique())}"
            raise InputError(meta.name, f"has no cell of the stage {stage!r}", remedy)
        for one in map(str, asked):
            if one not in known:
                where = f", it is of {' and '.join(stages[one])}" if one in stages.index else ""
                remedy = f"set gastrulation.samples.{stage} to two of {sorted(known, key=in_order)}"
                raise InputError(meta.name, f"has no sample {one} of the stage {stage!r}{where}", remedy)


def choose(meta: Table, samples: Mapping[str, Sequence], chosen: str) -> pd.DataFrame:
    """The rows of the cells that are analysed, with their age and replicate; indexed by their place in the matrix."""
    kept = meta.frame[FILTERS[chosen](meta.frame)]
    rows = []
    for stage, asked in samples.items():
        for replicate, sample in enumerate(map(str, asked)):
            found = kept[(kept["stage"] == stage) & (kept["sample"] == sample)]
            if len(found) < LEAST:
                problem = f"the filter {chosen!r} leaves {len(found)} cells of sample {sample} of {stage!r}"
                raise InputError(meta.name, problem, "set gastrulation.filter to a wider one, or name another sample")
            rows.append(found.assign(age=float(stage.removeprefix("E")), replicate=replicate))
    columns = ["cell", "stage", "age", "sample", "replicate", "celltype"]
    cells = pd.concat(rows).sort_index()[columns]
    return cells.astype({"stage": "category", "sample": "category", "celltype": "category"})


def normalise(cells: AnnData, min_cells: int) -> AnnData:
    """Genes seen in ``min_cells`` cells: log(1 + 1e4 x share of the cell); var rank by variance, from 0."""
    seen = cells.X.getnnz(axis=0) >= min_cells
    if seen.sum() < 2:
        problem = f"{seen.sum()} of {cells.n_vars} genes are seen in {min_cells} of {cells.n_obs} cells"
        raise InputError("gastrulation.min_cells", problem, "lower it")
    values = as_log(csr_matrix(cells.X[:, seen], dtype=np.float32))
    _, variance = mean_variance_axis(values, axis=0)
    rank = np.empty(len(variance), dtype=int)
    rank[np.argsort(-variance, kind="stable")] = np.arange(len(variance))
    return AnnData(values, obs=cells.obs, var=cells.var[seen].assign(rank=rank))


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        counts, found = read_archive(
            snakemake.input.archive, params.samples, params.filter, params.published.get("archive")
        )
        cells = normalise(counts, params.min_cells)
        log.info("%d cells, %d genes", cells.n_obs, cells.n_vars)
        write_table(found, outputs.candidates)
        with whole_file(outputs.cells) as part:
            cells.write_h5ad(part, compression="lzf")
        write_scope(outputs.scope)
