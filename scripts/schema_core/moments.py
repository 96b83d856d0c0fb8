"""Covariances over all pairs of observations, from sums over single observations.

For columns a, b the sum over all ordered pairs of (a_n - a_m)^2 (b_n - b_m)^2 is a polynomial in sums of products
of at most four column values of one observation. All those sums stand in one matrix: the Gram matrix of
[1, columns, squared norms of the blocks]. So moments cost O(N (K + B)^2) time and no memory that grows with N; they
add up over rows, and they move to another centre by one linear map, which keeps sums of squares near the mean and
thus exact. (Paper: Methods, "Setting up the quadratic program"; there over sampled pairs.)
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from schema_core.covariances import Covariances
from schema_core.encoding import Block, Layout, encode_features, encode_modality
from schema_core.errors import InvalidInput
from schema_core.gram import gram_matrix
from schema_core.merging import recentred, spread, union
from schema_core.modality import as_modalities, as_reference, check_lengths

FORMAT = 1


@dataclass(frozen=True)
class Moments:
    """The sums over observations that give every covariance over pairs. Add them with ``+``.

    Attributes
    ----------
    layout : Layout
    centre : (K,), what is subtracted from each column before it is multiplied
    gram : (1 + K + B, 1 + K + B), of [1, centred columns, squared norm of each block]
    """

    layout: Layout
    centre: np.ndarray
    gram: np.ndarray

    @classmethod
    def from_arrays(
        cls, X: Any, modalities: Any = (), reference: Any = None, *, features: str = "numeric"
    ) -> "Moments":
        """Moments of N observations.

        Parameters
        ----------
        X : (N, k) array, sparse matrix or data frame; numbers, or labels where features="categorical"
        modalities : Modality, list of Modality, or an array (numeric or vector)
        reference : like one modality; None for the plain distance over X
        """
        parts = [encode_features(X, features)]
        parts += [encode_modality(one, f"modalities[{j}]") for j, one in enumerate(as_modalities(modalities))]
        if reference is not None:
            parts.append(encode_modality(as_reference(reference), "reference"))
        check_lengths([part.values.shape[0] for part in parts])
        blocks = tuple(block for part in parts for block in part.blocks)
        layout = Layout(blocks, len(parts[0].blocks), reference is not None)
        centre = np.concatenate([part.means() for part in parts])
        return cls(layout, centre, gram_matrix(parts, centre, layout))

    @classmethod
    def from_chunks(cls, chunks: Iterable[tuple], *, features: str = "numeric") -> "Moments":
        """Moments of observations that arrive in chunks of (X, modalities) or (X, modalities, reference)."""
        total = None
        for chunk in chunks:
            part = cls.from_arrays(*chunk, features=features)
            total = part if total is None else total + part
        if total is None:
            raise InvalidInput("chunks is empty; give at least one (X, modalities)")
        return total

    @property
    def n_observations(self) -> int:
        """How many observations were added up."""
        return round(self.gram[0, 0])

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of both sets of observations together. Levels seen in one set only are kept."""
        if not isinstance(other, Moments):
            return NotImplemented
        layout = union(self.layout, other.layout)
        left, right = spread(self, layout), spread(other, layout)
        n = np.array([left.n_observations, right.n_observations], dtype=float)
        share = n / max(n.sum(), 1.0)
        centre = share[0] * left.centre + share[1] * right.centre
        return Moments(layout, centre, recentred(left, centre) + recentred(right, centre))

    def covariances(self) -> Covariances:
        """Covariances over all pairs n < m of distinct observations."""
        n, width = self.n_observations, len(self.layout.owner)
        if n < 2:
            raise InvalidInput(f"X has {n} row(s) (n_samples = {n}), and pairs need at least 2; give more observations")
        columns, norms = slice(1, 1 + width), slice(1 + width, None)
        sums, norm_sums = self.gram[0, columns], self.gram[0, norms]
        member = self.layout.membership
        mixed = self.gram[norms, columns] @ (sums[:, None] * member)
        products = (
            2 * n * self.gram[norms, norms]
            + 2 * np.outer(norm_sums, norm_sums)
            - 4 * (mixed + mixed.T)
            + 4 * member.T @ (self.gram[columns, columns] ** 2) @ member
        )
        ordered = float(n) * (n - 1)
        mean = (2 * n * norm_sums - 2 * (sums**2) @ member) / ordered
        covariance = products / ordered - np.outer(mean, mean)
        # below this share of the squared mean a variance is the rounding of a difference of equal numbers
        still = self._constant() | (np.diag(covariance) <= 1e-14 * mean**2)
        covariance[still, :] = covariance[:, still] = 0.0
        return Covariances.from_joint(
            covariance, mean, self.layout.n_features, self.layout.has_reference, int(n) * (int(n) - 1) // 2
        )

    def _constant(self) -> np.ndarray:
        """Blocks whose columns never leave their centre by more than rounding, shape (B,) bool."""
        width = len(self.layout.owner)
        spread = np.sqrt(np.maximum(self.gram.diagonal()[1 : 1 + width] / max(self.n_observations, 1), 0.0))
        still = spread <= 1e-13 * np.abs(self.centre)
        full = self.gram[0, 1 : 1 + width] == self.n_observations
        empty = self.gram[0, 1 : 1 + width] == 0
        still = np.where(self.layout.numeric, still, full | empty)
        return np.bincount(self.layout.owner, ~still, minlength=len(self.layout.blocks)) == 0

    def save(self, path: Path | str) -> None:
        """Write to an .npz file (arrays and JSON only; nothing that needs unpickling)."""
        described = {
            "format": FORMAT,
            "blocks": [[block.width, block.levels] for block in self.layout.blocks],
            "n_features": self.layout.n_features,
            "has_reference": self.layout.has_reference,
        }
        upper = self.gram[np.triu_indices(len(self.gram))]
        with Path(path).open("wb") as file:
            np.savez_compressed(file, centre=self.centre, upper=upper, layout=np.array(json.dumps(described)))

    @classmethod
    def load(cls, path: Path | str) -> "Moments":
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            described = json.loads(str(stored["layout"]))
            centre, upper = stored["centre"], stored["upper"]
        if described["format"] != FORMAT:
            raise InvalidInput(f"{path} has moments of format {described['format']}, not {FORMAT}; compute them again")
        blocks = tuple(
            Block(width, None if levels is None else tuple(tuple(field) for field in levels))
            for width, levels in described["blocks"]
        )
        width = 1 + len(centre) + len(blocks)
        gram = np.zeros((width, width))
        gram[np.triu_indices(width)] = upper
        gram += np.triu(gram, 1).T
        return cls(Layout(blocks, described["n_features"], described["has_reference"]), centre, gram)
