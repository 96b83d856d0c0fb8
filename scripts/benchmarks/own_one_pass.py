"""The same fit with all rows in memory at once, as one would without a cluster: what scaling out must equal."""

import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import anndata
import numpy as np

from running import read_table, step, whole_file
from running.usage import peak_gigabytes
from schema_core import Modality, Schema


def element(data: anndata.AnnData, place: str) -> Any:
    """X, or what stands at "layers/<key>", "obs/<key>" or "obsm/<key>"."""
    folder, _, key = place.partition("/")
    return getattr(data, folder)[key] if key else data.X


def one_pass(path: Path | str, features: str, modalities: Sequence[dict], s: float, q: float) -> tuple[Schema, dict]:
    """The fitted estimator, and {seconds, read_seconds, peak_gb}."""
    start = perf_counter()
    data = anndata.read_h5ad(path)
    read = perf_counter()
    given = [Modality(element(data, one["values"]), one["kind"], one.get("weight", 1.0)) for one in modalities]
    model = Schema(min_correlation=s, max_weight_ratio=q).fit(element(data, features), given)
    taken = {"seconds": perf_counter() - start, "read_seconds": read - start, "peak_gb": peak_gigabytes()}
    return model, taken


if __name__ == "__main__":
    with step(snakemake):
        params, inputs = snakemake.params, snakemake.input
        asked = (params.min_correlation, params.max_weight_ratio)
        model, taken = one_pass(inputs.h5ad, params.features, params.modalities, *asked)
        weights = read_table(inputs.weights)["weight"].to_numpy()
        objective = json.loads(Path(inputs.fit).read_text(encoding="utf-8"))["objective"]
        taken["weight_difference"] = float(np.abs(weights - model.weights_).max())
        taken["objective_difference"] = abs(objective - model.objective_)
        with whole_file(snakemake.output[0]) as part:
            part.write_text(json.dumps(taken) + "\n", encoding="utf-8")
