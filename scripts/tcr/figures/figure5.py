"""Figure 5 c, d, e: locations and residues against VDJdb, in both orientations, with baselines and a chance band."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from evaluation.ledger import read_claims
from plotting import COLOURS, house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step
from tcr.figures.figure5_summary import draw_correlations, summary_rows
from tcr.methods.table import METHODS

TABLES = (
    "location_profiles",
    "location_scores",
    "residue_profiles",
    "residue_scores",
    "residue_frequency",
    "vdjdb_locations",
    "vdjdb_residues",
)
CHAIN_NAMES = {"TRA": "α", "TRB": "β"}
PANELS = {"TRA": "c", "TRB": "d"}
ORIENTATION_NAMES = {"agreement": "agreement (as released)", "hamming": "Hamming (as in the text)"}


def location_data(profiles: pd.DataFrame, vdjdb: pd.DataFrame, build: str) -> pd.DataFrame:
    """What panels c and d show: panel, orientation, series, location, value (1 - weight, or VDJdb's score)."""
    shown = profiles.query("subset == 'all' and modalities == 'binding' and first_location and method in @METHODS")
    schema = shown.assign(value=1 - shown["weight"], series=shown["method"])
    scores = vdjdb[vdjdb["build"] == build].rename(columns={"gene": "chain", "score": "value"})
    both = pd.concat([scores.assign(orientation=orientation, series="vdjdb") for orientation in ORIENTATION_NAMES])
    columns = ["panel", "chain", "orientation", "series", "location", "value"]
    return pd.concat([schema, both]).assign(panel=lambda rows: rows["chain"].map(PANELS))[columns]


def draw_locations(axes: plt.Axes, rows: pd.DataFrame, agreement: pd.Series, scored: int) -> None:
    """One panel: VDJdb's scores as bars (right axis), 1 - weight of each method as lines."""
    bars = rows[rows["series"] == "vdjdb"]
    right = axes.twinx()
    right.bar(bars["location"], bars["value"], color=COLOURS["pale"], width=0.85, zorder=0)
    right.set_ylabel("VDJdb I.norm", color="#555555")
    right.spines["right"].set_visible(True)
    axes.set_zorder(right.get_zorder() + 1)
    axes.patch.set_visible(False)
    for name, method in METHODS.items():
        series = rows[rows["series"] == name].sort_values("location")
        colour, marker, line = method.look
        axes.plot(series["location"], series["value"], color=COLOURS[colour], marker=marker, linestyle=line, alpha=0.9)
    axes.axvline(scored + 0.5, color=COLOURS["grey"], linewidth=0.7, linestyle=":")
    width = int(rows["location"].max())
    axes.set(
        xlim=(0.3, width + 0.7), ylim=(-0.05, 1.05), xticks=[1, *range(5, width + 1, 5)], ylabel="1 − Schema weight"
    )
    axes.set_xticks(range(1, width + 1), minor=True)
    chain, orientation = rows["chain"].iloc[0], rows["orientation"].iloc[0]
    words = ", ".join(f"{name} {agreement[name]:+.2f}" for name in METHODS if name in agreement)
    axes.set_title(f"{CHAIN_NAMES[chain]} chain, {ORIENTATION_NAMES[orientation]}\nρ: {words}", fontsize=7.5)
    axes.set_xlabel("CDR3 location")


def residue_data(profiles: pd.DataFrame, frequency: pd.DataFrame, vdjdb: pd.DataFrame, build: str) -> pd.DataFrame:
    """What panel e shows: residue, its Schema weight (grid, as released), frequency, and VDJdb's score."""
    grid = profiles.query("method == 'grid' and encoding == 'counts' and subset == 'all'").set_index("residue")[
        "weight"
    ]
    scores = vdjdb[vdjdb["build"] == build].set_index("residue")["score"]
    table = pd.DataFrame({"value": grid, "vdjdb": scores}).join(frequency.set_index("residue")["frequency"])
    return table.rename_axis("residue").reset_index().assign(panel="e", series="grid")


def draw_residues(axes: plt.Axes, rows: pd.DataFrame, rho: float, p: float) -> None:
    """Panel e: one letter per residue."""
    size = 12 + 700 * rows["frequency"].to_numpy()
    axes.scatter(rows["value"], rows["vdjdb"], s=size, color=COLOURS["sky"], alpha=0.6, linewidths=0)
    known, drawn = rows.dropna(subset=["value", "vdjdb"]).sort_values("frequency", ascending=False), []
    for _, row in known.iterrows():
        here = np.array([row["value"], row["vdjdb"] / known["vdjdb"].max()])
        aside = any(np.abs(here - other).max() < 0.02 for other in drawn)  # beside a letter that stands there already
        axes.annotate(
            row["residue"],
            (row["value"], row["vdjdb"]),
            xytext=(8 if aside else 0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=7,
        )
        drawn.append(here)
    axes.set(xlabel="Schema weight (0 to 1, grid)", ylabel="VDJdb height.I.norm", xlim=(-0.06, 1.06))
    axes.set_title(
        f"amino acids: Spearman ρ = {rho:+.2f}, p = {p:.1g}\n(area: frequency in the segments)", fontsize=7.5
    )


def draw(
    tables: dict[str, pd.DataFrame], build: str, words: str, scored: int, claims: dict
) -> tuple[plt.Figure, pd.DataFrame]:
    """The whole figure and the table behind it; ``words`` is what the legend calls the build."""
    figure = plt.figure(figsize=(FULL_WIDTH, 9.6), layout="constrained")
    grid = figure.add_gridspec(3, 2, height_ratios=[1, 1, 1.5])
    locations = location_data(tables["location_profiles"], tables["vdjdb_locations"], build)
    scores = tables["location_scores"].query(
        "build == @build and scored == @span", local_dict={"span": f"1-{scored}", "build": build}
    )
    for i, chain in enumerate(PANELS):
        for j, orientation in enumerate(ORIENTATION_NAMES):  # noqa: B007, used in the query
            axes = figure.add_subplot(grid[i, j])
            of_panel = "chain == @chain and orientation == @orientation"
            run = scores.query(f"{of_panel} and subset == 'all' and modalities == 'binding' and first_location")
            draw_locations(axes, locations.query(of_panel), run.set_index("method")["rho"], scored)
            if j == 0:
                axes.text(-0.16, 1.1, PANELS[chain], transform=axes.transAxes, weight="bold", fontsize=12)
    residues = residue_data(tables["residue_profiles"], tables["residue_frequency"], tables["vdjdb_residues"], build)
    agreement = (
        tables["residue_scores"]
        .query("build == @build and method == 'grid' and encoding == 'counts' and subset == 'all'")
        .iloc[0]
    )
    axes = figure.add_subplot(grid[2, 0])
    draw_residues(axes, residues, agreement["rho"], agreement["p"])
    axes.text(-0.16, 1.06, "e", transform=axes.transAxes, weight="bold", fontsize=12)
    rows = summary_rows(tables["location_scores"], tables["residue_scores"], build, scored, claims)
    axes = figure.add_subplot(grid[2, 1])
    draw_correlations(axes, rows)
    axes.text(-0.5, 1.06, "f", transform=axes.transAxes, weight="bold", fontsize=12)
    handles = []
    for method in METHODS.values():
        colour, marker, line = method.look
        handles.append(plt.Line2D([], [], color=COLOURS[colour], marker=marker, linestyle=line, label=method.label))
    handles.append(plt.Rectangle((0, 0), 1, 1, color=COLOURS["pale"], label=words))
    figure.legend(handles=handles, loc="outside upper left", ncols=2)
    return figure, pd.concat([locations, residues, rows.assign(panel="f")], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        claims = {name: claim["paper"] for name, claim in read_claims()["tcr"].items()}
        claims = {} if params.simulated else claims  # the paper's values are of real cells
        tables = {name: read_table(inputs[name]) for name in TABLES}
        figure, data = draw(tables, params.build, params.words, params.scored, claims)
        save_figure(figure, data, outputs.svg, outputs.png, outputs.tsv, simulated=params.simulated)
