"""The weighted cells of a large file, as scanpy reads them, and the scores of genes; rows are read chunk by chunk."""

from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from own.files import opened
from own.genes import genes_table, loadings_of
from own.rows import chunks, unique
from own.stored import Element, n_observations, names
from running import read_table, step, whole_file, write_table


def write(out: Path, path: Path | str, features: str, weights: np.ndarray, rows_per_chunk: int) -> pd.DataFrame:
    """Write obsm["X_schema"], float32, of every cell, and var["schema_score"]; the table of genes is returned."""
    with opened(path) as top:
        element = Element(top, path, features)
        loadings = loadings_of(top, path, features, element.width)
        genes = genes_table(weights, loadings)
        var = pd.DataFrame(index=pd.Index([], dtype=str) if loadings is None else loadings.index)
        var["schema_score"] = genes.set_index("gene")["score"].reindex(var.index) if var.index.is_unique else np.nan
        cells = unique(names(element.holder), path, features)
        data = anndata.AnnData(obs=pd.DataFrame(index=cells), var=var)
        data.uns["schema"] = {"use_rep": features, "weights": weights}
        data.write_h5ad(out)
        with h5py.File(out, "r+") as file:
            shape = (n_observations(element.holder), element.width)
            held = file["obsm"].create_dataset("X_schema", shape, "f4")
            held.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
            for start, stop in chunks(0, shape[0], rows_per_chunk):
                rows = element.rows(start, stop)
                rows = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
                held[start:stop] = rows * np.sqrt(weights)
    return genes


if __name__ == "__main__":
    with step(snakemake, in_part=["file"]):
        inputs, out, params = snakemake.input, snakemake.output, snakemake.params
        weights = read_table(inputs.weights)["weight"].to_numpy()
        with whole_file(out.schema) as part:
            genes = write(Path(part), params.file, params.features, weights, params.rows_per_chunk)
        write_table(genes, out.genes)
