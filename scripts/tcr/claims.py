"""Our values for the paper's numbers of Figure 5, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import pandas as pd

from evaluation.ledger import fixed
from running import read_table, step, write_table

CHAIN_IDS = {"TRA": "alpha", "TRB": "beta"}
ORIENTATIONS = {
    "agreement": "the released code counts locations that agree; 1 - weight then has the sign of the paper's values",
    "hamming": "distances, as in the text; a negative value says that the weight, not 1 - weight, follows VDJdb",
}
CELLS = {"in_files": "in files", "kept": "used"}
ENCODINGS = {"agreement": "counts", "hamming": "boolean"}  # what goes with an orientation, as released and in the text
SIMILAR = 0.1


def counted(summary: pd.DataFrame) -> Iterator[dict]:
    """Cells, ligands, and lengths of sequences."""
    of = summary[summary["group"] == "all"].set_index(["quantity", "chain"])["value"]
    cells = f"the released filter keeps {of['cells_kept', '']:.0f} of {of['cells_in_files', '']:.0f} cells"
    yield {"id": "tcr.cells", **fixed(of["cells_kept", ""]), "reason": cells}
    bound = f"44 ligand columns in the files; {of['ligands_kept', '']:.0f} of them are bound by the cells used"
    yield {"id": "tcr.ligands", **fixed(44), "reason": bound}
    for chain, name in CHAIN_IDS.items():
        for suffix, cells in CELLS.items():
            reason = "the paper's value is that of all cells in the files, before the filter"
            yield {
                "id": f"tcr.{name}_len",
                "cells": cells,
                **fixed(of[f"mean_length_{suffix}", chain]),
                "reason": reason,
            }
    for suffix, cells in CELLS.items():
        n = of[f"chains_{suffix}"]
        ours = (of[f"longer_than_20_{suffix}"] * n).sum() / n.sum()
        yield {"id": "tcr.longer_than_20", "cells": cells, **fixed(ours), "reason": "both chains together"}


def correlations(locations: pd.DataFrame, residues: pd.DataFrame, build: str, scored: int) -> Iterator[dict]:
    """Spearman's ρ with VDJdb of locations, in both orientations, and of residues, in both encodings."""
    runs = locations.query("subset == 'all' and build == @build and method in ['grid', 'exact', 'schema_learn']")
    for _, run in runs.iterrows():
        if run["scored"] != f"1-{scored}" and run["first_location"]:
            continue
        yield {
            "id": f"tcr.{CHAIN_IDS[run['chain']]}",
            "orientation": run["orientation"],
            "solver": run["method"],
            "location_1": "kept" if run["first_location"] else "left out",
            "modalities": run["modalities"],
            "ours": run["rho"],
            "reason": f"{ORIENTATIONS[run['orientation']]} (p = {run['p']:.2g}, n = {run['n']})",
        }
    of_build = residues[residues["build"] == build]
    frequency = of_build.query("method == 'residue frequency'").iloc[0]
    for _, run in of_build[of_build["encoding"] != "none"].iterrows():
        factors = {"encoding": run["encoding"], "solver": run["method"]}
        reason = (
            f"how often a residue occurs gives {frequency['rho']:.3f} alone; with that held fixed Schema keeps "
            f"{run['partial_rho']:.2f} (partial ρ)"
        )
        yield {"id": "tcr.aa", **factors, "ours": run["rho"], "reason": reason}
        yield {"id": "tcr.aa_p", **factors, "ours": run["p"], "reason": f"n = {run['n']}"}
    yield {"id": "control.frequency", "ours": frequency["rho"]}
    yield {"id": "control.frequency_p", "ours": frequency["p"]}


def low_locations(profiles: pd.DataFrame) -> Iterator[dict]:
    """The longest run of locations whose weight is below the mean weight, as "first-last"."""
    runs = profiles.query("subset == 'all' and modalities == 'binding' and first_location")
    for (chain, orientation, method), rows in runs.groupby(["chain", "orientation", "method"]):
        if orientation not in ORIENTATIONS:
            continue
        weight = rows.set_index("location")["weight"].sort_index()
        low = weight < weight.mean()
        run_id = (low != low.shift()).cumsum()[low]
        if run_id.empty:
            continue
        longest = run_id[run_id == run_id.value_counts().index[0]].index
        yield {
            "id": f"tcr.{CHAIN_IDS[chain]}_low",
            "orientation": orientation,
            "solver": method,
            "ours": f"{longest.min()}-{longest.max()}",
            "reason": "longest run of locations below the mean weight; the paper gives no rule",
        }


def spreads(stability: pd.DataFrame) -> Iterator[dict]:
    """Standard deviations over donors and over groups of ligands, with two and three modalities.

    The paper does not say of which weights; both analyses are given.
    """
    names = {"donor": "donor", "ligands_random1": "epitope"}
    for _, row in stability[stability["split"].isin(list(names))].iterrows():
        number = 2 if row["modalities"] == "binding" else 3
        known = row["orientation"] in ORIENTATIONS
        yield {
            "id": f"tcr.{names[row['split']]}_sd_{number}",
            "features": row["features"],
            **({"orientation": row["orientation"]} if known else {"encoding": "counts"}),
            "solver": row["method"],
            "ours": row["sd"],
            "reason": f"mean over {row['subsets']} subsets; the paper does not say which weights it means",
        }


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
        of_residues = residues.query("method == 'grid' and encoding == @encoding").set_index("build")["rho"]
        both = of_chains.assign(residues=of_residues).loc[[older, build]]
        similar = (both.loc[older] - both.loc[build]).abs().max() <= SIMILAR
        shown = ", ".join(f"{name} {both.loc[older, name]:.2f} for {both.loc[build, name]:.2f}" for name in both)
        yield {
            "id": "tcr.vdjdb_old",
            "orientation": orientation,
            "encoding": encoding,
            "solver": "grid",
            "ours": f"{'holds' if similar else 'does not hold'}: {shown}",
            "reason": f"{words[older]} for {words[build]}",
        }


def motif_lengths(lengths: pd.DataFrame) -> Iterator[dict]:
    """Mean lengths of VDJdb's motifs, as the paper has them and as they are."""
    for _, row in lengths.iterrows():
        name = f"vdjdb.{CHAIN_IDS[row['gene']]}_len"
        as_paper = "the largest 0-based position, one less than the length"
        yield {"id": name, "measure": "last position", **fixed(row["mean_last_position"]), "reason": as_paper}
        less = "the paper's is one less: a last position"
        yield {"id": name, "measure": "length", **fixed(row["mean_len"]), "reason": less}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        names = ("summary", "location_scores", "residue_scores", "location_profiles", "lengths")
        tables = {name: read_table(inputs[name]) for name in names}
        locations, residues = tables["location_scores"], tables["residue_scores"]
        rows = [
            *counted(tables["summary"].fillna({"chain": ""})),
            *correlations(locations, residues, params.build, params.scored),
            *low_locations(tables["location_profiles"]),
            *spreads(pd.concat([read_table(path) for path in inputs.stability])),
            *older_build(locations, residues, params.build, params.older, params.words, params.scored),
            *motif_lengths(tables["lengths"]),
        ]
        table = pd.DataFrame(rows)
        table["class"] = (table["solver"] == "schema_learn").map({True: "statistical", False: ""})
        write_table(table, snakemake.output[0])
