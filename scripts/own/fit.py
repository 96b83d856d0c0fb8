"""Schema on the cells: weights, the path over s, the control, the stability, a summary, and the weighted cells."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from own.asked import BATCH, PRIMARY
from running import InputError, step, whole_file, write_table
from schema_core import SchemaError, tl

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
    names, columns = [one["name"] for one in modalities], list(data.uns["own"]["columns"])
    batch = data.obs[BATCH].astype(str) if BATCH in data.obs else None
    control = model.control(params.shuffles, groups=batch, random_state=params.seed)
    drawn = batch if batch is not None and batch.nunique() >= FEWEST_BATCHES else None
    stability = model.stability(groups=drawn, n_boot=params.bootstraps, random_state=params.seed)
    path = model.path(sorted({*params.path, params.min_correlation}))
    given = {f"{when}[{j}]": f"{when}: {name}" for when in ("before", "after") for j, name in enumerate(names)}
    before, after = model.modality_correlations_
    summary = model.summary()
    for j, name in enumerate(names):
        summary = summary.replace(f"modalities[{j}]", name)
    for i, column in reversed(list(enumerate(columns))):
        summary = summary.replace(f"{PRIMARY}[{i}]", column)
    return {
        "weights": pd.DataFrame({"feature": columns, "weight": model.weights_}),
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
        "stability": stability.features.reset_index(drop=True).assign(feature=columns),
        "summary": summary,
    }


def in_words_of_the_file(error: SchemaError, path: object, features: str, modalities: Sequence[dict]) -> InputError:
    """The core's complaint, with tables as the user named them."""
    said = str(error).replace(f"obsm/{PRIMARY}", features)
    for one in modalities:
        for folder in ("obsm", "obs"):
            said = said.replace(f"({folder}/{one['name']})", f"({one['values']})")
    problem, _, remedy = said.rpartition("; ")
    return InputError(path, problem or remedy, remedy if problem else "mend it")


if __name__ == "__main__":
    with step(snakemake):
        out, params = snakemake.output, snakemake.params
        data = anndata.read_h5ad(snakemake.input.cells)
        try:
            found = answers(data, params.modalities, params)
        except SchemaError as error:
            raise in_words_of_the_file(error, params.file, params.features, params.modalities) from error
        for name in ("weights", "path", "correlations", "control", "stability"):
            write_table(found[name], out[name], digits=None if name == "weights" else 8)
        with whole_file(out.summary) as part:
            part.write_text(found["summary"] + "\n", encoding="utf-8")
        with whole_file(out.schema) as part:
            data.write_h5ad(Path(part))
