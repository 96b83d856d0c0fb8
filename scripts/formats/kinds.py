"""What the fields of a column of a published table may be, and how they are read from text."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

MISSING = ("", "na", "n/a", "#n/a", "<na>", "nan", "none", "null")  # as R, pandas, Python, SQL and Excel write it
MOST_WHOLE = 2**53


@dataclass(frozen=True)
class Kind:
    """What the fields of a column are.

    words : for errors; read : from texts to values, missing where a text is not of the kind; or_missing : words for
    "missing" are allowed, and stay missing; dtype : of the values, if Arrow may read a column without fault as such
    """

    words: str
    read: Callable[[pd.Series], pd.Series]
    or_missing: bool = False
    dtype: str | None = None


def is_missing(texts: pd.Series) -> pd.Series:
    """Which texts say, in any spelling, that there is nothing."""
    return texts.str.lower().isin(MISSING)


def _numbers(texts: pd.Series, least: float = -np.inf) -> pd.Series:
    values = pd.to_numeric(texts.mask(is_missing(texts)), errors="coerce").astype(np.float64)
    return values.where(np.isfinite(values) & (values >= least))


def _whole(texts: pd.Series) -> pd.Series:
    values = _numbers(texts, 0)
    return values.where((values % 1 == 0) & (values < MOST_WHOLE))


def _named(texts: pd.Series) -> pd.Series:
    return texts.mask(is_missing(texts))


TEXT = Kind("text", lambda texts: texts)  # verbatim: a gene may be called "nan"
FILLED = Kind("a name", lambda texts: texts.mask(texts == ""))  # likewise, but not empty
NAME = Kind("a name", _named)
LABEL = Kind("a label", _named, or_missing=True)
NUMBER = Kind("a number", _numbers)
NUMBER_OR_NA = Kind("a number", _numbers, or_missing=True)
WHOLE = Kind("a whole number of at least 0", _whole, dtype="int64")
WHOLE_OR_NA = Kind("a whole number of at least 0", _whole, or_missing=True)
COUNT = Kind("a count of at least 0", lambda texts: _numbers(texts, 0), dtype="float32")
FLAG = Kind("True or False", lambda texts: texts.str.lower().map({"true": True, "false": False}), dtype="bool")
