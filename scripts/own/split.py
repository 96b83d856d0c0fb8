"""The moments of groups of one job's rows: of each batch, and of random blocks over the whole share, in one pass."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from own.files import opened
from own.rows import Rows, chunks, share
from running import InputError, step, whole_folder
from schema_core import Moments

BLOCKS, FEWEST_BLOCKS, BLOCKS_BYTES = 20, 10, 2**28
MOST_BATCHES = 500  # each has moments of its own


def split(
    path: Path | str,
    features: str,
    modalities: Sequence[dict],
    batch: str | None,
    rows: tuple[int, int],
    size: int,
    seed: int,
) -> dict[str, dict[str, Moments]]:
    """{"blocks": {number: moments}, "batches": {label: moments}} of the rows from the first to before the last.

    Blocks take rows from everywhere, so that the order of cells in the file means nothing; ``size`` rows are held.
    """
    found: dict[str, dict[str, Moments]] = {"blocks": {}, "batches": {}}
    with opened(path) as top:
        held = Rows(top, path, features, modalities, [batch] if batch else [])
        blocks = n_blocks(held.width)
        for start, stop in chunks(*rows, size):
            observed = held.observed(start, stop)
            groups = {"blocks": np.random.default_rng([seed, start]).integers(blocks, size=stop - start)}
            if batch:
                groups["batches"] = labels(held, start, stop, path, batch)
            for family, of_rows in groups.items():
                for group in pd.unique(of_rows):
                    part = Moments.of(observed, np.flatnonzero(of_rows == group))
                    before = found[family].get(str(group))
                    found[family][str(group)] = part if before is None else before + part
            held.check_levels(next(iter(found["blocks"].values())), start, stop)
            if len(found["batches"]) > MOST_BATCHES:
                problem = f"{batch} has more than {MOST_BATCHES} values, each of which is summed on its own"
                raise InputError(path, problem, "merge them, or leave own.batch out")
    return found


def n_blocks(columns: int) -> int:
    """How many blocks there are: fewer where the moments of each are large."""
    return int(np.clip(BLOCKS_BYTES // (8 * (2 * columns) ** 2), FEWEST_BLOCKS, BLOCKS))


def labels(rows: Rows, start: int, stop: int, path: Path | str, batch: str) -> np.ndarray:
    """The batch of some rows, as text."""
    values = pd.Series(rows.at(rows.others[0], np.arange(start, stop))).astype(object)
    if values.isna().any():
        row = start + int(np.flatnonzero(values.isna())[0])
        raise InputError(path, f"row {row} (counted from 0): {batch} is missing", "fill it, or leave own.batch out")
    return values.map(str).to_numpy()


if __name__ == "__main__":
    with step(snakemake, in_part=["h5ad"]):
        params = snakemake.params
        n = json.loads(Path(snakemake.input.plan).read_text(encoding="utf-8"))["rows"]
        asked = (share(snakemake.wildcards.scatteritem, n), params.rows_per_chunk, params.seed)
        found = split(params.h5ad, params.features, params.modalities, params.batch, *asked)
        with whole_folder(snakemake.output[0]) as folder:
            names = {family: list(groups) for family, groups in found.items()}
            (folder / "names.json").write_text(json.dumps(names) + "\n", encoding="utf-8")
            for family, groups in found.items():
                for i, moments in enumerate(groups.values()):
                    moments.save(folder / f"{family}_{i}.npz")
