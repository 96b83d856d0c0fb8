"""How far each representation agrees with scVelo: pseudotimes, distances in t-SNE, distances of the representation.

The scores of the authors' script (Text S2), Spearman's and Pearson's:

- pseudotime: with scVelo's, as an absolute value, since the sign of either is arbitrary; over bootstraps of cells
- t-SNE: of the distance of two cells in the embedding with their difference of scVelo's pseudotime, for pairs of cells
  drawn with every cluster equally often; over starts of t-SNE and draws
- ranks: of the change of the rank of that distance, from the spliced counts alone to the representation, with it

Added here, over all pairs and without an embedding:

- distance: of squared distances of Schema's points with squared differences of scVelo's pseudotime (Pearson)

And of every pseudotime, as a control:

- depth: with the number of spliced counts of a cell, as an absolute value; over bootstraps of cells
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from anndata import AnnData, read_h5ad
from scipy.stats import rankdata

from dentate_gyrus.methods.table import DISTANCE, PSEUDOTIME, RANKS, TSNE
from running import read_table, step, write_table
from schema_core import Modality, Moments

LABELS = ["method", "min_correlation", "repeat"]
NONE = -1.0  # min_correlation of a method that has none, while tables are turned: pandas drops NaN from an index
DEPTH, COUNTS = "depth", "spliced counts"
KINDS = {"Spearman": lambda values: rankdata(values, axis=0), "Pearson": lambda values: values}


def correlations(columns: np.ndarray, against: np.ndarray) -> dict[str, np.ndarray]:
    """By kind the correlation of each of ``columns`` (n, k) with ``against`` (n,), (k,); NaN for a constant one.

    Rows in which ``against`` is NaN are left out.
    """
    known = np.isfinite(against)
    found = {}
    for kind, scale in KINDS.items():
        one, other = (scale(np.asarray(values, dtype=float)[known]) for values in (columns, against))
        one, other = one - one.mean(axis=0), other - other.mean()
        size = np.linalg.norm(one, axis=0) * np.linalg.norm(other)
        found[kind] = np.where(size > 0, other @ one / np.where(size > 0, size, 1), np.nan)
    return found


def summary(values: np.ndarray, over: str, whole: float | None = None) -> dict:
    """value (of all cells, or the median), low, high, n, over; of samples (m,)."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {"value": np.nan, "low": np.nan, "high": np.nan, "n": 0, "over": over}
    middle = float(np.median(known)) if whole is None else whole
    return {
        "value": middle,
        "low": min(middle, known.min()),
        "high": max(middle, known.max()),
        "n": len(known),
        "over": over,
    }


def pseudotime_rows(pseudotime: pd.DataFrame, velocity: pd.DataFrame, bootstraps: int, seed: int) -> Iterator[dict]:
    """Absolute correlations of every pseudotime with each of scVelo's. Columns besides the labels: score, along,
    reference (scVelo's mode), correlation (the kind), value, low, high, n, over."""
    keys = [*LABELS, "along"]
    wide = pseudotime.fillna({"min_correlation": NONE}).pivot(index="cell", columns=keys, values="time")
    wide = wide.loc[velocity.index]
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, len(wide), len(wide)) for _ in range(bootstraps)]
    for mode in velocity:
        against = velocity[mode].to_numpy()
        whole = correlations(wide.to_numpy(), against)
        samples = [correlations(wide.to_numpy()[rows], against[rows]) for rows in drawn]
        for kind, values in whole.items():
            spread = np.abs([one[kind] for one in samples]).T
            for labels, value, sample in zip(wide.columns, np.abs(values), spread, strict=True):
                ranges = summary(sample, f"{bootstraps} bootstraps of cells", float(value))
                yield (
                    dict(zip(keys, labels, strict=True))
                    | {"score": PSEUDOTIME, "reference": mode, "correlation": kind}
                    | ranges
                )


