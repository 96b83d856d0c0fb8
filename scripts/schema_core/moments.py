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
from schema_core.covariances import ROUNDING, Covariances
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
        n, layout = self.n_observations, self.layout
        if n < 2:
            raise InvalidInput(
                f"X has {n:.6g} row(s) (n_samples = {n:.6g}), without those of zero weight, and pairs need at least 2; "
                "give more observations"
            )
        for j, one in self.partial.items():
            if one.n_observations < 2:
                what = "every observation" if not one.n_observations else "all but one observation"
                raise InvalidInput(f"modalities[{j}] is missing for {what}, and pairs need at least 2; leave it out")
        norm_sums, with_sums, norms, columns = self._by_block()
        products = 2 * n * norms + 2 * np.outer(norm_sums, norm_sums) - 4 * (with_sums + with_sums.T) + 4 * columns
        ordered = float(n) * (n - 1)
        mean = (2 * n * norm_sums - 2 * self._squared_sums()) / ordered
        covariance = products / ordered - np.outer(mean, mean)
        # below this share of the squared mean a variance is the rounding of a difference of equal numbers
        still = self._constant() | (np.diag(covariance) <= ROUNDING * mean**2)
        covariance[still, :] = covariance[:, still] = 0.0
        unit = np.ones(len(layout.blocks))
        unit[layout.of_numbers] = self.unit
        n_pairs = n * (n - 1) // 2 if isinstance(n, int) else round(ordered / 2)
        joint = Covariances.from_joint(covariance, mean, unit**2, layout.n_features, layout.has_reference, n_pairs)
        return joint.with_partial({j: one.covariances() for j, one in self.partial.items()})

    def _squared_sums(self) -> np.ndarray:
        """The squared sums of the columns, added up by block, (B,)."""
        owners = self.layout.owner, self.layout.level_owner
        of_numbers = by_block(self.dense[0, 1 : 1 + len(self.centre)] ** 2, owners[0])
        return self._joined(of_numbers, 0.5 * by_block(self.across[:, 0] ** 2, owners[1]))

    def _by_block(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Sums by block: of norms (B,); of norms times a column times its sum, norms times norms, and squared
        products of columns (B, B). Where a column is of a level, half of it.
        """
        layout, width = self.layout, 1 + len(self.centre)
        dense, across, columns, a, b = self.dense, self.across, slice(1, width), layout.of_numbers, layout.of_labels
        # the norm of a block of labels is the same for every observation
        fixed = np.array([0.5 * len(layout.blocks[i].levels) for i in b])
        norm_sums = self._joined(dense[0, width:], fixed * dense[0, 0])
        with_sums, norms, squares = (np.zeros((len(layout.blocks),) * 2, dense.dtype) for _ in range(3))
        with_sums[np.ix_(a, a)] = by_block(dense[columns, width:] * dense[0, columns, None], layout.owner).T
        with_sums[np.ix_(a, b)] = 0.5 * by_block(across[:, width:] * across[:, :1], layout.level_owner).T
        with_sums[b] = np.outer(fixed, self._squared_sums())
        norms[np.ix_(a, a)] = dense[width:, width:]
        norms[b] = np.outer(fixed, norm_sums)
        norms[:, b] = norms[b].T
        squares[np.ix_(a, a)] = by_block(by_block(dense[columns, columns] ** 2, layout.owner).T, layout.owner)
        squares[np.ix_(b, a)] = 0.5 * by_block(by_block(across[:, columns] ** 2, layout.level_owner).T, layout.owner).T
        squares[np.ix_(a, b)] = squares[np.ix_(b, a)].T
        counts = self.together.tocoo()
        pairs = layout.level_owner[counts.row] * len(b) + layout.level_owner[counts.col]
        squares[np.ix_(b, b)] = 0.25 * np.bincount(pairs, counts.data**2, len(b) ** 2).reshape(len(b), len(b))
        return norm_sums, with_sums, norms, squares

    def _joined(self, of_numbers: np.ndarray, of_labels: np.ndarray) -> np.ndarray:
        """One value per block, (B,), of those for the two sorts of blocks."""
        joined = np.zeros(len(self.layout.blocks), dtype=self.dense.dtype)
        joined[self.layout.of_numbers], joined[self.layout.of_labels] = of_numbers, of_labels
        return joined

    def _constant(self) -> np.ndarray:
        """Blocks of numbers that never leave their centre by more than its rounding, (B,) bool."""
        layout, width = self.layout, len(self.centre)
        spread = np.sqrt(self.dense.diagonal()[1 : 1 + width] / self.n_observations) * self.unit[layout.owner]
        moves = spread > 4 * np.finfo(float).eps * np.abs(self.centre)
        still = np.bincount(layout.owner, moves, minlength=len(self.unit)) == 0
        return self._joined(still, np.zeros(len(layout.of_labels))) != 0

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


def by_block(rows: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The sum over the rows of each block; owner : the block of each row, in order."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return rows if len(first) == len(rows) else np.add.reduceat(rows, first, axis=0)
