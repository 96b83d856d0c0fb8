"""Schema on a large file, from the moments of groups of its rows: weights, path, control, stability, summary."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from own.fit import FEWEST_BATCHES, in_names, told, write
from own.rows import as_input_error
from own.weigh import fit_of, without_nan
from running import InputError, step, whole_file
from schema_core import Moments, Schema, SchemaError, solve
from schema_core.redrawing import alike, shuffles
from schema_core.resampling import combined, standard_errors
from schema_core.shuffling import Control


def load(folders: Iterable[Path | str]) -> dict[str, list[Moments]]:
    """The moments of all blocks and of all batches, each added up over jobs in the order of their rows."""
    total: dict[str, dict[str, Moments]] = {"blocks": {}, "batches": {}}
    for folder in sorted(map(Path, folders), key=lambda path: int(path.name.split("-of-")[0])):
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        for family, groups in names.items():
            for i, group in enumerate(groups):
                part = Moments.load(folder / f"{family}_{i}.npz")
                total[family][group] = total[family][group] + part if group in total[family] else part
    return {family: [groups[name] for name in sorted(groups)] for family, groups in total.items()}


def answers(parts: dict[str, list[Moments]], features: Sequence[str], modalities: Sequence[dict], params: Any) -> dict:
    """What own.fit.answers gives, and the whole ``moments`` and ``fit``; params as there.

    Cells are shuffled within batches where there are any; batches are drawn where there are five or more, else blocks.
    """
    if len(parts["batches"]) == 1:
        raise InputError("own.batch", "is the same in all cells", "name another column, or leave it out")
    whole = sum(parts["blocks"][1:], parts["blocks"][0])
    gamma = [one["weight"] for one in modalities]
    limits = {"min_correlation": params.min_correlation, "max_weight_ratio": params.max_weight_ratio}
    model = Schema(**limits).fit_moments(whole, gamma)
    model.feature_names_in_ = np.array(features, dtype=object)
    rng = np.random.default_rng(params.seed)
    groups = alike(parts["batches"] or [whole], whole)
    shuffled = [Schema(**limits).fit_moments(one, gamma) for one in shuffles(groups, params.shuffles, rng)]
    gain, *gains = [one.objective_ - float(np.dot(one.modality_correlations_[0], gamma)) for one in [model, *shuffled]]
    p_value = (1 + sum(one >= gain for one in gains)) / (1 + len(gains))
    n_local = sum(one.certificate_.kind == "local" for one in shuffled)
    model.control_ = Control(gain, np.array(gains), p_value, n_local)
    drawn = alike(parts["batches"] if len(parts["batches"]) >= FEWEST_BATCHES else parts["blocks"], whole)
    replicates = []
    for _ in range(params.bootstraps):
        counts = rng.multinomial(len(drawn), np.full(len(drawn), 1 / len(drawn)))
        try:
            replicates.append(solve(combined(drawn, counts).covariances(), gamma, **limits).weights)
        except SchemaError:  # a sample without an answer, as in Schema.stability
            continue
    if len(replicates) < 2:
        problem = "fewer than two of the samples of cells have an answer"
        raise InputError("own.bootstraps", problem, "lower own.min_correlation, or draw more")
    stability = standard_errors(model.weights_, np.array(features), np.array(replicates), jackknife=False)
    found = told(model, modalities, stability.reset_index(), params)
    found["summary"] = in_names(model.summary(), modalities)
    return found | {"moments": whole, "fit": fit_of(model, modalities)}


if __name__ == "__main__":
    with step(snakemake):
        inputs, out, params = snakemake.input, snakemake.output, snakemake.params
        names = json.loads(Path(inputs.plan).read_text(encoding="utf-8"))["features"]
        try:
            found = answers(load(inputs.groups), names, params.modalities, params)
        except SchemaError as error:
            places = [params.features, *(one["values"] for one in params.modalities)]
            raise as_input_error(error, params.h5ad, places) from error
        write(found, out)
        with whole_file(out.moments) as part:
            found["moments"].save(part)
        with whole_file(out.fit) as part:
            part.write_text(json.dumps(without_nan(found["fit"]), indent=1) + "\n", encoding="utf-8")
