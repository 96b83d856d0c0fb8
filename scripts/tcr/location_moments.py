"""Moments of the CDR3 locations of one chain: per donor, group of ligands and block of clones, and for controls.

The primary modality is 20 categorical features, one per location; the secondary ones are the ligand bound and two
panels of surface markers. Every kept cell binds exactly one ligand, so that the squared distance of two binder vectors
is 0 or 2: as a modality the vector is the same as its label. Controls: ligands shuffled among the cells of a donor, and
ligands drawn at random, all equally often.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.labels import shuffled_within
from running import step, whole_folder
from schema_core import Modality, Moments
from tcr.chains import residues_by_location
from tcr.read_donor import MARKERS, PROTEINS
from tcr.weighing import clone_blocks

MODALITIES = ("binding", "binding+markers", "binding+proteins")  # which sets of modalities a run may have


def gammas(marker_weight: float) -> dict[str, list[float]]:
    """For each of MODALITIES the weights γ of binding, of all 14 markers, and of the 11 proteins among them."""
    weights = ([1.0, 0.0, 0.0], [1.0, marker_weight, 0.0], [1.0, 0.0, marker_weight])
    return dict(zip(MODALITIES, weights, strict=True))


def marker_modalities(markers: np.ndarray) -> list[Modality]:
    """The two panels of markers (n, 14), as modalities: all of them, and the proteins without isotype controls."""
    return [Modality(markers, "vector"), Modality(markers[:, [MARKERS.index(name) for name in PROTEINS]], "vector")]


def ligand_groups(ligands: np.ndarray, n_groups: int, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Rows of ``n_groups`` groups of ligands: at random, or (rng None) in the order of their names.

    Where fewer than two ligands would fall to a group there are fewer groups, since one ligand has no distance.
    """
    names = np.unique(ligands)
    order = names if rng is None else rng.permutation(names)
    parts = np.array_split(order, max(1, min(n_groups, len(names) // 2)))
    return [np.flatnonzero(np.isin(ligands, part)) for part in parts]


def location_moments(locations: np.ndarray, ligands: np.ndarray, markers: np.ndarray) -> Moments:
    """Moments of n chains: locations (n, width), ligand labels (n,), marker levels (n, 14)."""
    modalities = [Modality(ligands, "categorical"), *marker_modalities(markers)]
    return Moments.from_arrays(locations, modalities, features="categorical")


def write_all(chains: pd.DataFrame, markers: np.ndarray, folder: Path, *, width: int, **counts: int) -> None:
    """Write the moments of every subset to ``folder``/<subset>.npz; the folder is there.

    Blocks of clones, of which bootstraps are made, have locations and ligands alone.
    chains : donor, ligand, cdr3, one row per chain; markers : (n, 14)
    counts : n_groups, n_splits, n_shuffles, n_blocks, seed
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
    for i in range(counts["n_shuffles"]):
        write(f"uniform_{i}", everyone, rng.choice(np.unique(ligands), len(chains)))
    block_of = clone_blocks(chains["cdr3"], counts["n_blocks"], counts["seed"])
    for block in np.unique(block_of):
        rows = block_of == block
        binding = Modality(ligands[rows], "categorical")
        Moments.from_arrays(locations[rows], [binding], features="categorical").save(folder / f"block_{block}.npz")


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        chains = pd.read_parquet(inputs.chains).query("chain == @params.chain").reset_index(drop=True)
        levels = pd.read_parquet(inputs.cells, columns=["cell", *MARKERS]).set_index("cell")
        log.info("%d chains of %s", len(chains), params.chain)
        counts = {name: params[name] for name in ("n_groups", "n_splits", "n_shuffles", "n_blocks", "seed")}
        markers = levels.loc[chains["cell"], list(MARKERS)].to_numpy()
        with whole_folder(snakemake.output[0]) as part:
            write_all(chains, markers, part, width=params.width, **counts)
