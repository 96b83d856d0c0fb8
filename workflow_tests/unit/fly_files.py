"""Small files in the form of GSE107451, right or wrong in one place, for the tests of the fly brain."""

import gzip
import io
import tarfile

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy.sparse import csr_matrix

BARCODES = ["AAAA-DGRP-551_0d_r1", "CCCC-DGRP-551_50d_r1", "GGGG-w1118_3d_r2"]
GENES = [("FBgn01", "Rm62"), ("FBgn02", "nan"), ("FBgn03", "RpL22"), ("FBgn04", "repo")]
COUNTS = np.array([[3, 0, 1, 0], [0, 2, 0, 5], [1, 1, 0, 0]])  # cells × genes
LINES, AGES = ["DGRP-551", "DGRP-551", "w1118"], [0, 50, 3]
ANNOTATIONS = ["17", "Astrocyte-like", "T4/T5"]

SETTINGS = {
    "cells": 900,
    "genes": 500,
    "ages": [0, 3, 30],
    "composition": {"DGRP-551": [300, 200, 100], "w1118": [200, 100, 0]},
    "depth": {"DGRP-551": [3000, 2000, 1000], "w1118": [2500, 2000, 2000]},
    "depth_sd": 0.5,
}


def matrix_text(counts=COUNTS):
    """matrix.mtx of counts (cells × genes)."""
    entries = [(g + 1, c + 1, counts[c, g]) for c, g in zip(*np.nonzero(counts), strict=True)]
    head = f"%%MatrixMarket matrix coordinate integer general\n{counts.shape[1]} {counts.shape[0]} {len(entries)}\n"
    return head + "".join("{} {} {}\n".format(*entry) for entry in entries)


def contents(**changes):
    """The text of each member; a change is given by the member's name without ending."""
    rows = zip(BARCODES, LINES, AGES, strict=True)
    texts = {
        "matrix": matrix_text(),
        "genes": "".join(f"{identifier}\t{symbol}\n" for identifier, symbol in GENES),
        "barcodes": "".join(f"{barcode}\n" for barcode in BARCODES),
        "annotation": "sample\ttechnology\treplicate\tline\tage\n"
        + "".join(f"{barcode}\t10x\tr1\t{line}\t{age}\n" for barcode, line, age in rows),
    }
    return {f"{name}.{'mtx' if name == 'matrix' else 'tsv'}": text for name, text in (texts | changes).items()}


def write_tarball(path, files, prefix=""):
    """A gzipped tar of texts, or of bytes, by name."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            content = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def metadata_text(ages=AGES, barcodes=BARCODES, lines=LINES, annotations=ANNOTATIONS):
    """The metadata table, its cells in reverse order."""
    rows = [*zip(barcodes, ages, lines, annotations, strict=True)][::-1]
    return "new_barcode\tAge\tGenotype\tsex\tannotation\n" + "".join(
        f"{barcode}\t{age}\t{line}\tfemale\t{annotation}\n" for barcode, age, line, annotation in rows
    )


def write_metadata(path, text=None):
    """The metadata table, gzipped."""
    path.write_bytes(gzip.compress((metadata_text() if text is None else text).encode()))
    return path


def cells_of(counts, neuron=None, age=None, annotation=None):
    """Cells as they are after loading: counts (cells × genes), and what is known of each cell."""
    counts = csr_matrix(np.asarray(counts))
    n = counts.shape[0]
    obs = pd.DataFrame(
        {
            "age": np.arange(n) if age is None else age,
            "line": "DGRP-551",
            "annotation": "17" if annotation is None else annotation,
            "neuron": np.ones(n, bool) if neuron is None else neuron,
            "total_counts": np.asarray(counts.sum(axis=1)).ravel(),
        },
        index=[f"cell{i}" for i in range(n)],
    )
    return AnnData(counts, obs=obs, var=pd.DataFrame({"symbol": [f"g{i}" for i in range(counts.shape[1])]}))
