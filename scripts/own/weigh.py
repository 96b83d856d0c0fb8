"""One solve on the summed moments: weights by feature, the certificate, and correlations before and after."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from own.rows import as_input_error
from running import step, whole_file, write_table
from schema_core import Moments, Schema, SchemaError


def weigh(
    moments: Moments, names: Sequence[str], modalities: Sequence[dict], s: float, q: float
) -> tuple[pd.DataFrame, dict]:
    """Rows (feature, weight), and how good they are; SchemaError where there are none.

    modalities : {values, kind, weight} in the order of the moments; s, q : least correlation, largest weight ratio
    """
    model = Schema(min_correlation=s, max_weight_ratio=q)
    model.fit_moments(moments, [one.get("weight", 1.0) for one in modalities])
    return pd.DataFrame({"feature": names, "weight": model.weights_}), fit_of(model, modalities)


def fit_of(model: Schema, modalities: Sequence[dict]) -> dict:
    """What fit.json has: pairs, objective, certificate, and correlations before and after."""
    before, after = model.modality_correlations_
    return {
        "rows": model.moments_.n_observations,
        "pairs": model.covariances_.n_pairs,
        "status": model.status_,
        "objective": model.objective_,
        "certificate": vars(model.certificate_),
        "reference_correlation": model.reference_correlation_,
        "modalities": [
            {**one, "pairs": int(n), "correlation_before": float(b), "correlation_after": float(a)}
            for one, n, b, a in zip(modalities, model.modality_pairs_, before, after, strict=True)
        ],
    }


def without_nan(fit: dict) -> dict:
    """The same with null for NaN and inf (where no bound is known), which JSON has no words for."""
    numbers = {key: value for key, value in fit["certificate"].items() if key != "kind"}
    finite = {key: value if np.isfinite(value) else None for key, value in numbers.items()}
    return fit | {"certificate": fit["certificate"] | finite}


if __name__ == "__main__":
    with step(snakemake):
        inputs, out, params = snakemake.input, snakemake.output, snakemake.params
        names = json.loads(Path(inputs.plan).read_text(encoding="utf-8"))["features"]
        moments, asked = Moments.load(inputs.moments), (params.min_correlation, params.max_weight_ratio)
        try:
            weights, fit = weigh(moments, names, params.modalities, *asked)
        except SchemaError as error:
            places = [params.features, *(one["values"] for one in params.modalities)]
            raise as_input_error(error, params.h5ad, places) from error
        write_table(weights, out.weights, digits=None)
        with whole_file(out.fit) as part:
            part.write_text(json.dumps(without_nan(fit), indent=1) + "\n", encoding="utf-8")
