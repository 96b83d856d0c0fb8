"""Covariances of residue features in windows of CDR3, as released and as the text says.

As released: how often each residue stands in a window, standardised, over sequences of at least 13 residues that
begin CA (alpha) or CASS (beta); windows of one residue and whole segments. As the text says: a 20-d Boolean vector
per location of the segments.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schema_core import Covariances, Modality, Moments
from tcr.chains import residue_counts, residues_by_location


@dataclass(frozen=True)
class Window:
    """Locations first..last (1-based, inclusive) of one chain."""

    chain: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.chain} {self.first}" + (f"-{self.last}" if self.last > self.first else "")


def windows_of(encoding: str, settings: dict) -> list[Window]:
    """Windows of the encoding "counts" (as released) or "boolean" (as in the text)."""
    if encoding == "boolean":
        return [
            Window(chain, location, location)
            for chain, (first, last) in settings["segments"].items()
            for location in range(first, last + 1)
        ]
    return [Window(chain, first, last) for chain, spans in settings["windows"].items() for first, last in spans]


def window_chains(chains: pd.DataFrame, window: Window, encoding: str, settings: dict) -> pd.DataFrame:
    """The rows of ``chains`` (chain, cdr3, ...) that take part in a window."""
    rows = chains[chains["chain"] == window.chain]
    if encoding == "counts":
        long_enough = rows["cdr3"].str.len() >= settings["min_length"]
        rows = rows[long_enough & rows["cdr3"].str.startswith(settings["prefix"][window.chain])]
    return rows


def window_features(rows: pd.DataFrame, window: Window, encoding: str) -> np.ndarray:
    """Features (n, 20) of one window: Boolean, or standardised counts."""
    counts = residue_counts(residues_by_location(rows["cdr3"], window.last), window.first, window.last)
    if encoding == "boolean":
        return counts
    sd = counts.std(axis=0)
    return (counts - counts.mean(axis=0)) / np.where(sd > 0, sd, 1.0)


def window_covariances(features: np.ndarray, rows: pd.DataFrame, markers: np.ndarray | None = None) -> Covariances:
    """Covariances over all pairs of residue distances, of binding, and of marker levels (n, 14) where given."""
    modalities = [Modality(rows["ligand"].astype(str).to_numpy(), "categorical")]
    if markers is not None:
        modalities.append(Modality(markers, "vector"))
    return Moments.from_arrays(features, modalities).covariances()
