"""MOFA+ on the trusted table and on the others, as they are represented."""

from time import perf_counter

from baselines.mofa import mofa_factors
from own.others import load, save


def place(out: str, cells: str, method: str, seed: int, settings: dict, factors: int) -> None:
    """Write the factors of the cells; arguments as of own.methods.place."""
    data, rows, one, other = load(cells, [one["name"] for one in settings["modalities"]])
    start = perf_counter()
    points = mofa_factors({"primary": one, "other": other}, data.obs_names, min(factors, len(rows) - 1), seed)
    save(out, points, rows, perf_counter() - start)
