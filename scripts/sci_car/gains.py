"""What claims and figures both say of the scores: medians with ranges, and Schema's gain over RNA alone."""

import pandas as pd

from running import read_table, step, write_table

RANDOM = "random"  # the control: clusters of RNA dealt to random cells
SHUFFLED = "shuffled"  # the control: ATAC of other cells
BASE = ["cells", "rna", "components", "scaling", "neighbours", "resolution"]  # what RNA alone depends on


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


def gain_in_words(table: pd.DataFrame) -> str:
    """Over all declared settings: how often Schema is above RNA alone, and above the control, and by how much."""
    real = table[table["atac"] != SHUFFLED]
    (share, median), (share_over, over) = (
        (f"{(real[column] > 0).mean():.0%}", f"{real[column].median():+.3f}") for column in ("gain", "over_control")
    )
    return (
        f"over {len(real)} settings Schema is above RNA alone in {share}, median gain {median}, and above Schema with "
        f"ATAC of other cells in {share_over}, median {over}"
    )


def alone_in_words(table: pd.DataFrame) -> str:
    """How far RNA alone moves with settings that the paper does not give."""
    alone = table.drop_duplicates(BASE)["ari_rna"]
    return f"RNA alone ranges from {alone.min():.3f} to {alone.max():.3f} over {len(alone)} declared settings"


def why_absent(statuses: pd.DataFrame, name: str) -> str:
    """Why a method has no value."""
    failed = statuses.query("method == @name and state == 'failed'")["reason"]
    return (
        f"failed: {failed.iloc[0]}" if len(failed) else f"{name} is not among the methods of this run (sci_car.methods)"
    )


if __name__ == "__main__":
    with step(snakemake) as log:
        runs = [read_table(path) for path in snakemake.input.runs]
        table = gains(pd.concat(runs, ignore_index=True))
        log.info("%s", gain_in_words(table))
        write_table(table, snakemake.output[0])
