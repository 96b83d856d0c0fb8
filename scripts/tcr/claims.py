"""Our values for the paper's numbers of Figure 5, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import pandas as pd

from evaluation.values import fixed, spread
from evaluation.verdict import NOTHING
from running import read_table, step, write_table
from tcr.methods.table import METHODS
from tcr.read_donor import ISOTYPE_CONTROLS

CHAIN_IDS = {"TRA": "alpha", "TRB": "beta"}
ORIENTATIONS = {
    "agreement": "the released code counts locations that agree; 1 - weight then has the sign of the paper's values",
    "hamming": "distances, as in the text; a negative value says that the weight, not 1 - weight, follows VDJdb",
}
CELLS = {"in_files": "in files", "kept": "used"}
ENCODINGS = {"agreement": "counts", "hamming": "boolean"}  # what goes with an orientation, as released and in the text
MARKERS = {"binding+markers": "released", "binding+proteins": "proteins"}
SPLITS = {"donor": "donor", "ligands": "epitope"}
SIMILAR = 0.1
LOCATION_FACTORS = ["chain", "orientation", "method", "location_1", "modalities"]
CONTROLS = {"shuffle": "ligands shuffled within donors", "uniform": "ligands drawn at random, all equally often"}


def sampled(ours: float, bootstraps: pd.Series, method: str) -> dict:
    """A value of all cells with the middle 95 % of its bootstraps, where the method has some."""
    known = bootstraps.dropna()
    if known.empty:
        return fixed(ours) | ({"over": "one sample of pairs"} if METHODS[method].reads == "chains" else {})
    low, high = known.quantile([0.025, 0.975])
    return {"ours": ours, "low": low, "high": high, "n": len(known), "over": "bootstraps of clones (95 %)"}


def by_kind(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of all cells, of bootstraps, of shuffles, ...: by what their subset begins with."""
    return dict(list(rows.groupby(rows["subset"].str.partition("_")[0])))


def counted(summary: pd.DataFrame) -> Iterator[dict]:
    """Cells, ligands, markers, and lengths of sequences."""
    of = summary[summary["group"] == "all"].set_index(["quantity", "chain"])["value"]
    cells = f"the released filter keeps {of['cells_kept', '']:.0f} of {of['cells_in_files', '']:.0f} cells"
    yield {"id": "tcr.cells", **fixed(of["cells_kept", ""]), "reason": cells}
    bound = (
        f"columns of the files, beside {of['negative_control_columns', '']:.0f} of negative controls; "
        f"{of['ligands_kept', '']:.0f} ligands are bound by the cells used"
    )
    yield {"id": "tcr.ligands", **fixed(of["ligand_columns", ""]), "reason": bound}
    antibodies = f"{of['marker_columns', '']:.0f} antibodies in the files, {', '.join(ISOTYPE_CONTROLS)} for control"
    for quantity, markers in (("protein", "proteins"), ("marker", "released")):
        said = f"{antibodies}; the released code uses all, and no choice by name gives the text's number"
        yield {"id": "tcr.markers", "markers": markers, **fixed(of[f"{quantity}_columns", ""]), "reason": said}
    for suffix, cells in CELLS.items():
        for chain, name in CHAIN_IDS.items():
            ours = of[f"mean_length_{suffix}", chain]
            reason = "the paper's value is that of all cells in the files, before the filter"
            yield {"id": f"tcr.{name}_len", "cells": cells, **fixed(ours), "reason": reason}
        n = of[f"chains_{suffix}"]
        ours = (of[f"longer_than_20_{suffix}"] * n).sum() / n.sum()
        yield {"id": "tcr.longer_than_20", "cells": cells, **fixed(ours), "reason": "both chains together"}


