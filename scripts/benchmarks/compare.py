"""The released package, its grid on exact moments, and the exact solver: time, memory, and the objective reached.

Each fit runs in a fresh process. Time is that of the fit alone, after imports and with the data in memory.
"""

import logging
from pathlib import Path

import pandas as pd

from benchmarks.fits import METHODS
from running import step, write_table
from running.fresh_process import ProcessFailed, in_fresh_process

logger = logging.getLogger(__name__)

COLUMNS = [
    "case",
    "n",
    "k",
    "s",
    "q",
    "method",
    "threads",
    "seconds",
    "moments_seconds",
    "solve_seconds",
    "peak_gb",
    "objective",
    "reference_correlation",
    "weight_ratio",
    "meets_constraints",
    "failure",
]


def compare(cases: dict[str, dict], *, pairs: int, threads: int) -> pd.DataFrame:
    """One row per case, s and method.

    cases : by name, what :func:`benchmarks.cases.load` takes, with "q", a list of "s", and "methods" where not all
    pairs : how many the released package samples
    """
    rows = []
    for name, settings in cases.items():
        case = {key: value for key, value in settings.items() if key not in ("s", "q", "methods")}
        for s in settings["s"]:
            for method in settings.get("methods", METHODS):
                run = {"case": name, "s": s, "q": settings["q"], "method": method, "threads": threads}
                fit = {"case": case, "method": method, "s": s, "q": settings["q"], "pairs": pairs}
                rows.append(run | fit_or_failure(fit, threads))
                logger.info("%s", rows[-1])
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def fit_or_failure(fit: dict, threads: int) -> dict:
    """The measurements of a fit (what measured_fit takes); for a baseline that fails, the reason."""
    try:
        return in_fresh_process("benchmarks.fits:measured_fit", threads=threads, **fit)
    except ProcessFailed as failure:
        if fit["method"] == "exact":
            raise
        return {"failure": f"failed: {failure}"}


def with_chains(cases: dict[str, dict], chains: Path | str | None) -> dict[str, dict]:
    """The cases with the path of the T cell receptors in those that need it; without those where there is none."""
    chosen = {}
    for name, settings in cases.items():
        if "chain" not in settings:
            chosen[name] = settings
        elif chains:
            chosen[name] = settings | {"chains": str(chains)}
        else:
            logger.info("%s is left out: no T cell receptors are given", name)
    return chosen


if __name__ == "__main__":
    with step(snakemake):
        cases = with_chains(snakemake.params.cases, snakemake.input.get("chains"))
        table = compare(cases, pairs=snakemake.params.pairs, threads=snakemake.threads)
        write_table(table, snakemake.output[0])
