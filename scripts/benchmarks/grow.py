"""How the time and memory of an exact fit grow with the number of observations, in memory and streamed.

Each size runs in a fresh process. Making the data is left out of the time; all of the process is in the memory.
"""

import logging

import pandas as pd

from running import step, whole_file
from running.fresh_process import in_fresh_process

logger = logging.getLogger(__name__)


def grow(sizes: list[int], *, k: int, width: int, chunk: int, seed: int, threads: int) -> pd.DataFrame:
    """One row per number of observations and mode ("in memory", or "streamed" in chunks of ``chunk``)."""
    rows = []
    for n in sizes:
        for mode, at_once in (("in memory", None), ("streamed", chunk)):
            settings = {"n": n, "k": k, "width": width, "seed": seed}
            measured = in_fresh_process("benchmarks.growth:measured_growth", threads=threads, chunk=at_once, **settings)
            rows.append({"mode": mode, "n": n, "k": k, "width": width, "threads": threads} | measured)
            logger.info("%s", rows[-1])
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        settings = {name: snakemake.params[name] for name in ("sizes", "k", "width", "chunk", "seed")}
        table = grow(**settings, threads=snakemake.threads)
        with whole_file(snakemake.output[0]) as part:
            table.to_csv(part, sep="\t", index=False, float_format="%.6g")