def of_locations(scores: pd.DataFrame, build: str, scored: int) -> Iterator[dict]:
    """Spearman's ρ of 1 - weight with VDJdb, in both orientations; entropy, shuffled and random ligands as controls."""
    rows = scores[(scores["build"] == build) & ((scores["scored"] == f"1-{scored}") | ~scores["first_location"])]
    rows = rows.assign(location_1=rows["first_location"].map({True: "kept", False: "left out"}))
    for (chain, orientation, method, *more), of_run in rows.groupby(LOCATION_FACTORS):
        kinds, name = by_kind(of_run), CHAIN_IDS[chain]
        factors = {"orientation": orientation, **dict(zip(LOCATION_FACTORS[3:], more, strict=True))}
        if method in METHODS:
            run, bootstraps = kinds["all"].iloc[0], kinds.get("bootstrap", of_run.iloc[:0])
            reason = f"{ORIENTATIONS[orientation]} (p = {run['p']:.2g}, n = {run['n']})"
            value = sampled(run["rho"], bootstraps["rho"], method)
            yield {"id": f"tcr.{name}", **factors, "solver": method, **value, "reason": reason}
        elif method == "position entropy":
            reason = "how variable each location is, without Schema"
            yield {"id": f"control.entropy_{name}", **fixed(of_run["rho"].iloc[0]), "reason": reason}
        for kind, words in CONTROLS.items():
            if kind in kinds:
                value = spread(kinds[kind]["rho"], "shuffles")
                named = "shuffled" if kind == "shuffle" else kind
                yield {"id": f"control.{named}_{name}", "orientation": orientation, **value, "reason": words}


def of_residues(scores: pd.DataFrame, profiles: pd.DataFrame, frequency: pd.Series, build: str) -> Iterator[dict]:
    """Spearman's ρ of residues with VDJdb in both encodings, and cysteine's weight; with controls."""
    of_build = scores[scores["build"] == build]
    plain = of_build.query("method == 'residue frequency'").iloc[0]
    for (encoding, method), of_run in of_build[of_build["encoding"] != "none"].groupby(["encoding", "method"]):
        factors, kinds = {"encoding": encoding, "solver": method}, by_kind(of_run)
        run, bootstraps = kinds["all"].iloc[0], kinds.get("bootstrap", of_run.iloc[:0])
        reason = (
            f"how often a residue occurs gives {plain['rho']:.3f} alone; with that held fixed Schema keeps "
            f"{run['partial_rho']:.2f} (partial ρ)"
        )
        yield {"id": "tcr.aa", **factors, **sampled(run["rho"], bootstraps["rho"], method), "reason": reason}
        yield {"id": "tcr.aa_p", **factors, **sampled(run["p"], bootstraps["p"], method), "reason": f"n = {run['n']}"}
        if "shuffle" in kinds:
            value = spread(kinds["shuffle"]["rho"], "shuffles")
            yield {"id": "control.shuffled_aa", "encoding": encoding, **value, "reason": CONTROLS["shuffle"]}
        weights = profiles.query("encoding == @encoding and method == @method")
        weights = weights.pivot(index="subset", columns="residue", values="weight")
        drawn = weights.index.str.startswith("bootstrap_")
        if "C" in weights and pd.notna(weights.loc["all", "C"]):
            others = weights.drop(columns="C").median(axis=1)
            value = sampled(weights.loc["all", "C"], weights.loc[drawn, "C"], method)
            yield {"id": "tcr.cysteine", **factors, **value, "reason": "from 0, the least weight, to 1, the largest"}
            value = sampled(others["all"], others[drawn], method)
            yield {"id": "control.median_residue", **factors, **value, "reason": "median weight of the other residues"}
        else:
            yield {"id": "tcr.cysteine", **factors, **fixed(NOTHING), "reason": "no cell has cysteine in these windows"}
    yield {"id": "control.frequency", **fixed(plain["rho"])}
    yield {"id": "control.frequency_p", **fixed(plain["p"])}
    yield {"id": "tcr.cysteine_rare", **fixed(frequency["C"]), "reason": "share of all residues in the segments"}
    yield {"id": "control.median_residue_frequency", **fixed(frequency.drop("C").median())}


def lowest_run(weight: pd.Series) -> str:
    """The longest run of locations, in their order, whose weight is below the mean weight, as "first-last"."""
    low = weight < weight.mean()
    runs = (low != low.shift()).cumsum()[low]
    if runs.empty:
        return NOTHING
    longest = runs[runs == runs.value_counts().index[0]].index
    return f"{longest.min()}-{longest.max()}"


def low_locations(profiles: pd.DataFrame) -> Iterator[dict]:
    """The longest run of locations of low weight, and how many bootstraps give the same one."""
    chosen = profiles.query("modalities == 'binding' and first_location and orientation in @ORIENTATIONS")
    for (chain, orientation, method), rows in chosen.groupby(["chain", "orientation", "method"]):
        weights = rows.pivot(index="subset", columns="location", values="weight")
        ours, drawn = lowest_run(weights.loc["all"]), weights[weights.index.str.startswith("bootstrap_")]
        reason = "longest run of locations below the mean weight; the paper gives no rule"
        if len(drawn):
            same = (drawn.apply(lowest_run, axis=1) == ours).sum()
            reason += f"; {same} of {len(drawn)} bootstraps of clones give the same"
        factors = {"orientation": orientation, "solver": method}
        yield {"id": f"tcr.{CHAIN_IDS[chain]}_low", **factors, **fixed(ours), "reason": reason}


