"""What loading, preprocessing and the ladder of s take at the size of the published matrix: one row per step."""

from collections.abc import Mapping

import pandas as pd
from anndata import read_h5ad

from running import step, whole_file


def measured(benchmarks: Mapping[str, str], results: Mapping[str, str]) -> pd.DataFrame:
    """step, seconds (wall), cpu_seconds, gigabytes (largest resident memory), and the size of what the step made.

    benchmarks : Snakemake's benchmark file of each step; results : the .h5ad that a step made, for those that made one
    """
    rows = []
    for name, path in benchmarks.items():
        taken = pd.read_csv(path, sep="\t").iloc[0]
        row = {"step": name, "seconds": taken["s"], "cpu_seconds": taken["cpu_time"]}
        row["gigabytes"] = float(taken["max_rss"]) * 2**20 / 1e9  # Snakemake's unit is MiB
        if name in results:
            made = read_h5ad(results[name], backed="r")
            row |= {"cells": made.n_obs, "columns": made.n_vars}
            made.file.close()
        rows.append(row)
    return pd.DataFrame(rows).astype({"cells": "Int64", "columns": "Int64"})


if __name__ == "__main__":
    with step(snakemake) as log:  # noqa: F821
        made = dict(zip(("load", "preprocess", "factors"), snakemake.input.cells, strict=True))  # noqa: F821
        table = measured(snakemake.params.benchmarks, made)  # noqa: F821
        log.info("measured:\n%s", table.to_string(index=False))
        with whole_file(snakemake.output[0]) as part:  # noqa: F821
            table.to_csv(part, sep="\t", index=False, float_format="%.3g")
