"""Moments of a range of rows, chunk by chunk; what is wrong in a row is named with the row."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import h5py
import pandas as pd

from own.stored import Element, open_h5ad
from running import InputError
from schema_core import InvalidInput, Modality, Moments

# beyond this many, what was called labels is more likely a number or a name
MOST_LEVELS = 100_000


class Rows:
    """The primary modality and the secondary ones of an AnnData, by range of rows.

    Parameters
    ----------
    features : place of the primary modality
    modalities : {values: place, kind, weight} as in the config
    """

    def __init__(self, file: h5py.File, features: str, modalities: Sequence[dict[str, Any]]):
        self.file, self.features = file, Element(file, features)
        elements = [(Element(file, one["values"]), one.get("kind")) for one in modalities]
        self.modalities = [(element, element.kind(kind)) for element, kind in elements]
        self.read_seconds = 0.0

    def read(self, start: int, stop: int) -> tuple[Any, list[Modality]]:
        """X and the modalities of some rows; InputError where the file is damaged there."""
        began = perf_counter()
        try:
            X = self.features.rows(start, stop)
            modalities = [Modality(element.rows(start, stop), kind) for element, kind in self.modalities]
        except (OSError, ValueError) as error:
            problem = f"rows {start} to {stop - 1} cannot be read ({' '.join(str(error).split())})"
            raise InputError(self.file.filename, problem, "the file is damaged: copy or write it again") from error
        self.read_seconds += perf_counter() - began
        return X, modalities

    def moments(self, start: int, stop: int) -> Moments:
        """Moments of some rows, held whole; InputError with the first row that cannot be used."""
        X, modalities = self.read(start, stop)
        for (element, _), modality in zip(self.modalities, modalities, strict=True):
            if modality.is_categorical:  # before a row of sums is asked for each
                self._check_levels(element.place, pd.DataFrame(modality.values).nunique().sum(), start, stop)
        try:
            return Moments.from_arrays(X, modalities)
        except InvalidInput as error:
            raise self._located(start, stop, error) from error

    def accumulate(self, start: int, stop: int, rows_per_chunk: int) -> Moments:
        """Moments of the rows from start to stop, never holding more than ``rows_per_chunk`` of them."""
        total = None
        for first, last in chunks(start, stop, rows_per_chunk):
            part = self.moments(first, last)
            total = part if total is None else total + part
            blocks = total.layout.blocks[total.layout.n_features :]
            for (element, _), block in zip(self.modalities, blocks, strict=True):
                if block.levels is not None:
                    self._check_levels(element.place, block.width, start, last)
        return total

    def _check_levels(self, place: str, levels: int, start: int, stop: int) -> None:
        if levels > MOST_LEVELS:
            problem = f"{place} has {levels:,} levels in rows {start} to {stop - 1}, and memory grows with them"
            remedy = f"merge them to at most {MOST_LEVELS:,}, or use a numeric kind"
            raise InputError(self.file.filename, problem, remedy)

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
            return as_input_error(alone, self.file.filename, self.places, f"row {start} (counted from 0): ")
        return as_input_error(error, self.file.filename, self.places)

    @property
    def places(self) -> list[str]:
        """Where the primary modality and each secondary one stand."""
        return [self.features.place, *(element.place for element, _ in self.modalities)]


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
    with open_h5ad(path) as file:
        rows = Rows(file, features, modalities)
        return rows.accumulate(start, stop, size), rows.read_seconds
