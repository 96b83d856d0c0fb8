"""Our values for what the paper says of Figure S2, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import pandas as pd
from anndata import read_h5ad

from dentate_gyrus.methods.table import CHANGE, DISTANCE, FIRST, METHODS, PSEUDOTIME, RANKS, TSNE
from evaluation.values import fixed, spread
from running import read_table, step, write_table

NAMES = {PSEUDOTIME: "velocity", DISTANCE: "distance", TSNE: "tsne", RANKS: "ranks"}
IN_IDS = {"spliced": "original"}
WHY = {
    ("schema", CHANGE): "a projection of the spliced components on one direction, the same for all cells; either sign",
    ("cca", CHANGE): "a projection likewise, on the mean change from spliced variates to unspliced ones",
    ("spliced", FIRST): "the first principal component of the spliced counts, without Schema and unspliced counts",
    ("unspliced", FIRST): "the first principal component of the unspliced counts alone",
}


def factors(row: dict) -> dict:
    """The factors of a row of scores; those that it does not have are empty."""
    s = "" if pd.isna(row["min_correlation"]) else row["min_correlation"]
    return {"s": s, "reference": row["reference"], "correlation": row["correlation"]}


def values(scores: pd.DataFrame) -> Iterator[dict]:
    """Schema's scores with their ranges; as controls, those of each other method.

    A method without Schema has no s. Of the control with shuffles the range is that over shuffles.
    """
    for (score, method), rows in scores.groupby(["score", "method"], sort=False):
        group, name = METHODS[method].group, NAMES.get(score, score)
        if group == "control":
            keys = ["min_correlation", "reference", "correlation"]
            for labels, of in rows.groupby(keys, dropna=False, sort=False):
                value = spread(of["value"], "shuffles of unspliced counts over cells")
                reason = "the same with unspliced counts of other cells: what any reweighting does"
                yield {
                    "id": f"control.shuffled_{name}",
                    **factors(dict(zip(keys, labels, strict=True))),
                    **value,
                    "reason": reason,
                }
            continue
        is_claimed = method == "schema" and score in NAMES
        own = f"dentate.{name}" if is_claimed else f"control.{IN_IDS.get(method, method)}_{name}"
        for row in rows.to_dict("records"):
            value = {"ours": row["value"], **{key: row[key] for key in ("low", "high", "n", "over")}}
            yield {"id": own, **factors(row), **value, "reason": WHY.get((method, row["along"]), "")}


if __name__ == "__main__":
    with step(snakemake):
        cells = int(read_h5ad(snakemake.input.cells, backed="r").uns["read"]["cells"])
        rows = [
            {
                "id": "dentate.cells",
                **fixed(cells),
                "class": "exact",
                "reason": "in the file, before the shallowest are dropped",
            },
            *values(read_table(snakemake.input.scores)),
        ]
        # scores hang on graphs of neighbours and t-SNE, whose last digits differ between processors
        table = pd.DataFrame([{"class": "statistical"} | row for row in rows])
        write_table(table, snakemake.output[0])
