"""Covariances over all pairs of observations, from sums over single observations.

For columns a, b the sum over all ordered pairs of (a_n - a_m)^2 (b_n - b_m)^2 is a polynomial in sums of products
of at most four column values of one observation: those of the columns, of their squared norms by block, and of levels.
So moments cost O(N (K + b)^2) time and no memory that grows with N; they add up over rows, and they move to another
centre by one linear map, which keeps sums of squares near the mean and thus exact. (Paper: Methods, "Setting up the
quadratic program"; there over sampled pairs.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from schema_core import storage
from schema_core.closed_form import covariances_of
from schema_core.covariances import Covariances
from schema_core.errors import InvalidInput
from schema_core.layout import Block, Layout
from schema_core.merging import added, subtracted
from schema_core.observed import Observed


@dataclass(frozen=True)
class Moments:
    """The sums over observations that give every covariance over pairs. Add them with ``+``, take away with ``-``.

    K columns of numbers make up b blocks, and there are L levels of labels; m = 1 + K + b. Where observations have
    weights, each sum is a weighted one.

    Attributes
    ----------
    layout : Layout, without the modalities that some observations lack
    centre : (K,), what is subtracted from each column of numbers before it is multiplied
    unit : (b,), powers of two, by which each block of numbers is divided then
    dense : (m, m), sums of products of [1, columns, squared norms of the blocks]
    across : (L, m), the same by level
    together : (L, L) sparse, how many observations have both levels
    partial : for each modality that some observations lack, by number, the moments of the features and of it alone
        over those that have it
    """

    layout: Layout
    centre: np.ndarray
    unit: np.ndarray
    dense: np.ndarray
    across: np.ndarray
    together: sparse.csr_array
    partial: Mapping[int, "Moments"] = field(default_factory=dict)

    @classmethod
    def from_arrays(
        cls,
        X: Any,
        modalities: Any = (),
        reference: Any = None,
        sample_weight: Any = None,
        *,
        features: str = "numeric",
    ) -> "Moments":
        """Moments of N observations.

        Parameters
        ----------
        X : (N, k) array, sparse matrix, data frame or AnnData; numbers, or labels where features="categorical"
        modalities : Modality, list of Modality, or an array, Series or data frame. A row that is missing as a whole
            (NaN, None, masked) is an observation that lacks the modality.
        reference : like one modality, but nothing missing; None for the plain distance over X
        sample_weight : (N,) from 0 up, how many observations a row stands for; 1 by default

        Raises
        ------
        InvalidInput : where something is missing, is no number, or does not go with the rows of X
        """
        return cls.of(Observed.of(X, modalities, reference, sample_weight, features=features))

    @classmethod
    def of(cls, observed: Observed, rows: np.ndarray | None = None) -> "Moments":
        """Moments of what was given and encoded before, or of some of its rows by number."""
        return cls._of(observed.sums(rows))

    @classmethod
    def from_chunks(cls, chunks: Iterable[tuple], *, features: str = "numeric") -> "Moments":
        """Moments of observations that arrive in chunks of (X, modalities[, reference[, sample_weight]])."""
        total = None
        for chunk in chunks:
            part = cls.from_arrays(*chunk, features=features)
            total = part if total is None else total + part
        if total is None:
            raise InvalidInput("chunks is empty; give at least one (X, modalities)")
        return total

    @property
    def n_observations(self) -> int | float:
        """How many observations were added up; the sum of their weights where they have any."""
        n = float(self.dense[0, 0])
        return round(n) if n == round(n) else n

    @property
    def n_modalities(self) -> int:
        """J, of all modalities."""
        return len(self.layout.blocks) - self.layout.n_features - self.layout.has_reference + len(self.partial)

    @property
    def modality_blocks(self) -> list[Block]:
        """The block of each modality, (J,), also of those that some observations lack."""
        complete = iter(self.layout.blocks[self.layout.n_features :])
        return [
            self.partial[j].layout.blocks[-1] if j in self.partial else next(complete) for j in range(self.n_modalities)
        ]

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of both sets of observations together. Levels seen in one set only are kept."""
        return added(self, other) if isinstance(other, Moments) else NotImplemented

    def __sub__(self, other: "Moments") -> "Moments":
        """Moments of the observations without those of ``other``, which are among them.

        Levels that vanish stay, with counts of 0. InvalidInput where so little is left that more than a relative 1e-9
        of some variance would be the rounding of what was taken away: then add up the moments of the rest.
        """
        return subtracted(self, other) if isinstance(other, Moments) else NotImplemented

    def covariances(self) -> Covariances:
        """Covariances over all pairs of distinct observations; a pair of weights v, v' counts v v' times.

        A modality that some observations lack is measured over the pairs in which both have it, all else over all.
        A row of weight v stands for v observations at one place, so that v (v - 1) / 2 of the pairs are at distance 0.
        """
        return covariances_of(self)

    def save(self, path: Path | str) -> None:
        """Write to an .npz file (arrays and JSON only; nothing that needs unpickling), whole or not at all."""
        storage.save(self, Path(path))

    @classmethod
    def load(cls, path: Path | str) -> "Moments":
        """Read what :meth:`save` wrote; InvalidInput for any other file."""
        return cls._of(storage.load(Path(path)))

    @classmethod
    def _of(cls, stored: dict[str, Any]) -> "Moments":
        return cls(**stored | {"partial": {j: cls._of(one) for j, one in stored["partial"].items()}})
