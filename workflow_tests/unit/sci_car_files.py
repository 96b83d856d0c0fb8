"""A sci-CAR sample of a few cells, in GEO's six files, written by hand: tests change one thing and look."""

import gzip

import pandas as pd

SETTINGS = {
    "gene_types": ["protein_coding"],
    "chromosomes": ["chr1", "chr2", "chrX"],
    "artefacts": ["chr2:98662037-98662942"],
    "min_cells": {"genes": 1, "peaks": 1},
    "windows": {"size": 1_000_000, "min_cells": 1},
}


def tables():
    """The six contents by name: tables as frames of text, matrices as lists of (row, column, count), 1-based."""
    cells = [
        ("c1", "Collecting  duct principal cells ", "1.5", "-2"),
        ("c2", "NA", "NA", "NA"),
        ("c3", "Podocyte", "0.25", "3"),
        ("c4", "only RNA", "1", "1"),
    ]
    genes = [
        ("ENSMUSG01.3", "protein_coding", "Abc"),
        ("ENSMUSG02.1", "lincRNA", "Gm1"),
        ("ENSMUSG03.2", "protein_coding", "Xyz"),
        ("ENSMUSG04.1", "protein_coding", "Abc"),
        ("ENSMUSG05.1", "protein_coding", "Unseen"),
    ]
    peaks = [
        ("chr1_10_20", "chr1", "10", "20"),
        ("chr2_98662000_98662037", "chr2", "98662000", "98662037"),
        ("chr2_98662943_98663000", "chr2", "98662943", "98663000"),
        ("chrUn-GL_1_9", "chrUn-GL", "1", "9"),
        ("chrX_5_6", "chrX", "5", "6"),
    ]
    return {
        "rna_cells": pd.DataFrame(cells, columns=["sample", "cell_name", "tsne_1", "tsne_2"]),
        "genes": pd.DataFrame(genes, columns=["gene_id", "gene_type", "gene_short_name"]),
        # c4 alone has Unseen; c1 has both genes called Abc
        "rna_counts": [(1, 1, 4), (4, 1, 2), (2, 1, 9), (3, 2, 1), (1, 3, 5), (5, 4, 7)],
        "atac_cells": pd.DataFrame({"sample": ["c3", "c9", "c1", "c2"]}),
        "peaks": pd.DataFrame(peaks, columns=["peak", "chr", "start", "end"]),
        # c3: 3 in chr1, 2 beside the artefact; c1: 50 in the artefact, 1 in chrX; c9 is in no other table
        "atac_counts": [(1, 1, 3), (3, 1, 2), (1, 2, 8), (2, 3, 50), (5, 3, 1), (4, 4, 6)],
    }


def write(contents, folder):
    """Write the six files below ``folder``; returns their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.txt.gz" for name in contents}
    for name, content in contents.items():
        if isinstance(content, pd.DataFrame):
            content.to_csv(paths[name], index=False, lineterminator="\n")
        elif isinstance(content, bytes):
            paths[name].write_bytes(content)
        else:
            rows, columns = ("genes", "rna_cells") if name == "rna_counts" else ("peaks", "atac_cells")
            sizes = f"{len(contents[rows])} {len(contents[columns])} {len(content)}\n"
            lines = "".join(f"{row} {column} {count}\n" for row, column, count in content)
            header = "%%MatrixMarket matrix coordinate integer general\n"
            paths[name].write_bytes(gzip.compress((header + sizes + lines).encode()))
    return paths
