"""Hold location and residue profiles against VDJdb, beside baselines that need no Schema.

Locations: 1 - weight against the mean I.norm (paper, Fig 5c, d), on the first ``scored`` locations. Residues: weight
against the mean height.I.norm (Fig 5e). Baselines: position entropy, equal weights, residue frequency; controls:
ligands shuffled within donors, and ligands drawn at random, all equally often.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.scores import partial_rank_agreement, rank_agreement
from running import read_table, step, write_table
from tcr.chains import AMINO_ACIDS, CHAINS, position_entropy, residue_counts, residues_by_location
from tcr.profiles import LOCATION_RUN, location_profiles

RESIDUE_RUN = ["method", "encoding", "subset"]


def baseline_locations(chains: pd.DataFrame, width: int) -> pd.DataFrame:
    """Profiles (chain, method, location, weight) of position entropy and of equal weights.

    Entropy enters as -entropy, so that 1 - weight rises with it.
    """
    parts = []
    for chain, rows in chains.groupby("chain", observed=True):
        entropy = position_entropy(residues_by_location(rows["cdr3"], width))
        for method, profile in (("position entropy", -entropy), ("uniform", np.ones(width))):
            parts.append(
                pd.DataFrame({"chain": chain, "method": method, "location": range(1, width + 1), "weight": profile})
            )
    table = pd.concat(parts)
    return table.assign(subset="all", orientation="none", modalities="none", first_location=True)


def residue_frequency(chains: pd.DataFrame, segments: dict[str, list[int]]) -> pd.Series:
    """Share of each residue among all residues in the segments of both chains, indexed by residue."""
    counts = np.zeros(len(AMINO_ACIDS))
    for chain, (first, last) in segments.items():
        rows = chains[chains["chain"] == chain]
        counts += residue_counts(residues_by_location(rows["cdr3"], last), first, last).sum(axis=0)
    return pd.Series(counts / counts.sum(), index=list(AMINO_ACIDS), name="frequency")


def location_scores(profiles: pd.DataFrame, vdjdb: pd.DataFrame, scored: int) -> Iterator[dict]:
    """One row per run, build and range of locations: Spearman of 1 - weight and VDJdb's score.

    Runs on parts of the data are left out: they are for the stability analysis.
    """
    builds = {key: rows.set_index("location")["score"] for key, rows in vdjdb.groupby(["build", "gene"])}
    whole = profiles[~profiles["subset"].str.match("donor_|ligands_")]
    for run, rows in whole.groupby(LOCATION_RUN):
        inverted = 1 - rows.set_index("location")["weight"]
        labels = dict(zip(LOCATION_RUN, run, strict=True))
        for (build, gene), scores in builds.items():
            if gene != labels["chain"]:
                continue
            for first in (1, 2) if labels["first_location"] else (2,):
                span = range(first, scored + 1)
                agreement = rank_agreement(inverted.reindex(span), scores.reindex(span))
                yield labels | {"build": build, "scored": f"{first}-{scored}", **agreement._asdict()}


def residue_scores(profiles: pd.DataFrame, frequency: pd.Series, vdjdb: pd.DataFrame) -> Iterator[dict]:
    """One row per method, encoding, subset and build: Spearman of weight and VDJdb's score.

    partial_rho : with the residues' frequency held fixed
    """
    baseline = frequency.rename("weight").rename_axis("residue").reset_index()
    together = pd.concat([profiles, baseline.assign(method="residue frequency", encoding="none", subset="all")])
    for build, scores in vdjdb.groupby("build"):
        target = scores.set_index("residue")["score"].reindex(frequency.index)
        for run, rows in together.groupby(RESIDUE_RUN):
            labels = dict(zip(RESIDUE_RUN, run, strict=True))
            weight = rows.set_index("residue")["weight"].reindex(frequency.index)
            given = np.nan if labels["encoding"] == "none" else partial_rank_agreement(weight, target, frequency)
            agreement = rank_agreement(weight, target)
            yield labels | {"build": build, **agreement._asdict(), "partial_rho": given}


def read_all(paths: list[str]) -> pd.DataFrame:
    """One table of several TSV files."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        chains = pd.read_parquet(inputs.chains)
        assert set(chains["chain"]) == set(CHAINS)
        locations = location_profiles(read_all(inputs.locations))
        locations = pd.concat([locations, baseline_locations(chains, params.width)], ignore_index=True)
        residues, frequency = read_all(inputs.residues), residue_frequency(chains, params.segments)
        tables = {"location_profiles": locations, "residue_profiles": residues}
        tables["residue_frequency"] = frequency.rename_axis("residue").reset_index()
        vdjdb_locations, vdjdb_residues = read_all(inputs.vdjdb_locations), read_all(inputs.vdjdb_residues)
        tables["location_scores"] = pd.DataFrame(location_scores(locations, vdjdb_locations, params.scored))
        tables["residue_scores"] = pd.DataFrame(residue_scores(residues, frequency, vdjdb_residues))
        for name, table in tables.items():
            write_table(table, outputs[name])