def spreads(stability: pd.DataFrame) -> Iterator[dict]:
    """Standard deviations over donors and over groups of ligands, with two and three modalities."""
    known = stability[stability["split"].str.match("donor|ligands_random")]
    runs = ["kind", "features", "orientation", "method", "modalities"]
    known = known.assign(kind=known["split"].str.partition("_")[0])
    for (kind, features, orientation, method, modalities), rows in known.groupby(runs):
        number = 2 if modalities == "binding" else 3
        factors = {"features": features, "solver": method, "markers": MARKERS.get(modalities, "")}
        factors |= {"orientation": orientation} if orientation in ORIENTATIONS else {"encoding": "counts"}
        value = fixed(rows["sd"].iloc[0]) if kind == "donor" else spread(rows["sd"], "random splits of the ligands")
        reason = f"mean over {rows['subsets'].max()} subsets; the paper does not say which weights it means"
        yield {"id": f"tcr.{SPLITS[kind]}_sd_{number}", **factors, **value, "reason": reason}


def older_build(
    locations: pd.DataFrame, residues: pd.DataFrame, build: str, older: str, words: dict[str, str], scored: int
) -> Iterator[dict]:
    """Whether the correlations with a build without the 10x data are similar, by the grid, as released and in the text.

    ``words``: build -> what to call it.
    """
    runs = locations.query("subset == 'all' and modalities == 'binding' and first_location and scored == @span",
                           local_dict={"span": f"1-{scored}"})  # fmt: skip
    for orientation, encoding in ENCODINGS.items():
        of_chains = runs.query("method == 'grid' and orientation == @orientation")
        of_chains = of_chains.pivot(index="build", columns="chain", values="rho")
        of_grid = residues.query("method == 'grid' and encoding == @encoding and subset == 'all'")
        both = of_chains.assign(residues=of_grid.set_index("build")["rho"]).loc[[older, build]]
        similar = (both.loc[older] - both.loc[build]).abs().max() <= SIMILAR
        shown = ", ".join(f"{name} {both.loc[older, name]:.2f} for {both.loc[build, name]:.2f}" for name in both)
        factors = {"orientation": orientation, "encoding": encoding, "solver": "grid"}
        ours = f"{'holds' if similar else 'does not hold'}: {shown}"
        yield {"id": "tcr.vdjdb_old", **factors, **fixed(ours), "reason": f"{words[older]} for {words[build]}"}


def motif_lengths(lengths: pd.DataFrame) -> Iterator[dict]:
    """Mean lengths of VDJdb's motifs, as the paper has them and as they are."""
    ways = {
        "last position": ("mean_last_position", "the largest 0-based position, one less than the length"),
        "length": ("mean_len", "the paper's is one less: a last position"),
    }
    for _, row in lengths.iterrows():
        for measure, (column, reason) in ways.items():
            name = f"vdjdb.{CHAIN_IDS[row['gene']]}_len"
            yield {"id": name, "measure": measure, **fixed(row[column]), "reason": reason}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        names = ("summary", "location_scores", "residue_scores", "location_profiles", "residue_profiles", "lengths")
        tables = {name: read_table(inputs[name]) for name in names}
        locations, residues = tables["location_scores"], tables["residue_scores"]
        frequency = read_table(inputs.residue_frequency).set_index("residue")["frequency"]
        rows = [
            *counted(tables["summary"].fillna({"chain": ""})),
            *of_locations(locations, params.build, params.scored),
            *of_residues(residues, tables["residue_profiles"], frequency, params.build),
            *low_locations(tables["location_profiles"]),
            *spreads(pd.concat([read_table(path) for path in inputs.stability])),
            *older_build(locations, residues, params.build, params.older, params.words, params.scored),
            *motif_lengths(tables["lengths"]),
        ]
        table = pd.DataFrame(rows)
        table["class"] = (table["solver"] == "schema_learn").map({True: "statistical", False: ""})
        write_table(table, snakemake.output[0])
