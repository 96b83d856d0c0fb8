"""Our values for what the paper says of sampled and sketched pairs, in the form that ``evaluation.ledger`` describes.

A sketch is of the first size of the config. ``pairs`` are the most of the config, or the fewest where that is said.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.values import fixed, spread
from running import read_table, step, write_table
from sketching.measure import ROWS, distance


def variants(errors: pd.DataFrame, size: int) -> Iterator[tuple[dict, pd.DataFrame]]:
    """The factors and the rows (of all seeds and numbers of pairs) of each way to draw pairs."""
    chosen = errors[(errors["sketch"] == ROWS) | (errors["size"] == size)]
    for (sketch, importance), rows in chosen.fillna({"importance": ""}).groupby(["sketch", "importance"], sort=False):
        yield {"sketch": sketch, "importance": importance}, rows


def values(errors: pd.DataFrame, bounds: pd.DataFrame, weights: pd.DataFrame, size: int) -> Iterator[dict]:
    """Rows of claims/sketching.tsv."""
    fewest, most = errors["pairs"].min(), errors["pairs"].max()
    for factors, rows in variants(errors, size):
        by_pairs = dict(list(rows.groupby("pairs")))
        of_most = by_pairs[most]
        sketched = factors["sketch"] != ROWS
        of = f"{most:,} pairs" + (f" of a sketch of {size}" if sketched else " of any cells")
        seeds = "seeds of sketch and pairs" if sketched else "seeds of pairs"
        yield {"id": "sketching.error", **factors, **spread(of_most["correlation_error"], seeds), "reason": of}
        yield {"id": "control.weights_of_most", **factors, **spread(of_most["weight_error"], seeds), "reason": of}
        few = by_pairs[fewest]["weight_error"]
        yield {
            "id": "sketching.weights",
            **factors,
            **spread(few, seeds),
            "reason": of.replace(f"{most:,}", f"{fewest:,}"),
        }
        yield {"id": "control.marker", **factors, **spread(of_most["marker"], seeds), "reason": of}
        shares, dealt = (spread(of_most[name], seeds) for name in ("rare_share", "shuffled_share"))
        if sketched:
            yield {"id": "sketching.rare_share", **factors, **shares, "reason": of}
            reason = "labels dealt to other cells, so that no rare type lies apart; the mean of 20 deals"
            yield {"id": "control.shuffled_rare_share", **factors, **dealt, "reason": reason}
        else:
            yield {"id": "control.rare_share", **shares, "reason": of}
    bound = bounds.set_index("pairs")["bound"][most]
    reason = f"the bound of Text S5 for {most:,} pairs; a correlation is off by 2 at most"
    yield {"id": "control.bound", **fixed(bound), "reason": reason}
    equal = distance(np.ones(len(weights)), weights["weight"].to_numpy())
    yield {"id": "control.equal_weights", **fixed(equal), "reason": "equal weights, which is no Schema at all"}


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        read = (read_table(inputs[name]) for name in ("errors", "bounds", "weights"))
        rows = pd.DataFrame(values(*read, snakemake.params.size))
        rows["class"] = (rows["over"] == "nothing random").map({True: "numeric", False: "statistical"})
        write_table(rows, snakemake.output[0])
