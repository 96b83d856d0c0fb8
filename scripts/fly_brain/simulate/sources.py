"""Write a small ageing fly brain with a planted truth, in GEO's own formats: the demo of Figure 3.

The tarball holds matrix.mtx (genes × cells, MatrixMarket), genes.tsv (identifier, symbol; one symbol is "nan"),
barcodes.tsv and annotation.tsv; the metadata table has its cells in another order. Cell numbers and depth by line and
age follow the published metadata. ``truth.json`` beside them says what was planted (``fly_brain_truth``).
"""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from fly_brain.simulate.cells import draw_cells, draw_counts
from fly_brain.simulate.truth import Truth, abundances, gene_symbols, plant
from formats.matrix_market import write_counts
from running import scratch_folder, step, whole_file


def simulate(tarball: Path | str, metadata: Path | str, seed: int, settings: Mapping) -> Truth:
    """Write both files, and truth.json beside them; equal arguments give equal bytes.

    settings : cells, genes (numbers), ages, composition, depth, depth_sd, as in the config's simulate.fly_brain
    """
    tarball, metadata = Path(tarball), Path(metadata)
    streams = [np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(4)]
    symbols = gene_symbols(settings["genes"])
    truth = plant(seed, symbols, settings["ages"])
    base = abundances(symbols, truth, streams[0])
    described = (settings[name] for name in ("cells", "ages", "composition", "depth", "depth_sd"))
    cells = draw_cells(*described, streams[1])
    cells = cells.iloc[streams[3].permutation(len(cells))].reset_index(drop=True)
    tables = {
        "annotation.tsv": annotation(cells).to_csv(sep="\t", index=False),
        "barcodes.tsv": "".join(f"{barcode}\n" for barcode in cells["barcode"]),
        "genes.tsv": "".join(f"FBgn{i:07d}\t{symbol}\n" for i, symbol in enumerate(symbols, start=1)),
    }
    with scratch_folder(tarball) as folder, whole_file(tarball) as part:
        matrix = folder / "matrix.mtx"
        write_counts(draw_counts(cells, symbols, base, truth, streams[2]), matrix)
        # level 1 and no time of writing: quick, and two runs give the same bytes
        with (
            part.open("wb") as raw,
            gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for name, text in tables.items():
                content = text.encode("utf-8")
                archive.addfile(_info(name, len(content)), io.BytesIO(content))
            with matrix.open("rb") as content:
                archive.addfile(_info(matrix.name, matrix.stat().st_size), content)
    described = published_metadata(cells).iloc[streams[3].permutation(len(cells))]
    with whole_file(metadata) as part:
        part.write_bytes(gzip.compress(described.to_csv(sep="\t", index=False).encode("utf-8"), mtime=0))
    truth.write(metadata.parent / "truth.json")
    return truth


def annotation(cells: pd.DataFrame) -> pd.DataFrame:
    """The table of the tarball."""
    named = cells.rename(columns={"barcode": "sample"}).assign(technology="10x")
    return named[["sample", "technology", "replicate", "line", "age"]]


def published_metadata(cells: pd.DataFrame) -> pd.DataFrame:
    """The columns of the metadata table that the analysis reads, and two more, under the publisher's names."""
    names = {"barcode": "new_barcode", "age": "Age", "line": "Genotype", "depth": "nUMI"}
    return cells.rename(columns=names)[["new_barcode", "Age", "Genotype", "sex", "annotation", "nUMI"]]


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        simulate(outputs.tarball, outputs.metadata, params.seed, params.settings)
        log.info("wrote %s and %s", outputs.tarball, outputs.metadata)
