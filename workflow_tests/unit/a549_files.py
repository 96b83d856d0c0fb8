"""A sample of A549 small enough to check by hand: four genes, their peaks and domains; tests change one thing."""

import gzip

import numpy as np
import pandas as pd
import yaml
from conftest import REPOSITORY
from scipy.sparse import csr_matrix

from formats.matrix_market import write_counts

GENES = 40


def settings(**changes):
    """The keys of the config, for so few cells."""
    keys = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text(encoding="utf-8"))["a549"]
    return keys | {"quartiles": 1, "shuffles": 2, "random_sets": 100} | changes


def contents():
    """By name: tables as frames, counts as arrays of cells x features; one gene every Mb of chr21, each with a peak."""
    rng = np.random.default_rng(0)
    cells = pd.DataFrame({"sample": [f"c{i}" for i in range(12)]})
    number = np.arange(GENES)
    at = 5_000_000 + 1_000_000 * number
    genes = {"gene_id": [f"ENSG{i:011d}.2" for i in number], "gene_type": "protein_coding"}
    tss = {"#Gene_IDs": [f"ENSG{i:011d}" for i in number], "CHROM": "chr21", "POS": at, "STRAND": "+"}
    peak = [f"21-{one - 100}-{one + 100}" for one in at]
    return {
        "rna_cells": cells.assign(cell_name=["A549"] * 10 + ["HEK293T"] * 2),
        "genes": pd.DataFrame(genes).assign(gene_short_name=[f"G{i}" for i in number]),
        "rna_counts": 1 + rng.poisson(3, (12, GENES)),
        "atac_cells": cells[::-1].assign(group=["HEK293T"] * 2 + ["A549_1h"] * 10),
        "peaks": pd.DataFrame({"id": number, "peak": peak, "chr": "21", "start": at - 100, "end": at + 100}),
        "atac_counts": 1 + rng.poisson(3, (12, GENES)),
        "tss": pd.DataFrame(tss).assign(Symbol=[f"G{i}" for i in number]),
        "tads": pd.DataFrame({"chr": "chr21", "start": at - 500_000, "end": at + 500_000})[::2],
    }


def write(what, folder):
    """Write the files below ``folder``; returns their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.gz" for name in what}
    for name, content in what.items():
        if isinstance(content, pd.DataFrame):
            tabs = "\t" if name in ("tss", "tads") else ","
            text = content.to_csv(sep=tabs, index=False, header=name != "tads", na_rep="NA")
            paths[name].write_bytes(gzip.compress(text.encode()))
        else:
            write_counts(csr_matrix(content), paths[name])
    return paths | {"tss_of_tads": paths["tss"]}
