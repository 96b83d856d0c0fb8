"""Write cells of a few large types and a rare one, with a second modality that follows four of their features.

The paper has no data for sketching, so that these serve in every run. All sizes are choices of ours: what matters is
that the rare type lies apart, since this is what sketches look for.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from running import InputError, step, whole_file, write_parquet

LARGE = (0.45, 0.3, 0.25)  # of the cells that are not rare
FEATURES = 16
WITH_TYPES = 8  # the first so many features differ between large types, with this standard deviation of their means
TYPE_SD = 1.5
MARKER, MARKER_SHIFT = 7, 8.0  # the feature that the rare type has higher, in standard deviations within a type
FOLLOWED = (0, 8, 9)  # features that the modality follows in all cells; of the marker it follows the rare type
NOISE = 1.0  # of the modality, in the same unit


def simulate(cells: int, rare_share: float, seed: int) -> tuple[pd.DataFrame, dict]:
    """The cells (type, features x1, x2, ..., modality y1, y2, y3), and what was planted.

    Raises InputError where there are fewer than five rare cells.
    """
    n_rare = round(cells * rare_share)
    if n_rare < 5:
        problem = f"a rare_share of {rare_share:g} of {cells} cells is {n_rare}, and an analysis needs five"
        raise InputError("simulate.sketching", problem, "give more cells or a larger share")
    rng = np.random.default_rng(seed)
    types = np.append(rng.choice(len(LARGE), cells - n_rare, p=LARGE), np.full(n_rare, len(LARGE)))
    types = types[rng.permutation(cells)]
    rare = types == len(LARGE)
    means = np.zeros((len(LARGE) + 1, FEATURES))
    means[:-1, :WITH_TYPES] = rng.normal(0, TYPE_SD, (len(LARGE), WITH_TYPES))
    means[:-1, MARKER] = 0
    means[-1, MARKER] = MARKER_SHIFT
    X = means[types] + rng.normal(size=(cells, FEATURES))
    first, *others = FOLLOWED
    signals = [X[:, first] + X[:, others[0]], X[:, others[1]], 0.75 * MARKER_SHIFT * rare]
    Y = np.column_stack(signals) + rng.normal(0, NOISE, (cells, len(signals)))
    names = [f"x{i + 1}" for i in range(FEATURES)]
    table = pd.DataFrame(X, columns=names).assign(**{f"y{i + 1}": Y[:, i] for i in range(Y.shape[1])})
    table.insert(0, "type", np.append([f"large {i + 1}" for i in range(len(LARGE))], "rare")[types])
    truth = {
        "rare_share": n_rare / cells,
        "marker": names[MARKER],
        "followed": [names[i] for i in (*FOLLOWED, MARKER)],
    }
    return table, truth


if __name__ == "__main__":
    with step(snakemake):
        params, outputs = snakemake.params, snakemake.output
        table, truth = simulate(**params.settings, seed=params.seed)
        write_parquet(table, outputs.cells)
        with whole_file(Path(outputs.truth)) as part:
            part.write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
