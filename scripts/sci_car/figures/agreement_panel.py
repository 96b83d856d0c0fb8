"""Figure 2f: agreement of clusters with labels, of all cells and of the proximal tubule, by the paper's methods."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS
from sci_car.gains import RANDOM, ranges
from sci_car.methods.table import METHODS

# The paper's methods in its order, with the claim that has its value; then the controls.
SHOWN = {
    "rna": "ari.rna",
    "atac": "ari.atac",
    "schema": "ari.schema",
    "cca": "ari.cca",
    "totalvi": "ari.totalvi",
    "pseudocell_300": "ari.pseudocell",
    "schema_shuffled": None,
    RANDOM: None,
}
GROUPS = {"all": ("all cells", COLOURS["blue"]), "proximal tubule": ("proximal tubule cells", COLOURS["orange"])}
NAMES = {"rna": "RNA", "atac": "ATAC", "schema": "Schema", "pseudocell_300": "pseudocells", RANDOM: "random\nclusters"}
NAMES |= {"schema_shuffled": "Schema, ATAC\nof other cells"}


def agreement_data(scores: pd.DataFrame, statuses: pd.DataFrame, claims: dict) -> pd.DataFrame:
    """Rows (series, group, value, low, high, note): median ARI and range; the paper's value as series "paper".

    A method without a value has a note: failed, or not run.
    """
    rows = []
    for group in GROUPS:
        found = ranges(scores, group)
        for method, claim in SHOWN.items():
            if method in found.index:
                of = found.loc[method]
                rows.append(
                    {"series": method, "group": group, "value": of["median"], "low": of["low"], "high": of["high"]}
                )
            elif group == "all":
                failed = (statuses["method"] == method) & (statuses["state"] == "failed")
                rows.append({"series": method, "group": group, "note": "failed" if failed.any() else "not run"})
            if group == "all" and claim in claims:
                rows.append({"series": "paper", "group": method, "value": claims[claim]["paper"]})
    return pd.DataFrame(rows).reindex(columns=["series", "group", "value", "low", "high", "note"])


def draw_agreement(axes: plt.Axes, rows: pd.DataFrame) -> None:
    """Bars with ranges over seeds; diamonds for the paper's values."""
    methods = list(SHOWN)
    for shift, (group, (label, colour)) in zip((-0.2, 0.2), GROUPS.items(), strict=True):
        of = rows[(rows["group"] == group) & rows["value"].notna() & rows["series"].isin(methods)]
        x = of["series"].map(methods.index).to_numpy() + shift
        axes.bar(
            x, of["value"], width=0.38, color=colour, label=label, hatch="" if shift < 0 else "///", edgecolor="white"
        )
        errors = np.abs(of[["low", "high"]].to_numpy().T - of["value"].to_numpy())
        axes.errorbar(x, of["value"], errors, fmt="none", color="black", linewidth=0.8, capsize=2)
    paper = rows[rows["series"] == "paper"]
    if len(paper):
        x = paper["group"].map(methods.index).to_numpy() - 0.2
        axes.scatter(x, paper["value"], marker="D", s=28, color=COLOURS["yellow"], edgecolors="black", linewidths=0.6,
                     zorder=3, label="the paper's value")  # fmt: skip
    for row in rows[rows["note"].notna()].itertuples():
        axes.text(
            methods.index(row.series), 0.01, row.note, rotation=90, ha="center", va="bottom", color=COLOURS["grey"]
        )
    names = [NAMES.get(name) or METHODS[name].label for name in methods]
    axes.set_xticks(range(len(methods)), names)
    axes.set(ylabel="adjusted Rand index", ylim=(None, 1.2 * rows[["value", "high"]].max(axis=None)))
    axes.axhline(0, color="black", linewidth=0.7)
    axes.legend(loc="upper right", ncols=3)
    axes.set_title("agreement of clusters with published labels: median and range over seeds")
