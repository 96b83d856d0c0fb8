"""Genes behind weighted components: loadings of a table, and the score of each gene (paper: Methods, Slide-seq)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata.io import read_elem

from own.files import found, readable, text
from schema_core import gene_scores

LOADINGS = {"X_pca": "PCs", "X_lsi": "LSI"}  # as scanpy and muon name them in varm; else the key itself


def loadings_of(top: Any, path: Path | str, place: str, width: int) -> pd.DataFrame | None:
    """Loadings (genes, width) of a table in obsm, from varm; None where there are none of its width."""
    holder, name = found(top, path, place)
    folder, _, key = name.partition("/")
    if folder != "obsm":
        return None
    known = holder.get("varm") or {}
    key = next((one for one in (LOADINGS.get(key, key), key, key.removeprefix("X_")) if one in known), None)
    if key is None:
        return None
    readable(known[key], path, f"varm/{key}")
    values = np.asarray(read_elem(known[key]), dtype=float)
    genes = list(map(str, read_elem(holder["var"][text(holder["var"].attrs["_index"])])))
    usable = values.ndim == 2 and values.shape == (len(genes), width) and np.isfinite(values).all()
    return pd.DataFrame(values, index=pd.Index(genes)) if usable else None


def genes_table(weights: np.ndarray, loadings: pd.DataFrame | None) -> pd.DataFrame:
    """Rows (gene, score), best first; none without loadings."""
    if loadings is None:
        return pd.DataFrame({"gene": [], "score": []})
    table = pd.DataFrame({"gene": loadings.index, "score": gene_scores(weights, loadings.to_numpy().T)})
    return table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
