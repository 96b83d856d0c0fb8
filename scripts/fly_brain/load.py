"""Read the published files of the fly brain into one AnnData of counts, with who each cell is.

The paper uses "neurons"; the published annotation names cell types, and most clusters only by a number. A cell is
taken for a neuron unless its annotation says otherwise (config: fly_brain.not_neurons).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData

from fly_brain.read_metadata import read_metadata
from fly_brain.read_mex import read_mex
from running import InputError, step, whole_file


def is_neuron(annotation: pd.Series, not_neurons: Sequence[str]) -> np.ndarray:
    """Whether each annotation (n,) contains none of the words ``not_neurons``, in any case; (n,) bool."""
    levels = annotation.astype("category")
    words = [word.lower() for word in not_neurons]
    verdict = [not any(word in name.lower() for word in words) for name in levels.cat.categories]
    return np.array(verdict, dtype=bool)[levels.cat.codes]


def load(
    tarball: Path | str,
    metadata: Path | str,
    line: str,
    not_neurons: Sequence[str],
    published: Mapping[str, Mapping] | None = None,
) -> AnnData:
    """All cells of one line: counts (n, genes) CSR; obs age (days), line, annotation, neuron, total_counts, n_genes.

    var: symbol. Raises InputError where the line is unknown, or where it has only one age.

    published : what the registry says of ``tarball`` and ``metadata``, see ``formats.published``
    """
    published = published or {}
    cells = read_mex(tarball, published.get("tarball"))
    known = read_metadata(metadata, cells.obs, published.get("metadata"))
    lines = sorted(known["line"].unique())
    if line not in lines:
        raise InputError(metadata, f"has no cell of the line {line!r}", f"set fly_brain.line to one of {lines}")
    chosen = (known["line"] == line).to_numpy()
    known = known[chosen]
    if known["age"].nunique() < 2:
        raise InputError(metadata, f"the line {line!r} has cells of one age only", "take a line with several ages")
    counts = cells.X[chosen]
    obs = known.assign(neuron=is_neuron(known["annotation"], not_neurons))
    obs["annotation"] = obs["annotation"].astype("category")
    obs["line"] = obs["line"].astype("category")
    obs["total_counts"] = np.asarray(counts.sum(axis=1)).ravel()
    obs["n_genes"] = np.diff(counts.indptr)
    return AnnData(counts, obs=obs, var=cells.var)


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        cells = load(inputs.tarball, inputs.metadata, params.line, params.not_neurons, params.published)
        log.info(
            "%d cells of %s, %d neurons, %d genes", len(cells), params.line, cells.obs["neuron"].sum(), cells.n_vars
        )
        with whole_file(snakemake.output[0]) as part:
            cells.write_h5ad(part, compression="lzf")
