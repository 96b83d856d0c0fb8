"""The data that methods are compared on: made up, in two sizes, or the T cell receptors of Figure 5."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schema_core import Covariances, Modality, Moments

VECTOR_WIDTH = 10
INFORMATIVE = 5


@dataclass(frozen=True)
class Data:
    """Features (n, k), numbers or codes of labels, and one modality: numbers (n, p), or codes of labels (n,)."""

    features: np.ndarray
    modality: np.ndarray
    labels: bool

    def covariances(self) -> Covariances:
        """Over all pairs; labels are compared by disagreement."""
        modality = Modality(self.modality, "categorical" if self.labels else "vector")
        kind = "categorical" if self.labels else "numeric"
        return Moments.from_arrays(self.features, modality, features=kind).covariances()


def load(case: dict) -> Data:
    """The data of a case: {n, k, seed} for made-up ones, {chains, chain, width} for T cell receptors."""
    if "chains" in case:
        return receptors(case["chains"], case["chain"], case["width"])
    return gaussian(case["n"], case["k"], case["seed"])


def gaussian(n: int, k: int, seed: int) -> Data:
    """Independent standard normal features, of which five, mixed with as much noise, make up a vector modality."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n, k))
    mixing = rng.standard_normal((INFORMATIVE, VECTOR_WIDTH)) / np.sqrt(INFORMATIVE)
    modality = features[:, :INFORMATIVE] @ mixing + rng.standard_normal((n, VECTOR_WIDTH))
    return Data(features, modality, labels=False)


def receptors(chains: str, chain: str, width: int) -> Data:
    """The residues at the first ``width`` locations of every CDR3 of a chain (null past its end), and its ligand.

    A location where all are the same is left out: it changes no distance, but the released package and the grid count
    it in the mean weight, and so in the cap, where the exact solver does not.
    """
    table = pd.read_parquet(chains, columns=["chain", "cdr3", "ligand"]).query("chain == @chain")
    padded = table["cdr3"].str.slice(0, width).str.ljust(width, "-")
    residues = np.frombuffer("".join(padded).encode("ascii"), dtype=np.uint8).reshape(len(table), width)
    residues = residues[:, (residues != residues[0]).any(axis=0)]
    return Data(residues, pd.factorize(table["ligand"].astype(str))[0], labels=True)