def balanced_pairs(clusters: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """n pairs of cells, two arrays (n,): 2n cells drawn with replacement, each cluster equally often; "" is none."""
    members = [np.flatnonzero(clusters == name) for name in sorted(set(clusters) - {""})]
    which = rng.integers(0, len(members), 2 * len(clusters))
    cells = np.array([members[i][rng.integers(len(members[i]))] for i in which])
    return cells[: len(clusters)], cells[len(clusters) :]


def embedding_rows(
    embeddings: pd.DataFrame, velocity: pd.DataFrame, clusters: np.ndarray, draws: int, seed: int
) -> Iterator[dict]:
    """The scores t-SNE and ranks, of the same pairs for every representation; the labels and as pseudotime_rows."""
    filled = embeddings.fillna({"min_correlation": NONE})
    wide = filled.pivot(index="cell", columns=[*LABELS, "start"], values=["x", "y"]).loc[velocity.index]
    rng = np.random.default_rng(seed)
    pairs = [balanced_pairs(clusters, rng) for _ in range(draws)]
    x, y = wide["x"], wide["y"]
    starts, found = x.columns.get_level_values("start"), {}
    alone = x.columns.get_level_values("method") == "spliced"
    for one, other in pairs:
        distances = np.hypot(*(axis.to_numpy()[one] - axis.to_numpy()[other] for axis in (x, y)))
        ranks = rankdata(distances, axis=0)
        for mode in velocity:
            change = np.abs(velocity[mode].to_numpy()[one] - velocity[mode].to_numpy()[other])
            scores = {TSNE: distances}
            if alone.any():
                at = [int(np.flatnonzero(alone & (starts == start))[0]) for start in starts]
                scores[RANKS] = ranks - ranks[:, at]
            for score, columns in scores.items():
                for kind, values in correlations(columns, change).items():
                    for labels, value in zip(x.columns, values, strict=True):
                        found.setdefault((score, mode, kind, *labels[:3]), []).append(value)
    n = starts.nunique()
    over = f"{n} start{'s' * (n > 1)} of t-SNE × {draws} draws of cells"
    for (score, mode, kind, *labels), values in found.items():
        if score != RANKS or labels[0] != "spliced":
            named = dict(zip(LABELS, labels, strict=True))
            yield named | {"score": score, "reference": mode, "correlation": kind} | summary(np.array(values), over)


def distance_rows(cells: AnnData, weights: pd.DataFrame, velocity: pd.DataFrame) -> Iterator[dict]:
    """The score distance, of the components of the spliced counts with the weights of Schema, and without."""
    for mode in velocity:
        known = velocity[mode].notna().to_numpy()
        time = Modality(velocity.loc[known, mode].to_numpy())
        covariances = Moments.from_arrays(cells.obsm["spliced"][known], [time]).covariances()
        sets = {("spliced", NONE, 0): np.ones(cells.obsm["spliced"].shape[1])}
        sets |= {key: rows.sort_values("component")["weight"].to_numpy() for key, rows in weights.groupby(LABELS)}
        for labels, of in sets.items():
            value = float(covariances.correlations(of)[1][0])
            ranges = {"value": value, "low": value, "high": value, "n": 1, "over": "nothing random"}
            named = dict(zip(LABELS, labels, strict=True))
            yield named | {"score": DISTANCE, "reference": mode, "correlation": "Pearson"} | ranges


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        cells, settings, seed = read_h5ad(inputs.cells), params.settings, params.seed
        velocity = pd.read_parquet(inputs.velocity).set_index("cell").loc[cells.obs_names]
        pseudotime = pd.read_parquet(inputs.pseudotime)
        depth = pd.DataFrame({COUNTS: np.asarray(cells.layers["spliced"].sum(axis=1)).ravel()}, index=cells.obs_names)
        clusters = cells.obs["cluster"].astype(str).to_numpy()
        rows = [
            *pseudotime_rows(pseudotime, velocity, settings["bootstraps"], seed),
            *(row | {"score": DEPTH} for row in pseudotime_rows(pseudotime, depth, settings["bootstraps"], seed)),
            *embedding_rows(pd.read_parquet(inputs.embeddings), velocity, clusters, settings["tsne"]["draws"], seed),
            *distance_rows(cells, read_table(inputs.weights), velocity),
        ]
        log.info("%d scores", len(rows))
        columns = ["score", *LABELS, "along", "reference", "correlation", "value", "low", "high", "n", "over"]
        table = pd.DataFrame(rows, columns=columns)
        table["min_correlation"] = table["min_correlation"].replace(NONE, np.nan)
        write_table(table, snakemake.output[0])
