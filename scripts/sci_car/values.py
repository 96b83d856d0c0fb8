"""A value of ours and its range, in the columns of a part's claims: ours, low, high, n, over."""

import numpy as np
import pandas as pd


def fixed(ours: float | str) -> dict:
    """A value in which nothing is random."""
    return {"ours": ours, "low": ours, "high": ours, "n": 1, "over": "nothing random"}


def ranged(values: pd.Series, over: str, *, middle: float = 1.0) -> dict:
    """The median of values, and the range of all, or of the ``middle`` share of them; ``over`` says what varies."""
    low, high = np.quantile(values, [(1 - middle) / 2, (1 + middle) / 2])
    return {"ours": np.median(values), "low": low, "high": high, "n": len(values), "over": over}
