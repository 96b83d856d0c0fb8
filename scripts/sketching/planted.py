"""What was planted in the simulated cells against what pairs of them found; see ``evaluation.planted``."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from evaluation.planted import apart, effect, higher, read_truth, spread, write_effects
from running import read_table, step
from sketching.measure import ROWS, WITH, WITHOUT

FIGURE = "Text S5"


def effects(truth: dict[str, Any], errors: pd.DataFrame, weights: pd.DataFrame) -> Iterator[dict]:
    """The rows; errors are compared over seeds, at the most pairs and the smallest sketches."""
    seen = higher(weights.set_index("feature")["weight"], truth["followed"])
    yield effect(
        FIGURE,
        "The second modality follows some features",
        f"{', '.join(truth['followed'])}; of these {truth['marker']} in the rare type alone",
        "Schema on all pairs weights them up",
        seen.words,
        seen.sure,
        "Schema on all pairs weights others up as much",
    )
    most = errors[errors["pairs"] == errors["pairs"].max()]
    rows, sketched = most[most["sketch"] == ROWS], most[most["size"] == most["size"].min()]
    diverse = sketched[sketched["sketch"] != "uniform"]
    more, words = apart(diverse["rare_share"], rows["rare_share"], "pairs of any cells")
    r = truth["rare_share"]
    yield effect(
        FIGURE,
        "A rare type lies apart from the others",
        f"{r:.2%} of the cells, so in {1 - (1 - r) ** 2:.2%} of pairs",
        "sketches that look for diversity have more pairs with it",
        f"share of pairs {words}",
        more,
        "they have as few as any cells",
    )
    dealt = diverse["shuffled_share"]
    yield effect(
        FIGURE,
        "Dealt to other cells, the same labels lie nowhere in particular",
        f"labels of {r:.2%} of the cells",
        "sketches have fewer pairs with them than with the rare type",
        f"share of pairs {spread(dealt)}; with the rare type {spread(diverse['rare_share'])}",
        bool(dealt.max() < diverse["rare_share"].min()),
        "they have as many",
    )
    of = {importance: diverse[diverse["importance"] == importance] for importance in (WITH, WITHOUT)}
    less, words = apart(of[WITHOUT]["weight_error"], of[WITH]["weight_error"], "with importance weights")
    yield effect(
        FIGURE,
        "All pairs are what is asked about, not the sketch",
        "as many cells of each type as there are",
        "importance weights bring Schema's weights nearer to those of all pairs",
        f"error {words}",
        less,
        "the errors with and without them overlap",
    )
    more, words = apart(of[WITHOUT]["marker"], rows["marker"], "pairs of any cells")
    yield effect(
        FIGURE,
        "The rare type's marker matters as much as the type is frequent",
        f"{truth['marker']}, followed in {r:.2%} of the cells",
        "without importance weights, sketches that look for diversity tie it more to the modality",
        f"correlation above that of all pairs {words}",
        more,
        "it is within the range of pairs of any cells",
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        errors, weights = (read_table(inputs[name]) for name in ("errors", "weights"))
        write_effects(effects(read_truth(inputs.truth), errors, weights), snakemake.output[0])
