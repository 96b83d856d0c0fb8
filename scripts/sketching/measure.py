"""How far covariances, and Schema's weights, of sampled pairs are from those of all pairs (Text S5, sketching).

Every way to draw pairs is tried with every number of pairs and every size of sketch, over seeds of sketch and draws.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist

from evaluation.planted import read_truth
from running import step, write_table
from schema_core import Covariances, Modality, Moments, Sketch, pairs_for_error, sampled_covariances, solve
from schema_core.draws import random_pairs

ROWS = "rows"  # pairs of all cells, as the released package draws them
WITH, WITHOUT = "with", "without"  # importance weights
SHUFFLES = 20  # of the labels of rare cells, of which the mean share of pairs is a control


@dataclass(frozen=True)
class Cells:
    """Features (N, k), a vector modality (N, p), which cells are rare (N,) bool, and the marker's column.

    Attributes
    ----------
    exact : covariances of all pairs; weights : (k,), of Schema with these
    """

    X: np.ndarray
    Y: np.ndarray
    rare: np.ndarray
    marker: int
    settings: Mapping
    exact: Covariances
    weights: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame, marker: str, settings: Mapping) -> "Cells":
        """From the columns type, x..., y... of a table; settings : min_correlation and max_weight_ratio, for Schema."""
        features = [name for name in table.columns if name.startswith("x")]
        X = table[features].to_numpy()
        Y = table[[name for name in table.columns if name.startswith("y")]].to_numpy()
        exact = Moments.from_arrays(X, Modality(Y, "vector")).covariances()
        weights = weigh(exact, settings)
        return cls(X, Y, (table["type"] == "rare").to_numpy(), features.index(marker), settings, exact, weights)

    def errors(self, covariances: Covariances) -> dict[str, float]:
        """Of what pairs give, against all pairs.

        correlation_error : the largest |difference| of any correlation of two features, or of one and the modality
        weight_error : half the sum of |differences| of weights over their sum, from 0 to 1
        marker : how much too high the correlation of the rare type's marker with the modality is
        """
        names = ("feature_correlations", "modality_correlations")
        off = max(np.abs(getattr(covariances, name) - getattr(self.exact, name)).max() for name in names)
        marker = covariances.modality_correlations - self.exact.modality_correlations
        return {
            "correlation_error": float(off),
            "weight_error": distance(weigh(covariances, self.settings), self.weights),
            "marker": float(marker[self.marker, 0]),
        }


def weigh(covariances: Covariances, settings: Mapping) -> np.ndarray:
    """Schema's weights, (k,)."""
    return solve(covariances, np.ones(1), **settings).weights


def distance(weights: np.ndarray, others: np.ndarray) -> float:
    """Half the sum of |differences| of weights of mean 1, over their sum: 0 for the same, 1 for none in common."""
    return float(np.abs(weights - others).mean() / 2)


def error_bound(cells: Cells, n_pairs: int, confidence: float) -> float:
    """What the bound of Text S5 says of the error of all correlations at once (see pairs_for_error).

    The largest standardised distance is that of these cells, which a user would not know before.
    """
    k = cells.X.shape[1]
    exact, modality = cells.exact, pdist(cells.Y, "sqeuclidean")
    mean = np.append(exact.mean_distance, modality.mean())
    sd = np.append(exact.feature_sd, exact.modality_sd)
    largest = np.append(np.ptp(cells.X, axis=0) ** 2, modality.max())
    bound = (np.maximum(mean, largest - mean) / sd).max()
    return float(np.sqrt(pairs_for_error(1.0, confidence, bound, k * (k + 1)) / n_pairs))


def shares(pairs: Iterator[tuple], rare: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """The share of pairs with at least one rare cell, and the mean of that over shuffles of what is rare."""
    labels = np.column_stack([rare, *(rng.permutation(rare) for _ in range(SHUFFLES))])
    found = np.array([[len(first), *(labels[first] | labels[second]).sum(axis=0)] for first, second, _ in pairs])
    own, *shuffled = found[:, 1:].sum(axis=0) / found[:, 0].sum()
    return {"rare_share": float(own), "shuffled_share": float(np.mean(shuffled))}


def measured(
    cells: Cells, sketches: list[str], sizes: list[int], n_pairs: list[int], seeds: int, seed: int
) -> Iterator:
    """Rows (sketch, importance, size, pairs, seed, errors of ``Cells.errors``, rare_share, shuffled_share)."""
    for repeat in range(seeds):
        own = int(np.random.SeedSequence([seed, repeat]).generate_state(1)[0])
        for P in n_pairs:
            yield {"sketch": ROWS, "importance": "", "size": None, "seed": repeat} | of_pairs(cells, None, P, own)
        for name, size in product(sketches, sizes):
            sketch = Sketch.of(cells.X, size, name, random_state=own)
            for importance, P in product((WITH, WITHOUT), n_pairs):
                about = {"sketch": name, "importance": importance, "size": size, "seed": repeat}
                yield about | of_pairs(cells, replace(sketch, importance=importance == WITH), P, own)


def of_pairs(cells: Cells, sketch: Sketch | None, P: int, seed: int) -> dict:
    """What P pairs of a sketch, or of any cells, give: errors and shares."""
    modality = Modality(cells.Y, "vector")
    found = sampled_covariances(cells.X, modality, n_pairs=P, random_state=seed, sketch=sketch)
    # the same pairs again
    shuffling = np.random.default_rng([seed, 1])
    pairs = (
        random_pairs(len(cells.X), P, np.random.default_rng(seed), None) if sketch is None else sketch.pairs(P, seed)
    )
    return {"pairs": P} | cells.errors(found) | shares(pairs, cells.rare, shuffling)


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        table = pd.read_parquet(inputs.cells)
        truth = read_truth(inputs.truth)
        cells = Cells.of(table, truth["marker"], params.schema)
        rows = pd.DataFrame(measured(cells, seed=params.seed, **params.design)).astype({"size": "Int64"})
        write_table(rows, outputs.errors)
        bounds = {P: error_bound(cells, P, params.confidence) for P in params.design["n_pairs"]}
        write_table(pd.DataFrame({"pairs": bounds.keys(), "bound": bounds.values()}), outputs.bounds)
        features = [name for name in table.columns if name.startswith("x")]
        weights = {"feature": features, "weight": cells.weights, "followed": np.isin(features, truth["followed"])}
        write_table(pd.DataFrame(weights), outputs.weights)
        log.info("%d draws of pairs measured", len(rows))
        about = {
            "file": "sketching/cells.parquet",
            "found": f"{len(table):,} cells",
            "published": "",
            "scope": "simulated",
        }
        write_table(pd.DataFrame([about]), outputs.scope)
