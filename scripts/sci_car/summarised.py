"""What claims and figures both say of the scores: medians with ranges, and Schema's gain over RNA alone."""

import pandas as pd

SHUFFLED = "shuffled"  # the control: ATAC of other cells
BASE = ["cells", "rna", "components", "scaling", "neighbours", "resolution"]  # what RNA alone depends on


def ranges(scores: pd.DataFrame, group: str = "all", metric: str = "ari") -> pd.DataFrame:
    """By method, the ``median`` over its runs, ``low`` and ``high``, and how many ``runs``."""
    rows = scores[(scores["group"] == group) & (scores["metric"] == metric)]
    of = rows.groupby("method")["value"]
    return pd.DataFrame({"median": of.median(), "low": of.min(), "high": of.max(), "runs": of.size()})


def gains(runs: pd.DataFrame) -> pd.DataFrame:
    """A row per setting of Schema: median ARI over seeds of Schema and of RNA alone, and the difference."""
    median = runs.groupby([*BASE, "atac", "s"], dropna=False)["ari"].median().reset_index()
    alone = median.query("atac == 'none'").set_index(BASE)["ari"].rename("ari_rna")
    table = median.query("atac != 'none'").join(alone, on=BASE)
    return table.assign(gain=table["ari"] - table["ari_rna"]).reset_index(drop=True)


def gain_in_words(table: pd.DataFrame) -> str:
    """Over all declared settings: how often Schema is above RNA alone, and by how much, beside the control."""
    shuffled = table["atac"] == SHUFFLED
    real, control = table.loc[~shuffled, "gain"], table.loc[shuffled, "gain"]
    words = f"over {len(real)} settings Schema is above RNA alone in {(real > 0).mean():.0%}, "
    words += f"median gain {real.median():+.3f}"
    return words + f" (with ATAC of other cells in {(control > 0).mean():.0%}, {control.median():+.3f})"


def why_absent(statuses: pd.DataFrame, name: str) -> str:
    """Why a method has no value."""
    failed = statuses.query("method == @name and state == 'failed'")["reason"]
    return (
        f"failed: {failed.iloc[0]}" if len(failed) else f"{name} is not among the methods of this run (sci_car.methods)"
    )
