"""Schema on the cells: weights, the path over s, the control, the stability, a summary, and the weighted cells."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from own.asked import BATCH, LOADINGS, PRIMARY
from own.genes import genes_table
from running import InputError, step, whole_file, write_table
from schema_core import SchemaError, gene_scores, tl

FEWEST_BATCHES = 5  # to be drawn as a whole


def tables_of(data: anndata.AnnData, modalities: Sequence[dict]) -> dict[str, dict]:
    """The modalities in the words of tl.schema: where cells.py has put each."""
    return {
        one["name"]: {
            "values": f"{'obsm' if one['name'] in data.obsm else 'obs'}/{one['name']}",
            "kind": one["kind"],
            "weight": one["weight"],
        }
        for one in modalities
    }


def fitted(data: anndata.AnnData, modalities: Sequence[dict], s: float, q: float) -> Any:
    """The estimator on the cells; data get obsm["X_schema"] and uns["schema"]."""
    asked = tables_of(data, modalities)
    tl.schema(data, PRIMARY, asked, min_correlation=s, max_weight_ratio=q, dtype="float32")
    return tl.fitted(data, with_data=True)


def answers(data: anndata.AnnData, modalities: Sequence[dict], params: Any) -> dict[str, Any]:
    """Tables by name, and the summary's text.

    params : min_correlation, max_weight_ratio, path, shuffles, bootstraps, seed
    """
    model = fitted(data, modalities, params.min_correlation, params.max_weight_ratio)
    batch = data.obs[BATCH].astype(str) if BATCH in data.obs else None
    model.control(params.shuffles, groups=batch, random_state=params.seed)
    drawn = batch if batch is not None and batch.nunique() >= FEWEST_BATCHES else None
    stability = model.stability(groups=drawn, n_boot=params.bootstraps, random_state=params.seed)
    columns = list(data.uns["own"]["columns"])
    summary = model.summary()
    for i, column in reversed(list(enumerate(columns))):
        summary = summary.replace(f"{PRIMARY}[{i}]", column)
    found = told(model, modalities, stability.features.reset_index(drop=True).assign(feature=columns), params)
    loadings = pd.DataFrame(data.varm[LOADINGS], index=data.var_names) if LOADINGS in data.varm else None
    if loadings is not None:
        data.var["schema_score"] = gene_scores(model.weights_, loadings.to_numpy().T)
    genes = genes_table(model.weights_, loadings)
    return found | {"genes": genes, "summary": in_names(summary, modalities)}


def in_names(summary: str, modalities: Sequence[dict]) -> str:
    """The summary with the user's names of modalities."""
    for j, one in enumerate(modalities):
        summary = summary.replace(f"modalities[{j}]", one["name"])
    return summary


def told(model: Any, modalities: Sequence[dict], stability: pd.DataFrame, params: Any) -> dict[str, pd.DataFrame]:
    """Tables by name, of an estimator whose control has been made.

    stability : feature, weight, weight_se, rank, rank_se; params : min_correlation, path
    """
    names, control = [one["name"] for one in modalities], model.control_
    path = model.path(sorted({*params.path, params.min_correlation}))
    given = {f"{when}[{j}]": f"{when}: {name}" for when in ("before", "after") for j, name in enumerate(names)}
    before, after = model.modality_correlations_
    return {
        "weights": stability[["feature"]].assign(weight=model.weights_),
        "path": path[[name for name in path if not name.startswith("weight[")]].rename(columns=given),
        "correlations": pd.DataFrame(
            {
                "modality": names,
                "table": [one["values"] for one in modalities],
                "weight": [one["weight"] for one in modalities],
                "before": before,
                "after": after,
                "pairs": model.modality_pairs_,
            }
        ),
        "control": pd.DataFrame(
            {
                "cells": ["as they are", *["shuffled"] * len(control.shuffled)],
                "gain": [control.gain, *control.shuffled],
                "p_value": [control.p_value, *[None] * len(control.shuffled)],
            }
        ),
        "stability": stability,
    }


def in_words_of_the_file(error: SchemaError, path: object, features: str, modalities: Sequence[dict]) -> InputError:
    """The core's complaint, with tables as the user named them."""
    said = str(error).replace(f"obsm/{PRIMARY}", features)
    for one in modalities:
        for folder in ("obsm", "obs"):
            said = said.replace(f"({folder}/{one['name']})", f"({one['values']})")
    problem, _, remedy = said.rpartition("; ")
    return InputError(path, problem or remedy, remedy if problem else "mend it")


def write(found: dict[str, Any], out: Any) -> None:
    """Write the tables and the summary to the outputs of their names."""
    for name in ("weights", "path", "correlations", "control", "stability"):
        write_table(found[name], out[name], digits=None if name == "weights" else 8)
    with whole_file(out.summary) as part:
        part.write_text(found["summary"] + "\n", encoding="utf-8")


if __name__ == "__main__":
    with step(snakemake):
        out, params = snakemake.output, snakemake.params
        data = anndata.read_h5ad(snakemake.input.cells)
        try:
            found = answers(data, params.modalities, params)
        except SchemaError as error:
            raise in_words_of_the_file(error, params.file, params.features, params.modalities) from error
        write(found, out)
        write_table(found["genes"], out.genes)
        with whole_file(out.schema) as part:
            data.write_h5ad(Path(part))
