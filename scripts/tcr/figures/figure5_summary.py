"""Panel f of Figure 5: every correlation with VDJdb beside its baselines, chance, and the paper's value."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plotting import COLOURS
from tcr.methods.table import METHODS

GROUPS = {
    ("TRA", "agreement"): ("α, agreement", "tcr.alpha"),
    ("TRA", "hamming"): ("α, Hamming", None),
    ("TRB", "agreement"): ("β, agreement", "tcr.beta"),
    ("TRB", "hamming"): ("β, Hamming", None),
}
STYLES = {
    **{name: (method.look[1], COLOURS[method.look[0]]) for name, method in METHODS.items()},
    "baseline": ("x", COLOURS["black"]),
    "shuffled": ("|", COLOURS["grey"]),
    "paper": ("D", COLOURS["yellow"]),
}


def summary_rows(
    locations: pd.DataFrame, residues: pd.DataFrame, build: str, scored: int, claims: dict
) -> pd.DataFrame:
    """One row per point: group, series (a key of STYLES), label, value (Spearman's ρ), p, n."""
    rows = []
    here = locations[(locations["build"] == build) & (locations["scored"] == f"1-{scored}")]
    for (chain, orientation), (group, claim) in GROUPS.items():
        of_chain = here[here["chain"] == chain]
        runs = of_chain[of_chain["orientation"] == orientation].query("modalities == 'binding' and first_location")
        for _, run in runs[runs["subset"] == "all"].iterrows():
            rows.append(
                {"group": group, "series": run["method"], "label": run["method"], "value": run["rho"]} | _pn(run)
            )
        for _, run in runs[runs["subset"].str.startswith("shuffle_")].iterrows():
            rows.append({"group": group, "series": "shuffled", "label": run["subset"], "value": run["rho"]} | _pn(run))
        for _, run in of_chain[of_chain["method"] == "position entropy"].iterrows():
            rows.append(
                {"group": group, "series": "baseline", "label": "position entropy", "value": run["rho"]} | _pn(run)
            )
        if claim in claims:
            rows.append({"group": group, "series": "paper", "label": claim, "value": claims[claim], "n": scored})
    for encoding, group in (("counts", "amino acids, released"), ("boolean", "amino acids, text")):
        runs = residues[(residues["build"] == build) & residues["encoding"].isin([encoding, "none"])]
        for _, run in runs[~runs["subset"].str.startswith("bootstrap_")].iterrows():
            series = "baseline" if run["encoding"] == "none" else run["method"]
            shuffled = {"series": "shuffled", "label": run["subset"]} if run["subset"] != "all" else {}
            of_run = {"group": group, "series": series, "label": run["method"], "value": run["rho"]}
            rows.append(of_run | shuffled | _pn(run))
        if "tcr.aa" in claims:
            rows.append({"group": group, "series": "paper", "label": "tcr.aa", "value": claims["tcr.aa"], "n": 20})
    return pd.DataFrame(rows)


def _pn(run: pd.Series) -> dict:
    return {"p": run["p"], "n": run["n"]}


def draw_correlations(axes: plt.Axes, rows: pd.DataFrame) -> None:
    """A dot plot: one line per group."""
    groups = list(dict.fromkeys(rows["group"]))
    for y, group in enumerate(groups):
        of_group = rows[rows["group"] == group]
        shuffled = of_group.loc[of_group["series"] == "shuffled", "value"].dropna()
        if len(shuffled):
            axes.barh(y, np.ptp(shuffled), left=shuffled.min(), height=0.62, color=COLOURS["pale"], zorder=0)
        for series, (marker, colour) in STYLES.items():
            values = of_group.loc[of_group["series"] == series, "value"].dropna()
            offset = {"grid": -0.16, "exact": 0.0, "schema_learn": 0.16}.get(series, 0.0)
            if series != "shuffled":
                edge = {"edgecolors": "black", "linewidths": 0.6} if series == "paper" else {}
                zorder = 2 if series == "paper" else 3
                axes.scatter(
                    values, np.full(len(values), y + offset), marker=marker, color=colour, s=26, zorder=zorder, **edge
                )
    axes.set(yticks=range(len(groups)), yticklabels=groups, xlim=(-1.05, 1.05), xlabel="Spearman ρ with VDJdb")
    axes.invert_yaxis()
    axes.axvline(0, color=COLOURS["grey"], linewidth=0.7)
    names = {"baseline": "entropy or frequency alone", "paper": "the paper's value"}
    handles = [
        plt.Line2D(
            [], [], linestyle="", marker=STYLES[key][0], color=STYLES[key][1], markeredgecolor="black", label=name
        )
        for key, name in names.items()
    ]
    handles.append(plt.Rectangle((0, 0), 1, 1, color=COLOURS["pale"], label="labels shuffled (range)"))
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.3, -0.14), ncols=1)
