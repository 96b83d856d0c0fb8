"""Covariances over all pairs of observations, from sums over single observations.

For columns a, b the sum over all ordered pairs of (a_n - a_m)^2 (b_n - b_m)^2 is a polynomial in sums of products
of at most four column values of one observation: those of the columns, of their squared norms by block, and of levels.
So moments cost O(N (K + b)^2) time and no memory that grows with N; they add up over rows, and they move to another
centre by one linear map, which keeps sums of squares near the mean and thus exact. (Paper: Methods, "Setting up the
quadratic program"; there over sampled pairs.)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from schema_core import storage
from schema_core.covariances import ROUNDING, Covariances
from schema_core.encoding import Layout, Numbers, encode_features, encode_modality
from schema_core.errors import InvalidInput
from schema_core.given import check_lengths, check_rows
from schema_core.gram import sums_of
from schema_core.merging import added
from schema_core.modality import named_modalities


@dataclass(frozen=True)
class Moments:
    """The sums over observations that give every covariance over pairs. Add them with ``+``.

    K columns of numbers make up b blocks, and there are L levels of labels; m = 1 + K + b.

    Attributes
    ----------
    layout : Layout
    centre : (K,), what is subtracted from each column of numbers before it is multiplied
    unit : (b,), powers of two, by which each block of numbers is divided then
    dense : (m, m), sums of products of [1, columns, squared norms of the blocks]
    across : (L, m), the same by level
    together : (L, L) sparse, how many observations have both levels
    """

    layout: Layout
    centre: np.ndarray
    unit: np.ndarray
    dense: np.ndarray
    across: np.ndarray
    together: sparse.csr_array

    @classmethod
    def from_arrays(
        cls, X: Any, modalities: Any = (), reference: Any = None, *, features: str = "numeric"
    ) -> "Moments":
        """Moments of N observations.

        Parameters
        ----------
        X : (N, k) array, sparse matrix, data frame or AnnData; numbers, or labels where features="categorical"
        modalities : Modality, list of Modality, or an array, Series or data frame
        reference : like one modality; None for the plain distance over X

        Raises
        ------
        InvalidInput : where something is missing, is no number, or does not go with the rows of X
        """
        given = named_modalities(modalities, reference)
        for name, one in given.items():
            if not one.has_closed_form:
                raise InvalidInput(
                    f"{name} has a distance or kernel of its own, so sums over all pairs have no closed form; "
                    "set pairs to a number (schema_core.pairs_for_error says how many)"
                )
        parts = [encode_features(X, features), *(encode_modality(one, name) for name, one in given.items())]
        check_lengths({name: part.values.shape[0] for name, part in zip(["X", *given], parts, strict=True)})
        check_rows(X, {name: one.values for name, one in given.items()})
        blocks = tuple(block for part in parts for block in part.blocks)
        layout = Layout(blocks, len(parts[0].blocks), reference is not None)
        numeric = [part for part in parts if isinstance(part, Numbers)]
        centre, unit = (
            np.concatenate([np.zeros(0), *found])
            for found in ((part.centre() for part in numeric), (part.units for part in numeric))
        )
        return cls(layout, centre, unit, *sums_of(parts, centre, unit, layout))

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
        return round(self.dense[0, 0])

    def __add__(self, other: "Moments") -> "Moments":
        """Moments of both sets of observations together. Levels seen in one set only are kept."""
        return added(self, other) if isinstance(other, Moments) else NotImplemented

    def covariances(self) -> Covariances:
        """Covariances over all pairs n < m of distinct observations."""
        n, layout = self.n_observations, self.layout
        if n < 2:
            raise InvalidInput(f"X has {n} row(s) (n_samples = {n}), and pairs need at least 2; give more observations")
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
        return Covariances.from_joint(
            covariance, mean, unit**2, layout.n_features, layout.has_reference, int(n) * (int(n) - 1) // 2
        )

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
        return cls(**storage.load(Path(path)))


def by_block(rows: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The sum over the rows of each block; owner : the block of each row, in order."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return rows if len(first) == len(rows) else np.add.reduceat(rows, first, axis=0)
