"""Moments of a range of rows, chunk by chunk; what is wrong in a row is named with the row."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from own.files import opened
from own.stored import Element, n_observations, names
from running import InputError
from schema_core import InvalidInput, Modality, Moments
from schema_core.observed import Observed

# beyond this many, what was called labels is more likely a number or a name
MOST_LEVELS = 100_000
PIECE = 50_000  # rows that are read at once where those of a modality stand in another order


class Rows:
    """The primary modality and the secondary ones of an AnnData, by range of rows.

    Parameters
    ----------
    features : place of the primary modality
    modalities : {values: place, kind, weight} as in the config
    """

    def __init__(
        self, top: Any, path: Path | str, features: str, modalities: Sequence[dict[str, Any]], others: Sequence = ()
    ):
        self.path, self.features = str(path), Element(top, path, features)
        elements = [(Element(top, path, one["values"]), one.get("kind")) for one in modalities]
        self.modalities = [(element, element.kind(kind)) for element, kind in elements]
        self.others = [Element(top, path, place) for place in others]
        self.where = located(self.features, [*(element for element, _ in self.modalities), *self.others])
        self.read_seconds = 0.0

    def __len__(self) -> int:
        return n_observations(self.features.holder)

    def at(self, element: Element, rows: np.ndarray) -> Any:
        """Values of some cells of the trusted table, by the number of their row there."""
        where = self.where.get(element.modality)
        return element.at(rows if where is None else where[rows], max(PIECE, len(rows)))

    def read(self, start: int, stop: int) -> tuple[Any, list[Modality]]:
        """X and the modalities of some rows; InputError where the file is damaged there."""
        began, rows = perf_counter(), np.arange(start, stop)
        try:
            X = self.features.rows(start, stop)
            modalities = [Modality(self.at(element, rows), kind) for element, kind in self.modalities]
        except (OSError, ValueError, RuntimeError) as error:  # the last of a codec of zarr
            problem = f"rows {start} to {stop - 1} cannot be read ({' '.join(str(error).split())})"
            raise InputError(self.path, problem, "the file is damaged: copy or write it again") from error
        self.read_seconds += perf_counter() - began
        return X, modalities

    @property
    def width(self) -> int:
        """Columns of numbers, over the trusted table and the modalities."""
        return self.features.width + sum(element.width for element, _ in self.modalities if not element.holds_labels)

    def observed(self, start: int, stop: int) -> Observed:
        """Some rows, held whole and encoded; InputError with the first row that cannot be used."""
        X, modalities = self.read(start, stop)
        for (element, _), modality in zip(self.modalities, modalities, strict=True):
            if modality.is_categorical:  # before a row of sums is asked for each
                self._check_levels(element.place, pd.DataFrame(modality.values).nunique().sum(), start, stop)
        try:
            return Observed.of(X, modalities)
        except InvalidInput as error:
            raise self._located(start, stop, error) from error

    def moments(self, start: int, stop: int) -> Moments:
        """Moments of some rows."""
        return Moments.of(self.observed(start, stop))

    def accumulate(self, start: int, stop: int, rows_per_chunk: int) -> Moments:
        """Moments of the rows from start to stop, never holding more than ``rows_per_chunk`` of them."""
        total = None
        for first, last in chunks(start, stop, rows_per_chunk):
            part = self.moments(first, last)
            total = part if total is None else total + part
            self.check_levels(total, start, last)
        return total

    def check_levels(self, total: Moments, start: int, stop: int) -> None:
        """Raise InputError where what was called labels has more levels than can be summed."""
        for (element, _), block in zip(self.modalities, total.layout.blocks[total.layout.n_features :], strict=True):
            if block.levels is not None:
                self._check_levels(element.place, block.width, start, stop)

    def _check_levels(self, place: str, levels: int, start: int, stop: int) -> None:
        if levels > MOST_LEVELS:
            problem = f"{place} has {levels:,} levels in rows {start} to {stop - 1}, and memory grows with them"
            remedy = f"merge them to at most {MOST_LEVELS:,}, or use a numeric kind"
            raise InputError(self.path, problem, remedy)

    def _located(self, start: int, stop: int, error: InvalidInput) -> InputError:
        """The error of the first row that alone is refused, by halving; of all rows where none is."""
        while stop - start > 1:
            middle = (start + stop) // 2
            try:
                Moments.from_arrays(*self.read(start, middle))
            except InvalidInput as earlier:
                stop, error = middle, earlier
            else:
                start = middle
        try:
            Moments.from_arrays(*self.read(start, stop))
        except InvalidInput as alone:
            return as_input_error(alone, self.path, self.places, f"row {start} (counted from 0): ")
        return as_input_error(error, self.path, self.places)

    @property
    def places(self) -> list[str]:
        """Where the primary modality and each secondary one stand."""
        return [self.features.place, *(element.place for element, _ in self.modalities)]


def located(features: Element, elements: Sequence[Element]) -> dict[str, np.ndarray]:
    """By modality, the row of each cell of the trusted table, -1 where it is lacking; none where rows are the same."""
    where = {}
    for element in elements:
        if element.modality in where or element.modality == features.modality:
            continue
        cells = unique(names(features.holder), features.path, features.place)
        others = unique(names(element.holder), element.path, element.place)
        found = others.get_indexer(cells)
        if (found < 0).all():
            problem = f"{element.place} has none of the cells of {features.place}"
            raise InputError(element.path, problem, "give the same names to the same cells")
        if len(others) != len(cells) or (found != np.arange(len(cells))).any():
            where[element.modality] = found
    return where


def unique(cells: pd.Index, path: Path | str, place: str) -> pd.Index:
    """The names of cells; InputError where one stands more than once."""
    if cells.has_duplicates:
        twice = cells[cells.duplicated()][0]
        problem = f"{place}: the name {twice!r} stands more than once among its cells"
        raise InputError(path, problem, "call obs_names_make_unique()")
    return cells


def chunks(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of at most ``size``."""
    for first in range(start, stop, size):
        yield first, min(first + size, stop)


def share(item: str, n: int) -> tuple[int, int]:
    """The rows, of n, that belong to a scatter item "3-of-8"."""
    number, jobs = map(int, item.split("-of-"))
    return (number - 1) * n // jobs, number * n // jobs


def as_input_error(error: ValueError, path: Path | str, places: Sequence[str], where: str = "") -> InputError:
    """The core's complaint in the words of the file: X and modalities[j] become their places in it."""
    names = {"X": places[0]} | {f"modalities[{j}]": place for j, place in enumerate(places[1:])}
    words = re.sub(r"\bX\b|modalities\[\d+\]", lambda match: names[match[0]], str(error))
    if where:
        words = words.replace(" at row 0", "")
    problem, _, remedy = words.rpartition("; ")
    return InputError(path, where + (problem or remedy), remedy if problem else "mend it")


def rows_of(path: Path | str, features: str, modalities: Sequence[dict], start: int, stop: int, size: int) -> tuple:
    """(moments, seconds spent reading) of some rows of a file."""
    with opened(path) as top:
        rows = Rows(top, path, features, modalities)
        return rows.accumulate(start, stop, size), rows.read_seconds
