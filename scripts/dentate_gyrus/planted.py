"""What is planted in the simulated cells against what scVelo and Schema find."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad

from evaluation.planted import apart, effect, read_truth, same_order, write_effects
from running import read_table, step


def share_told(components: np.ndarray, weights: np.ndarray, values: np.ndarray) -> float:
    """The share of the variance of weighted components (n, k) that ``values`` (n,) tell, linearly."""
    centred, scaled = components - components.mean(axis=0), values - values.mean()
    told = (scaled @ centred) ** 2 / (scaled @ scaled)
    return float(weights @ told / (weights @ (centred**2).sum(axis=0)))


def shares(cells: AnnData, weights: pd.DataFrame, values: np.ndarray, s: float) -> tuple[float, pd.Series, pd.Series]:
    """That share for the spliced counts, for Schema at s, and for Schema with unspliced counts of other cells."""
    components = cells.obsm["spliced"]
    alone = share_told(components, np.ones(components.shape[1]), values)
    found = {"schema": [], "schema_shuffled": []}
    at = weights[np.isclose(weights["min_correlation"], s)]
    for (method, _), rows in at.groupby(["method", "repeat"]):
        found[method].append(share_told(components, rows.sort_values("component")["weight"].to_numpy(), values))
    return alone, pd.Series(found["schema"]), pd.Series(found["schema_shuffled"])


def effects(truth: dict, cells: AnnData, velocity: pd.DataFrame, weights: pd.DataFrame) -> Iterator[dict]:
    """Rows of the table."""
    time = pd.Series(truth["time"]).reindex(cells.obs_names)
    for mode in velocity:
        if mode != "latent time":
            seen = same_order(time, velocity[mode])
            yield effect(
                "Fig S2",
                f"Cells mature along one time ({mode})",
                f"{len(truth['dynamic'])} genes are switched on or off at times of their own",
                "scVelo's pseudotime follows it",
                seen.words,
                seen.sure and seen.size > 0.5,
                "scVelo's pseudotime does not follow the planted time",
            )
    s = weights["min_correlation"].min()
    alone, schema, shuffled = shares(cells, weights, time.to_numpy(), s)
    without = pd.concat([shuffled, pd.Series([alone])])
    far, words = apart(schema, without, "without, and with unspliced counts of other cells,")
    yield effect(
        "Fig S2",
        "Unspliced counts hold the time too",
        "they run ahead of spliced ones",
        f"time tells more of the variance with Schema, s = {s:g}",
        f"share {words}",
        far,
        "Schema with the unspliced counts of other cells does as much",
    )
    at = weights[np.isclose(weights["min_correlation"], s)].groupby(["method", "repeat"])
    after = at["after"].first()
    own, others = (after[after.index.get_level_values("method") == name] for name in ("schema", "schema_shuffled"))
    far, words = apart(own, others, "with those of other cells")
    yield effect(
        "Fig S2",
        "Unspliced counts of other cells say nothing",
        "dealt to the cells at random",
        f"Schema, s = {s:g}, brings distances near to those of the own unspliced counts alone",
        f"correlation {words}",
        far,
        "distances come as near to those of other cells' counts",
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        cells = read_h5ad(inputs.cells)
        velocity = pd.read_parquet(inputs.velocity).set_index("cell")
        rows = effects(read_truth(inputs.truth), cells, velocity, read_table(inputs.weights))
        write_effects(rows, snakemake.output[0])
