"""What is given, encoded once, so that sums over any of its observations need no other look at it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from schema_core.encoding import Encoded, Labels, Numbers, encode_features, encode_modality
from schema_core.errors import InvalidInput
from schema_core.given import check_lengths, check_rows, checked_weights
from schema_core.gram import sums_of
from schema_core.layout import Layout
from schema_core.modality import named_modalities


@dataclass(frozen=True)
class Observed:
    """N observations.

    Attributes
    ----------
    features : the part of X; modalities : by number; reference : or None
    weights : (N,), how many observations each row stands for, or None for one each; rows : their names, if known
    """

    features: Numbers | Labels
    modalities: list[Encoded]
    reference: Encoded | None = None
    weights: np.ndarray | None = None
    rows: pd.Index | None = None

    @classmethod
    def of(
        cls,
        X: Any,
        modalities: Any = (),
        reference: Any = None,
        sample_weight: Any = None,
        *,
        features: str = "numeric",
    ) -> "Observed":
        """Of what :meth:`schema_core.Moments.from_arrays` takes; it says what is refused."""
        given = named_modalities(modalities, reference)
        for name, one in given.items():
            if not one.has_closed_form:
                raise InvalidInput(
                    f"{name} has a distance or kernel of its own, so sums over all pairs have no closed form; "
                    "set pairs to a number (schema_core.pairs_for_error says how many)"
                )
        part = encode_features(X, features)
        encoded = {name: encode_modality(one, name, keep_all=name == "reference") for name, one in given.items()}
        check_lengths({"X": len(part)} | {name: one.n for name, one in encoded.items()})
        check_rows(X, {name: one.values for name, one in given.items()} | {"sample_weight": sample_weight})
        of_reference = encoded.pop("reference", None)
        return cls(part, list(encoded.values()), of_reference, checked_weights(sample_weight, len(part)))

    def __len__(self) -> int:
        return len(self.features)

    def sums(self, rows: np.ndarray | None = None) -> dict[str, Any]:
        """The attributes of :class:`schema_core.Moments` of some rows, in order, or of all."""
        complete = [one.part for one in self.modalities if one.rows is None]
        complete += [] if self.reference is None else [self.reference.part]
        parts = [part if rows is None else part.only(rows) for part in (self.features, *complete)]
        sums = self._summed(parts, rows, self.reference is not None)
        return sums | {
            "partial": {j: self._partial(one, rows) for j, one in enumerate(self.modalities) if one.rows is not None}
        }

    def _partial(self, one: Encoded, rows: np.ndarray | None) -> dict[str, Any]:
        """The sums of the features and one modality over those rows that have it."""
        part, has = one.part, one.rows
        assert has is not None
        if rows is not None:
            has, _, at = np.intersect1d(rows, has, assume_unique=True, return_indices=True)
            part = part.only(at)
        return self._summed([self.features.only(has), part], has, False) | {"partial": {}}

    def _summed(self, parts: list[Numbers | Labels], rows: np.ndarray | None, has_reference: bool) -> dict[str, Any]:
        blocks = tuple(block for part in parts for block in part.blocks)
        layout = Layout(blocks, len(self.features.blocks), has_reference)
        numeric = [part for part in parts if isinstance(part, Numbers)]
        centre, unit = (
            np.concatenate([np.zeros(0), *found])
            for found in ((part.centre() for part in numeric), (part.units for part in numeric))
        )
        weights = self.weights if rows is None or self.weights is None else self.weights[rows]
        dense, across, together = sums_of(parts, centre, unit, layout, weights)
        plain = {"base": layout, "centre": centre, "unit": unit}
        return plain | {"dense": dense, "across": across, "together": together}
