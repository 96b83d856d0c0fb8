"""The levels of labels, as text, numbers or booleans: what can be compared, sorted and saved, whatever they were."""

from typing import Any

import numpy as np
import pandas as pd

from schema_core.errors import InvalidInput


def factorize(column: Any, name: str) -> tuple[np.ndarray, tuple]:
    """Codes (N,) and the sorted levels of one column of labels; InvalidInput with the row of a missing one."""
    try:
        codes, found = pd.factorize(column)
    except TypeError as error:
        raise InvalidInput(f"{name} holds labels that cannot be compared ({error}); use text or numbers") from error
    missing = codes < 0
    for code, level in enumerate(found):
        if level is np.ma.masked:
            missing |= codes == code
    if missing.any():
        raise InvalidInput(f"{name} has a missing label at row {int(np.argmax(missing))}; name it or drop the row")
    plain = [as_plain(level, name) for level in found]
    if len(set(plain)) < len(plain):
        twice = next(level for level in plain if plain.count(level) > 1)
        raise InvalidInput(f"{name} has two labels that both read {twice!r}; make them text that differs")
    order = sorted(range(len(plain)), key=lambda i: level_key(plain[i]))
    rank = np.empty(len(plain), dtype=np.intp)
    rank[order] = np.arange(len(plain))
    return rank[codes], tuple(plain[i] for i in order)


def codes_in(levels: tuple, column: Any, number: int) -> np.ndarray:
    """Codes (N,) of a column of X, by its number, among levels that fit saw; InvalidInput names one it did not see."""
    codes, found = factorize(column, f"X, column {number}")
    at = {level: i for i, level in enumerate(levels)}
    for level in found:
        if level not in at:
            raise InvalidInput(f"X holds {level!r} in column {number}, a label that fit did not see; fit with it")
    return np.array([at[level] for level in found], dtype=np.intp)[codes]


def as_plain(level: Any, name: str = "a modality") -> str | bool | int | float:
    """A level as it is compared: text, a number or a boolean as it is, all else (intervals, dates, tuples) as text."""
    plain = level.item() if isinstance(level, np.bool_ | np.integer | np.floating | np.str_) else level
    if isinstance(plain, str | bool | int | float):
        return plain
    if type(plain).__str__ is object.__str__ and type(plain).__repr__ is object.__repr__:
        raise InvalidInput(f"{name} holds labels of type {type(plain).__name__}; use text or numbers")
    return str(plain)


def level_key(level: str | bool | int | float) -> tuple[bool, Any]:
    """Sort numbers before text."""
    return isinstance(level, str), level
