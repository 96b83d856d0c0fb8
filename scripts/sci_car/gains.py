"""What claims and figures both say of scores: medians with ranges, and Schema's gain over RNA alone by setting."""

import pandas as pd

from running import read_table, step, write_table

RANDOM = "random"  # the control: clusters of RNA dealt to random cells
SHUFFLED = "shuffled"  # the control: ATAC of other cells
ATAC, OTHER = "ATAC", "ATAC of other cells"  # what Schema is given
EQUAL = "equal weights"  # the control among the ways to score genes
FIRST = 3  # up-weighted genes, of which the paper names as many
BASE = ["data", "cells", "rna", "components", "scaling", "neighbours", "resolution"]  # what RNA alone depends on


def ranges(scores: pd.DataFrame, group: str = "all", metric: str = "ari") -> pd.DataFrame:
    """By method, the ``median`` over its runs, ``low`` and ``high``, and how many ``runs``."""
    rows = scores[(scores["group"] == group) & (scores["metric"] == metric)]
    of = rows.groupby("method")["value"]
    return pd.DataFrame({"median": of.median(), "low": of.min(), "high": of.max(), "runs": of.size()})


def gains(runs: pd.DataFrame) -> pd.DataFrame:
    """A row per setting of Schema, from medians over seeds of its ARI, of RNA alone (``ari_rna``), and of the control.

    ``gain`` is over RNA alone. ``over_control`` is over Schema given the ATAC of other cells, which is what ATAC itself
    adds: any reweighting within s, by noise too, can move the ARI. It is missing for the control.
    """
    median = runs.groupby([*BASE, "atac", "s"], dropna=False)["ari"].median().reset_index()
    alone = median.query("atac == 'none'").set_index(BASE)["ari"].rename("ari_rna")
    control = median[median["atac"] == SHUFFLED].set_index([*BASE, "s"])["ari"].rename("ari_control")
    table = median.query("atac != 'none'").join(alone, on=BASE).join(control, on=[*BASE, "s"])
    over = (table["ari"] - table["ari_control"]).where(table["atac"] != SHUFFLED)
    return table.assign(gain=table["ari"] - table["ari_rna"], over_control=over).reset_index(drop=True)


def why_absent(statuses: pd.DataFrame, name: str) -> str:
    """Why a method has no value."""
    failed = statuses.query("method == @name and state == 'failed'")["reason"]
    return (
        f"failed: {failed.iloc[0]}" if len(failed) else f"{name} is not among the methods of this run (sci_car.methods)"
    )


if __name__ == "__main__":
    with step(snakemake):
        runs = [read_table(path) for path in snakemake.input.runs]
        write_table(gains(pd.concat(runs, ignore_index=True)), snakemake.output[0])
