"""Our values for the paper's numbers of Figure 5: rows (id, variant, ours, reason)."""

from collections.abc import Iterator

import pandas as pd

from running import read_table, step, write_table

CHAIN_IDS = {"TRA": "alpha", "TRB": "beta"}
ORIENTATIONS = {"agreement": "agreement, as released", "hamming": "Hamming, as in the text"}
ORIENTATION_REASONS = {
    "agreement": "the released code counts locations that agree; 1 - weight then has the sign of the paper's values",
    "hamming": "distances, as in the text; a negative value says that the weight, not 1 - weight, follows VDJdb",
}
SIMILAR = 0.1


def counted(summary: pd.DataFrame) -> Iterator[dict]:
    """Cells, ligands, and lengths of sequences."""
    of = summary[summary["group"] == "all"].set_index(["quantity", "chain"])["value"]
    cells = f"the released filter keeps {of['cells_kept', '']:.0f} of {of['cells_in_files', '']:.0f} cells"
    yield {"id": "tcr.cells", "variant": "released filter", "ours": of["cells_kept", ""], "reason": cells}
    bound = f"44 ligand columns in the files; {of['ligands_kept', '']:.0f} of them are bound by the cells used"
    yield {"id": "tcr.ligands", "variant": "columns", "ours": 44, "reason": bound}
    for chain, name in CHAIN_IDS.items():
        for suffix, variant in (("in_files", "all cells"), ("kept", "filtered cells")):
            reason = "the paper's value is that of all cells in the files, before the filter"
            yield {
                "id": f"tcr.{name}_len",
                "variant": variant,
                "ours": of[f"mean_length_{suffix}", chain],
                "reason": reason,
            }
    for suffix, variant in (("in_files", "all cells"), ("kept", "filtered cells")):
        n = of[f"chains_{suffix}"]
        ours = (of[f"longer_than_20_{suffix}"] * n).sum() / n.sum()
        yield {"id": "tcr.longer_than_20", "variant": variant, "ours": ours, "reason": "both chains together"}


def correlations(locations: pd.DataFrame, residues: pd.DataFrame, build: str, scored: int) -> Iterator[dict]:
    """Spearman's ρ with VDJdb of locations, in both orientations, and of residues, in both encodings."""
    runs = locations.query("subset == 'all' and build == @build and method in ['grid', 'exact', 'schema_learn']")
    for _, run in runs.iterrows():
        if run["scored"] != f"1-{scored}" and run["first_location"]:
            continue
        without = "" if run["first_location"] else ", location 1 left out"
        without += ", with surface markers" if run["modalities"] == "binding+markers" else ""
        yield {
            "id": f"tcr.{CHAIN_IDS[run['chain']]}",
            "variant": f"{ORIENTATIONS[run['orientation']]}; {run['method']}{without}",
            "ours": run["rho"],
            "reason": f"{ORIENTATION_REASONS[run['orientation']]} (p = {run['p']:.2g}, n = {run['n']})",
        }
    of_build = residues[residues["build"] == build]
    frequency = of_build.query("method == 'residue frequency'").iloc[0]
    for _, run in of_build[of_build["encoding"] != "none"].iterrows():
        variant = (
            f"{'counts, as released' if run['encoding'] == 'counts' else 'Boolean, as in the text'}; {run['method']}"
        )
        reason = (
            f"how often a residue occurs gives {frequency['rho']:.3f} alone; with that held fixed Schema keeps "
            f"{run['partial_rho']:.2f} (partial ρ)"
        )
        yield {"id": "tcr.aa", "variant": variant, "ours": run["rho"], "reason": reason}
        yield {"id": "tcr.aa_p", "variant": variant, "ours": run["p"], "reason": f"n = {run['n']}"}


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
            "variant": f"{ORIENTATIONS[orientation]}; {method}",
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
        orientation = ORIENTATIONS.get(row["orientation"], "counts, as released")
        yield {
            "id": f"tcr.{names[row['split']]}_sd_{number}",
            "variant": f"{row['features']}: {orientation}; {row['method']}",
            "ours": row["sd"],
            "reason": f"mean over {row['subsets']} subsets; the paper does not say which weights it means",
        }


def older_build(
    locations: pd.DataFrame, residues: pd.DataFrame, build: str, older: str, words: dict[str, str], scored: int
) -> Iterator[dict]:
    """Whether the correlations with a build without the 10x data are similar, by the grid as released.

    ``words``: build -> what to call it.
    """
    runs = locations.query("subset == 'all' and modalities == 'binding' and first_location and scored == @span",
                           local_dict={"span": f"1-{scored}"})  # fmt: skip
    runs = runs.query("method == 'grid' and orientation == 'agreement'").pivot(
        index="build", columns="chain", values="rho"
    )
    of_residues = residues.query("method == 'grid' and encoding == 'counts'").set_index("build")["rho"]
    both = runs.assign(residues=of_residues).loc[[older, build]]
    similar = (both.loc[older] - both.loc[build]).abs().max() <= SIMILAR
    shown = ", ".join(f"{name} {both.loc[older, name]:.2f} for {both.loc[build, name]:.2f}" for name in both)
    yield {
        "id": "tcr.vdjdb_old",
        "variant": "agreement, as released; grid",
        "ours": f"{'holds' if similar else 'does not hold'}: {shown}",
        "reason": f"{words[older]} for {words[build]}",
    }


def motif_lengths(lengths: pd.DataFrame) -> Iterator[dict]:
    """Mean lengths of VDJdb's motifs, as the paper has them and as they are."""
    for _, row in lengths.iterrows():
        name = f"vdjdb.{CHAIN_IDS[row['gene']]}_len"
        as_paper = "the largest 0-based position, one less than the length"
        yield {"id": name, "variant": "last position", "ours": row["mean_last_position"], "reason": as_paper}
        yield {
            "id": name,
            "variant": "length",
            "ours": row["mean_len"],
            "reason": "the paper's is one less: a last position",
        }


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
        table["class"] = table["variant"].str.contains("schema_learn").map({True: "statistical", False: ""})
        write_table(table, snakemake.output[0])
