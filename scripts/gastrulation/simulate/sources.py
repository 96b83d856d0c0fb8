"""Write an archive of embryos with a planted truth, as the atlas of gastrulation is served: the demo of Figure S1.

The tarball holds atlas/{genes.tsv, barcodes.tsv, raw_counts.mtx, meta.tab}: counts of genes x cells, and a table of
the cells in the order of the matrix. ``truth.json`` beside it says what was planted (``gastrulation_truth``).
"""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, vstack

from formats.matrix_market import CELLS, write_blocks
from gastrulation.simulate.truth import (
    BLOCK,
    DOUBLETS,
    LATER,
    PACE_SD,
    PAPER,
    SAMPLES,
    SIZES,
    STRIPPED,
    TYPES,
    Truth,
    log_profiles,
    plant,
    slopes,
)
from running import scratch_folder, step, whole_file

FOLDER = "atlas"
LETTERS = np.array(list("ACGT"))
AT_ONCE = 10_000_000  # numbers drawn


def simulate(
    archive: Path | str, truth: Path | str, seed: int, settings: Mapping, *, of_kind: int = BLOCK, all_cells: int = 0
) -> Truth:
    """Write both files; equal arguments give equal bytes.

    settings : cells (of the six samples of the paper, without doublets and stripped nuclei), genes, depth (the median
        number of molecules of a cell), as in the config's simulate.gastrulation
    of_kind : genes of each kind; all_cells : of the archive, which others of a later stage fill up
    """
    streams = [np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(3)]
    symbols = [f"Gene{i:04d}" for i in range(1, settings["genes"] + 1)]
    planted = plant(seed, symbols, settings["cells"], of_kind)
    cells = draw_cells(settings["cells"], streams[0])
    counts = draw_counts(cells, symbols, planted, settings["depth"], streams[1:])
    rows = np.resize(np.arange(len(cells)), max(len(cells), all_cells))  # the others have the same counts again
    entries = int(np.diff(counts.indptr)[rows].sum(dtype=np.int64))
    everyone = cells.iloc[rows].reset_index(drop=True)
    everyone.loc[len(cells) :, ["stage", "sample"]] = LATER
    everyone["cell"] = [f"cell_{i + 1}" for i in range(len(rows))]
    with scratch_folder(archive) as folder:
        matrix = folder / "raw_counts.mtx"
        blocks = (counts[rows[first : first + CELLS]] for first in range(0, len(rows), CELLS))
        write_blocks(blocks, (len(symbols), len(rows), entries), matrix)
        write_archive(archive, symbols, everyone, matrix)
    planted.write(truth)
    return planted


def draw_cells(total: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row a cell, in the columns of the published table that are read, and a few more.

    total : cells of the samples of the paper that are neither doublets nor stripped nuclei
    """
    share = np.array([SIZES[sample] for sample in PAPER])
    ends = np.round(np.cumsum(share) / share.sum() * total).astype(int)
    sizes = dict(zip(PAPER, np.diff(ends, prepend=0), strict=True))
    rows = []
    for stage, samples in SAMPLES.items():
        for sample in samples:
            n = sizes.get(sample, round(SIZES[sample] / share.sum() * total))
            doublets, stripped = round(DOUBLETS * n), round(STRIPPED * n)
            flags = rng.permutation(np.repeat([0, 1, 2], [n, doublets, stripped]))
            types = rng.choice(list(TYPES), len(flags), p=list(TYPES.values()))
            rows.append(
                pd.DataFrame(
                    {
                        "barcode": ["".join(word) for word in LETTERS[rng.integers(0, 4, (len(flags), 14))]],
                        "sample": sample,
                        "stage": stage,
                        "type": types,
                        "doublet": np.where(flags == 1, "TRUE", "FALSE"),
                        "stripped": np.where(flags == 2, "TRUE", "FALSE"),
                        "celltype": np.where(flags == 0, types, "NA"),
                    }
                )
            )
    cells = pd.concat(sorted(rows, key=lambda table: table["sample"].iloc[0]), ignore_index=True)
    cells.insert(0, "cell", [f"cell_{i + 1}" for i in range(len(cells))])
    return cells


def draw_counts(
    cells: pd.DataFrame, symbols: list[str], truth: Truth, depth: float, streams: list[np.random.Generator]
) -> csr_matrix:
    """Counts of cells x genes, Poisson; a doublet has those of two cells of its sample, a stripped nucleus few."""
    base, added = log_profiles(symbols, truth, streams[0])
    rng = streams[1]
    progress = cells["stage"].map({stage: i / 2 for i, stage in enumerate(SAMPLES)}).to_numpy()
    progress = progress + rng.normal(0.0, PACE_SD, len(cells)) - 0.5
    molecules = rng.lognormal(np.log(depth), 0.35, len(cells))
    molecules *= np.where(cells["doublet"] == "TRUE", 2.0, np.where(cells["stripped"] == "TRUE", 0.3, 1.0))
    slope, drawn = slopes(symbols, truth), []
    for some in np.array_split(np.arange(len(cells)), -(-len(cells) * len(symbols) // AT_ONCE)):
        log = base + progress[some, None] * slope
        for column in ("sample", "type"):
            log += np.array([added[one] for one in cells[column].iloc[some]])
        abundance = np.exp(log)
        counts = rng.poisson(abundance * (molecules[some] / abundance.sum(axis=1))[:, None])
        drawn.append(csr_matrix(counts.astype(np.int32)))
    return vstack(drawn).tocsr()


def write_archive(archive: Path | str, symbols: list[str], cells: pd.DataFrame, matrix: Path) -> None:
    """Pack the file ``matrix`` of the counts, and the tables of genes and ``cells``, in the atlas' order."""
    columns = ["cell", "barcode", "sample", "stage", "doublet", "stripped", "celltype"]
    tables = {
        "genes.tsv": "".join(f"ENSMUSG{i:011d}\t{symbol}\n" for i, symbol in enumerate(symbols, start=1)),
        "barcodes.tsv": "".join(f"{barcode}\n" for barcode in cells["barcode"]),
        "meta.tab": cells[columns].to_csv(sep="\t", index=False),
    }
    # level 1 and no time of writing: quick, and two runs give the same bytes
    with (
        whole_file(archive) as part,
        part.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as out,
    ):
        for name in ("genes.tsv", "barcodes.tsv", matrix.name, "meta.tab"):
            size = len(tables[name].encode()) if name in tables else matrix.stat().st_size
            info = tarfile.TarInfo(f"{FOLDER}/{name}")
            info.size = size
            with io.BytesIO(tables[name].encode()) if name in tables else matrix.open("rb") as content:
                out.addfile(info, content)


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        simulate(outputs.archive, outputs.truth, params.seed, params.settings)
        log.info("wrote %s", outputs.archive)
