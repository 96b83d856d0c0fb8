"""Moments of the CDR3 locations of one chain: per donor, per group of ligands, and with shuffled labels.

The primary modality is 20 categorical features, one per location; the secondary ones are the ligand bound and the
surface markers. Every kept cell binds exactly one ligand, so that the squared distance of two binder vectors is 0 or
2: as a modality the vector is the same as its label.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.scores import shuffled_within
from running import step, whole_folder
from schema_core import Modality, Moments
from tcr.chains import residues_by_location
from tcr.columns import MARKERS
from tcr.stability import ligand_groups


def location_moments(locations: np.ndarray, ligands: np.ndarray, markers: np.ndarray) -> Moments:
    """Moments of n chains: locations (n, width), ligand labels (n,), marker levels (n, 14)."""
    modalities = [Modality(ligands, "categorical"), Modality(markers, "vector")]
    return Moments.from_arrays(locations, modalities, features="categorical")


def write_all(chains: pd.DataFrame, markers: np.ndarray, folder: Path, *, width: int, **counts: int) -> None:
    """Write the moments of every subset to ``folder``/<subset>.npz; the folder is there.

    chains : donor, ligand, cdr3, one row per chain; markers : (n, 14)
    counts : n_groups, n_splits, n_shuffles, seed
    """
    locations = residues_by_location(chains["cdr3"], width)
    ligands, donors = chains["ligand"].astype(str).to_numpy(), chains["donor"].to_numpy()
    rng = np.random.default_rng(counts["seed"])

    def write(name: str, rows: np.ndarray, labels: np.ndarray = ligands) -> None:
        location_moments(locations[rows], labels[rows], markers[rows]).save(folder / f"{name}.npz")

    for donor in np.unique(donors):
        write(f"donor_{donor}", np.flatnonzero(donors == donor))
    for split in range(counts["n_splits"] + 1):
        kind = "sequential" if split == 0 else f"random{split}"
        for i, rows in enumerate(ligand_groups(ligands, counts["n_groups"], rng if split else None)):
            write(f"ligands_{kind}_{i}", rows)
    everyone = np.arange(len(chains))
    for i in range(counts["n_shuffles"]):
        write(f"shuffle_{i}", everyone, shuffled_within(ligands, donors, rng))


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        chains = pd.read_parquet(inputs.chains).query("chain == @params.chain").reset_index(drop=True)
        levels = pd.read_parquet(inputs.cells, columns=["cell", *MARKERS]).set_index("cell")
        log.info("%d chains of %s", len(chains), params.chain)
        counts = {name: params[name] for name in ("n_groups", "n_splits", "n_shuffles", "seed")}
        markers = levels.loc[chains["cell"], list(MARKERS)].to_numpy()
        with whole_folder(snakemake.output[0]) as part:
            write_all(chains, markers, part, width=params.width, **counts)
