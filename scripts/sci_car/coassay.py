"""A second co-assay, yours or a published one: cells with counts of RNA and of ATAC, and a label each, from an .h5mu.

It is asked one question of Figure 2: does Schema with ATAC gain over RNA alone, and over Schema with the ATAC of other
cells? Counts are used as they are: features are not filtered.
"""

from collections.abc import Collection
from pathlib import Path

import mudata
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from formats import hdf5
from running import InputError, step, whole_file
from sci_car.cells import APART, is_counts, together, write_cells


def read_coassay(path: Path | str, labels: str, leave_out: Collection[str]) -> mudata.MuData:
    """The cells that are in both modalities, as ``sci_car.cells`` describes them, in the order of ``rna``.

    path : MuData with modalities rna and atac, whole counts in X
    labels : a column of obs, of the whole or else of rna; where it is missing, a cell is clustered and not scored
    leave_out : labels of cells that are dropped. Raises InputError, one line, for any other file.
    """
    with hdf5.opened(path) as file:
        hdf5.self_contained(file)
        if absent := {"rna", "atac"} - set(file.get("mod", ())):
            problem = f"holds no modality {' and no '.join(sorted(absent))}"
            raise InputError(
                path, problem, "give a MuData (.h5mu) with modalities rna and atac in sci_car.coassay.file"
            )
        hdf5.readable(file["mod"])
    with mudata.set_options(**APART):
        table = mudata.read_h5mu(path)
    rna, atac = table["rna"], table["atac"]
    obs = next((obs for obs in (table.obs, rna.obs) if labels in obs), None)
    if obs is None:
        problem = f"obs has no column {labels!r}, but {', '.join(map(str, table.obs.columns)) or 'none'}"
        raise InputError(path, problem, "name the column of the labels in sci_car.coassay.labels")
    for name, one in (("rna", rna), ("atac", atac)):
        for kind, names in (("cell", one.obs_names), ("feature", one.var_names)):
            if not names.is_unique:
                problem = f"{name}: the {kind} {names[names.duplicated()][0]!r} is there twice"
                raise InputError(
                    path, problem, f"make the names unique: mdata[{name!r}].{kind[:3]}_names_make_unique()"
                )
    of_cell = obs[labels].reindex(rna.obs_names).astype("string")
    if unknown := set(leave_out) - set(of_cell.dropna()):
        known = ", ".join(sorted(of_cell.dropna().unique())[:5])
        raise InputError(path, f"no cell is {min(unknown)!r}, but {known}, ...", "mend sci_car.coassay.leave_out")
    kept = rna.obs_names[rna.obs_names.isin(atac.obs_names) & ~of_cell.isin(list(leave_out)).to_numpy()]
    of_cell = of_cell[kept].astype("category")
    if of_cell.nunique() < 2:
        problem = f"{len(kept)} cells are in both modalities and have {of_cell.nunique()} labels in {labels!r}"
        raise InputError(path, problem, "give cells of at least two labels with RNA and ATAC")
    obs = pd.DataFrame({"cell_type": of_cell, "tsne_1": np.nan, "tsne_2": np.nan}, index=kept)
    counts = {name: _counts(path, name, one[kept].X) for name, one in (("rna", rna), ("atac", atac))}
    names = {name: pd.DataFrame(index=one.var_names) for name, one in (("rna", rna), ("atac", atac))}
    return together(counts["rna"], names["rna"], counts["atac"], names["atac"], obs)


def _counts(path: Path | str, name: str, X: object) -> csr_matrix:
    matrix = csr_matrix(X)
    if not is_counts(matrix.data):
        raise InputError(path, f"{name}: X holds numbers that are no counts", "put the raw counts in X")
    return matrix.astype(np.int32)


if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        cells = read_coassay(params.file, params.labels, params.leave_out)
        log.info("%s, of %d labels", cells, cells.obs["cell_type"].nunique())
        with whole_file(snakemake.output[0]) as part:
            write_cells(cells, part)
