"""A random sample of the cells of a large file, on which methods are compared: each of them needs all cells at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

from own.asked import BATCH, LABELS, PRIMARY
from own.cells import categories
from own.files import opened
from own.rows import PIECE, Rows
from own.stored import as_frame, column_names, names
from running import step, whole_file


def sampled(
    path: Path | str, features: str, modalities: Sequence[dict], labels: str, batch: str | None, most: int, seed: int
) -> anndata.AnnData:
    """What own.cells.cells_of gives, of ``most`` cells, in their order; tables are taken as they are stored."""
    with opened(path) as top:
        rows = Rows(top, path, features, modalities, [labels, *([batch] if batch else [])])
        chosen = np.sort(np.random.default_rng(seed).choice(len(rows), min(most, len(rows)), replace=False))
        data = anndata.AnnData(obs=pd.DataFrame(index=names(rows.features.holder)[chosen]))
        table = rows.features.at(chosen, PIECE)
        data.obsm[PRIMARY] = np.asarray(table.toarray() if sparse.issparse(table) else table)
        data.uns["own"] = {"columns": column_names(rows.features)}
        for one, (element, _) in zip(modalities, rows.modalities, strict=True):
            values: Any = as_frame(rows.at(element, chosen))
            if values.ndim == 1:
                data.obs[one["name"]] = values.to_numpy() if not hasattr(values, "cat") else values.array
            else:
                data.obsm[one["name"]] = values.set_axis(data.obs_names) if element.is_frame else values.to_numpy()
        for key, place, element in zip((LABELS, BATCH), (labels, batch), rows.others, strict=False):
            data.obs[key] = categories(rows.at(element, chosen), path, place, complete=key == BATCH)
    return data


if __name__ == "__main__":
    with step(snakemake, in_part=["file"]) as log:
        params = snakemake.params
        asked = (params.named, params.labels, params.batch, params.most, params.seed)
        data = sampled(params.file, params.features, *asked)
        log.info("%d cells, %d columns of %s", *data.obsm[PRIMARY].shape, params.features)
        with whole_file(snakemake.output.cells) as part:
            data.write_h5ad(Path(part))
